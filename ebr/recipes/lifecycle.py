"""The life of a recipe version: draft → approved → effective → superseded, or withdrawn."""

from enum import StrEnum

from ebr.identity import Right
from workflows.lifecycle import Lifecycle, Transition
from workflows.recipe import Meaning


class State(StrEnum):
    """Where a version of a recipe stands. Only an effective one starts batches."""

    DRAFT = "draft"
    APPROVED = "approved"
    EFFECTIVE = "effective"
    SUPERSEDED = "superseded"
    WITHDRAWN = "withdrawn"


class Verb(StrEnum):
    """What may be done to a version."""

    REVISE = "revise"
    APPROVE = "approve"
    WITHDRAW = "withdraw"
    MAKE_EFFECTIVE = "make effective"
    SUPERSEDE = "supersede"


LIFECYCLE = Lifecycle(
    name="recipe version",
    initial=State.DRAFT,
    transitions=(
        Transition(
            state=State.DRAFT, verb=Verb.REVISE, becomes=State.DRAFT, right=Right.AUTHOR_RECIPES
        ),
        Transition(
            state=State.DRAFT,
            verb=Verb.APPROVE,
            becomes=State.APPROVED,
            right=Right.APPROVE_RECIPES,
            meaning=Meaning.APPROVED,
        ),
        Transition(
            state=State.DRAFT,
            verb=Verb.WITHDRAW,
            becomes=State.WITHDRAWN,
            right=Right.AUTHOR_RECIPES,
            needs_reason=True,
        ),
        Transition(
            state=State.APPROVED,
            verb=Verb.MAKE_EFFECTIVE,
            becomes=State.EFFECTIVE,
            right=Right.MAKE_RECIPES_EFFECTIVE,
        ),
        Transition(
            state=State.EFFECTIVE,
            verb=Verb.SUPERSEDE,
            becomes=State.SUPERSEDED,
            right=Right.MAKE_RECIPES_EFFECTIVE,
        ),
    ),
)
