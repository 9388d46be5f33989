"""Which events of a batch stand only under a signature, and what that signature has to say.

Who can write into the database can tell an act that nobody signed; only the server can prove a
signature. So an entry that tells such an event without its signature is a breach (11.70).
"""

from collections.abc import Mapping
from typing import Any

from ebr.kernel import Needed
from workflows import events
from workflows.events import Source
from workflows.recipe import Meaning


def _always(meaning: Meaning) -> Needed:
    return lambda _: (meaning,)


def _weighed(data: Mapping[str, Any]) -> tuple[str, ...]:
    """A weight that no scale sent has its second person."""
    return (Meaning.WITNESSED,) if data["source"] == Source.MANUAL else ()


def _corrected(data: Mapping[str, Any]) -> tuple[str, ...]:
    """A value under a signature is corrected under one; a weight has its second person besides."""
    signed = (Meaning.CORRECTED,) if data["signed"] else ()
    return (*signed, Meaning.WITNESSED) if data["weighing"] is not None else signed


SIGNATURES_NEEDED: Mapping[str, Needed] = {
    events.StepCompleted.KIND: _always(Meaning.PERFORMED),
    events.StepWitnessed.KIND: _always(Meaning.WITNESSED),
    events.StepSkipped.KIND: _always(Meaning.SKIPPED),
    events.MaterialWeighed.KIND: _weighed,
    events.ValueCorrected.KIND: _corrected,
    events.ExceptionDecided.KIND: _always(Meaning.DECIDED),
    events.BatchReviewed.KIND: _always(Meaning.REVIEWED),
    events.BatchReleased.KIND: _always(Meaning.RELEASED),
    events.BatchRejected.KIND: _always(Meaning.REJECTED),
}
