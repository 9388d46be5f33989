"""What can have happened to a batch: frozen, past tense, with a kind and version for ever.

Each event carries what a reader needs in thirty years without any other table: the value with its
digits and unit, the limits then in force, the verdict, the source, the titles then shown. Kinds are
never renamed or removed; a new shape is a new version and an upcast.
"""

from typing import get_args

from workflows.events.disposition import (
    BatchCompleted,
    BatchRejected,
    BatchReleased,
    BatchReviewed,
    BatchStarted,
    ReviewCleared,
)
from workflows.events.loops import PassJudged, PassStarted, RepeatEnded
from workflows.events.materials import (
    EquipmentIdentified,
    LotAmended,
    LotProduced,
    MaterialIdentified,
    MaterialIssued,
    MaterialWeighed,
)
from workflows.events.steps import (
    CommentAdded,
    ExceptionDecided,
    ExceptionRaised,
    StepCompleted,
    StepSkipped,
    StepStarted,
    StepUnsigned,
    StepWitnessed,
)
from workflows.events.values import (
    ValueCalculated,
    ValueCorrected,
    ValueJudged,
    ValueRecorded,
)
from workflows.events.vocabulary import (
    BatchEvent,
    ExceptionKind,
    OperandValue,
    Source,
    SupersededSignature,
    Verdict,
)

Event = (
    BatchStarted
    | StepStarted
    | ValueRecorded
    | MaterialIdentified
    | EquipmentIdentified
    | MaterialWeighed
    | MaterialIssued
    | ValueCalculated
    | ValueCorrected
    | ValueJudged
    | StepCompleted
    | StepWitnessed
    | StepUnsigned
    | StepSkipped
    | PassJudged
    | PassStarted
    | RepeatEnded
    | ExceptionRaised
    | ExceptionDecided
    | CommentAdded
    | LotProduced
    | LotAmended
    | BatchCompleted
    | BatchReviewed
    | ReviewCleared
    | BatchReleased
    | BatchRejected
)
EVENTS: tuple[type[Event], ...] = get_args(Event)

__all__ = [
    "EVENTS",
    "BatchCompleted",
    "BatchEvent",
    "BatchRejected",
    "BatchReleased",
    "BatchReviewed",
    "BatchStarted",
    "CommentAdded",
    "EquipmentIdentified",
    "Event",
    "ExceptionDecided",
    "ExceptionKind",
    "ExceptionRaised",
    "LotAmended",
    "LotProduced",
    "MaterialIdentified",
    "MaterialIssued",
    "MaterialWeighed",
    "OperandValue",
    "PassJudged",
    "PassStarted",
    "RepeatEnded",
    "ReviewCleared",
    "Source",
    "StepCompleted",
    "StepSkipped",
    "StepStarted",
    "StepUnsigned",
    "StepWitnessed",
    "SupersededSignature",
    "ValueCalculated",
    "ValueCorrected",
    "ValueJudged",
    "ValueRecorded",
    "Verdict",
]
