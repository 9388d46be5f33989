"""History → batch: the fold of what happened."""

from collections.abc import Iterable

from workflows.events import Event
from workflows.evolve import evolve
from workflows.state import Batch


def replay(history: Iterable[Event], batch: Batch | None = None) -> Batch | None:
    """The batch as its history has left it; with `batch`, the rest of a history folded already."""
    for event in history:
        batch = evolve(event, batch)
    return batch
