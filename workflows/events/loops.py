"""What can have happened to a loop: a pass judged, another begun, the whole ended."""

from dataclasses import dataclass
from typing import ClassVar

from workflows.events.vocabulary import BatchEvent
from workflows.recipe import Range


@dataclass(frozen=True, slots=True, kw_only=True)
class PassJudged(BatchEvent):
    """A pass was done and held against what ends its loop, or judged again when that changed."""

    KIND: ClassVar[str] = "batch.pass.judged"
    VERSION: ClassVar[int] = 1
    loop: str
    loop_title: str
    number: int
    name: str  # of the pass: its number, `2.1` for a loop in the second pass of another
    most: int
    step: str
    step_title: str
    input: str
    title: str
    value: str  # empty: there was none
    unit: str | None
    within: Range | None
    equals: str | None
    holds: bool
    text: str  # the judgement as a sentence
    correction: str | None = None  # that brought another value
    exception: str = ""  # that the judgement led to


@dataclass(frozen=True, slots=True, kw_only=True)
class PassStarted(BatchEvent):
    """A further pass of a loop began, because the one before did not end it."""

    KIND: ClassVar[str] = "batch.pass.started"
    VERSION: ClassVar[int] = 1
    loop: str
    loop_title: str
    number: int
    name: str  # of the pass: its number, `2.1` for a loop in the second pass of another
    most: int
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatEnded(BatchEvent):
    """A loop ended: its condition held, or quality let the batch go on without it."""

    KIND: ClassVar[str] = "batch.repeat.ended"
    VERSION: ClassVar[int] = 1
    loop: str
    loop_title: str
    passes: int
    most: int
    met: bool
    step: str
    step_title: str
    input: str
    title: str
    value: str
    unit: str | None
    within: Range | None
    equals: str | None
    because: str
    exception: str = ""  # that was decided, where the condition was not met
