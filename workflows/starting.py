"""The beginning of a batch: bound for ever to the approved recipe, scaled to its order."""

from workflows.commands import StartBatch
from workflows.events import BatchStarted
from workflows.evolve import digest_of
from workflows.facts import Facts
from workflows.given import given
from workflows.plain import written
from workflows.refusals import Code, Refusal
from workflows.rules import refusal
from workflows.scaling import scaled
from workflows.standing import moment
from workflows.state import Batch


def against_starting(batch: Batch | None, command: StartBatch, facts: Facts) -> tuple[Refusal, ...]:
    """C211-188a-1, C211-68b-1: an effective recipe, unchanged since its approval, that scales."""
    found: tuple[Refusal, ...] = ()
    if batch is not None:
        found += (refusal(Code.BATCH_EXISTS, number=batch.number, at=moment(batch.started_at)),)
    if facts.recipe is None:
        return (*found, refusal(Code.RECIPE_UNKNOWN))
    recipe = facts.recipe.recipe
    if not facts.recipe.effective:
        found += (refusal(Code.RECIPE_NOT_EFFECTIVE, code=recipe.code, version=recipe.version),)
    digest = digest_of(written(recipe))
    if digest != facts.recipe.digest:
        found += (
            refusal(
                Code.RECIPE_ALTERED,
                code=recipe.code,
                version=recipe.version,
                approved=facts.recipe.digest[:16],
                found=digest[:16],
            ),
        )
    try:
        scaled(recipe, command.size)
    except ValueError as fault:
        found += (
            refusal(Code.SIZE_WRONG, size=command.size, recipe_size=recipe.size, fault=fault),
        )
    return found


def start(command: StartBatch, facts: Facts) -> BatchStarted:
    """Open the record with the whole control recipe in it."""
    master = given(facts.recipe)
    control = scaled(master.recipe, command.size)
    text = written(control)
    return BatchStarted(
        at=facts.now,
        by=facts.performer.who,
        batch=command.batch,
        number=command.number,
        order=command.order,
        product=control.product,
        size=command.size,
        recipe_code=control.code,
        recipe_version=control.version,
        recipe_title=control.title,
        recipe=text,
        recipe_digest=digest_of(text),
        master_digest=master.digest,
    )
