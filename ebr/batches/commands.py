"""What may be asked of a batch over the edge: the engine's commands, with the signatures they need.

The engine judges the command; who signed and how is the ceremony's (`ebr.identity`). So a signed
command is the engine's command with the signatures as they were given, and `plain` takes them off.
"""

from dataclasses import dataclass, fields
from typing import Any

from ebr.identity import Given
from workflows import commands as acts


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeWeight(acts.TypeWeight):
    """Record a weight by hand, signed by the second person who read it off too."""

    signatures: tuple[Given, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteStep(acts.CompleteStep):
    """Declare a step done as recorded, signed by who performed it."""

    signatures: tuple[Given, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WitnessStep(acts.WitnessStep):
    """Confirm a step as the second person, who gives both components."""

    signatures: tuple[Given, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SkipStep(acts.SkipStep):
    """Leave out a step that the recipe allows to be left out, with reason and signature."""

    signatures: tuple[Given, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectValue(acts.CorrectValue):
    """Put a right value beside a wrong one, with reason and signature.

    A weight that was typed is corrected like it was typed: the second person signs too.
    """

    signatures: tuple[Given, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideException(acts.DecideException):
    """Say what an exception means for quality, with reason and signature."""

    signatures: tuple[Given, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteReview(acts.CompleteReview):
    """Declare the whole record reviewed, signed."""

    signatures: tuple[Given, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseBatch(acts.ReleaseBatch):
    """Certify the batch for use, signed."""

    signatures: tuple[Given, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectBatch(acts.RejectBatch):
    """Close the batch as unfit for use, signed."""

    signatures: tuple[Given, ...]


SIGNED: dict[str, type[Any]] = {
    "typed-weight": acts.TypeWeight,
    "complete": acts.CompleteStep,
    "witness": acts.WitnessStep,
    "skip": acts.SkipStep,
    "correct": acts.CorrectValue,
    "decide": acts.DecideException,
    "review": acts.CompleteReview,
    "release": acts.ReleaseBatch,
    "reject": acts.RejectBatch,
}
"""The acts that are signed, by the name under which their statement is asked for."""


def plain(command: acts.Command) -> acts.Command:
    """The engine's command without the signatures; an unsigned one as it is."""
    kind = next((kind for kind in SIGNED.values() if isinstance(command, kind)), None)
    if kind is None or type(command) is kind:
        return command
    bare: acts.Command = kind(
        **{field.name: getattr(command, field.name) for field in fields(kind)}
    )
    return bare
