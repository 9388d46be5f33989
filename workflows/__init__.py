"""The engine: what a batch is, what may be asked of it, and what then happens.

Pure and on the standard library alone. `decide` turns a command, the batch and the facts into
events or into every reason why not; `evolve` folds an event into the batch; `replay` folds a
history. The words stand in `commands`, `events`, `facts`, `refusals` and `state`.
"""

from workflows.content import content_of, meanings_of
from workflows.decide import decide, reasons_against
from workflows.events import EVENTS, Event
from workflows.evolve import OutOfHistory, digest_of, evolve, recipe_of
from workflows.facts import Facts
from workflows.plain import Unreadable, as_plain, from_plain, written
from workflows.recipe import Recipe
from workflows.refusals import Code, Refusal, Refused
from workflows.replay import replay
from workflows.routing import open_steps, status_of, unsigned_steps, waiting_for
from workflows.scaling import scaled
from workflows.state import Batch, BatchStatus, Step, StepStatus

__all__ = [
    "EVENTS",
    "Batch",
    "BatchStatus",
    "Code",
    "Event",
    "Facts",
    "OutOfHistory",
    "Recipe",
    "Refusal",
    "Refused",
    "Step",
    "StepStatus",
    "Unreadable",
    "as_plain",
    "content_of",
    "decide",
    "digest_of",
    "evolve",
    "from_plain",
    "meanings_of",
    "open_steps",
    "reasons_against",
    "recipe_of",
    "replay",
    "scaled",
    "status_of",
    "unsigned_steps",
    "waiting_for",
    "written",
]
