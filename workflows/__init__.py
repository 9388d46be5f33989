"""The engine: what a batch is, what may be asked of it, and what then happens.

Pure and on the standard library alone. `decide` turns a command, the batch and the facts into
events or into every reason why not; `evolve` folds an event into the batch; `replay` folds a
history. The words stand in `commands`, `events`, `facts`, `refusals` and `state`.
"""

from workflows.content import content_of, meanings_of
from workflows.decide import decide, reasons_against
from workflows.events import EVENTS, Event
from workflows.evolve import OutOfHistory, digest_of, evolve
from workflows.facts import Facts
from workflows.plain import Unreadable, as_plain, from_plain, read_recipe, written
from workflows.recipe import Recipe
from workflows.refusals import Code, Refusal, Refused
from workflows.replay import replay
from workflows.routing import open_steps, status_of, unsigned_steps, waiting_for
from workflows.scaling import scaled
from workflows.state import Batch, BatchStatus, Step, StepStatus
from workflows.validity import Finding, FindingSeverity, Known, findings, has_errors

__all__ = [
    "EVENTS",
    "Batch",
    "BatchStatus",
    "Code",
    "Event",
    "Facts",
    "Finding",
    "FindingSeverity",
    "Known",
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
    "findings",
    "from_plain",
    "has_errors",
    "meanings_of",
    "open_steps",
    "read_recipe",
    "reasons_against",
    "replay",
    "scaled",
    "status_of",
    "unsigned_steps",
    "waiting_for",
    "written",
]
