"""Which events of a batch stand only under a signature, and what that signature has to say.

Who can write into the database can tell an act that nobody signed; only the server can prove a
signature. So an entry that tells such an event without its signature is a breach (11.70).
"""

from audit.required import Required
from workflows import events
from workflows.events import Source
from workflows.recipe import Meaning

_WEIGHED, _CORRECTED = events.MaterialWeighed.KIND, events.ValueCorrected.KIND

SIGNATURES_NEEDED = (
    Required(events.StepCompleted.KIND, (Meaning.PERFORMED,)),
    Required(events.StepWitnessed.KIND, (Meaning.WITNESSED,), apart=("performer",)),
    Required(events.StepSkipped.KIND, (Meaning.SKIPPED,)),
    # A weight that no scale sent has its second person.
    Required(_WEIGHED, (Meaning.WITNESSED,), unless={"source": (Source.DEVICE,)}, apart=("by",)),
    # A value under a signature is corrected under one; a weight has its second person besides.
    Required(_CORRECTED, (Meaning.CORRECTED,), unless={"signed": (False,)}),
    Required(_CORRECTED, (Meaning.WITNESSED,), unless={"weighing": (None,)}, apart=("by",)),
    Required(events.ExceptionDecided.KIND, (Meaning.DECIDED,)),
    Required(events.BatchReviewed.KIND, (Meaning.REVIEWED,)),
    Required(events.BatchReleased.KIND, (Meaning.RELEASED,), apart=("reviewer",)),
    Required(events.BatchRejected.KIND, (Meaning.REJECTED,)),
)
