"""Every reason for which an order is refused, in order of precedence."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum

from ebr.kernel import Reason, told
from ebr.scheduling.lifecycle import ORDER, OrderStatus, OrderVerb
from workflows.quantity import UNITS, Quantity
from workflows.recipe import Recipe
from workflows.scaling import scaled


class Code(StrEnum):
    """Refusals of scheduling, first come first told; a code is never used again."""

    NO_EFFECTIVE_RECIPE = "no_effective_recipe"
    SIZE_OF_OTHER_KIND = "size_of_other_kind"
    SIZE_NOT_MADE = "size_not_made"
    DUE_IN_PAST = "due_in_past"
    BATCH_NOT_COMPLETED = "batch_not_completed"


def reasons_against_order(
    recipe: str, size: Quantity, recipe_size: Quantity | None, due_on: date | None, today: date
) -> tuple[Reason, ...]:
    """Why this cannot be ordered; `recipe_size` is None when no version is in force."""
    return (*reasons_against_recipe(recipe, size, recipe_size), *_against_day(due_on, today))


def reasons_against_recipe(
    recipe: str, size: Quantity, recipe_size: Quantity | None
) -> tuple[Reason, ...]:
    """Why a recipe cannot make an order: none in force, or written for another kind of size."""
    if recipe_size is None:
        return (
            Reason(
                Code.NO_EFFECTIVE_RECIPE,
                f"No version of recipe {recipe} is in force.",
                "Have a version approved and made effective.",
                "C211-186a-1",
            ),
        )
    if UNITS[size.unit][0] != UNITS[recipe_size.unit][0]:
        return (
            Reason(
                Code.SIZE_OF_OTHER_KIND,
                f"The recipe is written for {recipe_size}; {size} is of another kind.",
                f"Give the size in {recipe_size.unit}.",
                "C211-186b-1",
            ),
        )
    return ()


def reasons_against_size(recipe: Recipe, size: Quantity) -> Iterator[Reason]:
    """Why so much cannot be made: a charge would round to nothing, or be too large to write."""
    if UNITS[size.unit][0] != UNITS[recipe.size.unit][0]:
        return
    try:
        scaled(recipe, size)
    except ValueError as fault:
        yield Reason(
            Code.SIZE_NOT_MADE,
            f"The recipe for {recipe.size} cannot make {size}: {fault}.",
            "Give a size that the recipe allows.",
            "C211-186b-1",
        )


def _against_day(due_on: date | None, today: date) -> Iterator[Reason]:
    if due_on and due_on < today:
        yield Reason(
            Code.DUE_IN_PAST,
            f"The order would be due on {due_on}, before today, {today}.",
            "Give a day from today on.",
        )


def reasons_against_verb(
    status: OrderStatus, verb: OrderVerb, *, reason: str | None
) -> tuple[Reason, ...]:
    """Why this cannot be done with the order now; a page asks with `reason=None`."""
    return told(ORDER.reasons_against(status, verb, reason=reason))


def reasons_against_completing(batch: str, *, running: bool) -> tuple[Reason, ...]:
    """Why an order cannot be closed yet: its batch still has steps to do."""
    if not running:
        return ()
    return (
        Reason(
            Code.BATCH_NOT_COMPLETED,
            f"Batch {batch} is not completed.",
            "Complete its steps first.",
        ),
    )
