"""A decision in the making: the events so far, and the batch as they leave it.

Each event is folded at once, so that the next one is numbered and judged on what came before it:
exceptions EX-1, EX-2 … and corrections C-1, C-2 … count within the batch, without clock or chance.
"""

from dataclasses import dataclass, replace

from workflows.events import Event, ExceptionKind, ExceptionRaised
from workflows.evolve import evolve
from workflows.facts import Facts
from workflows.recipe import Severity
from workflows.state import Batch


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """How the batch departed from its recipe, before it is numbered as an exception."""

    kind: ExceptionKind
    severity: Severity
    text: str
    step: str | None = None
    input: str | None = None
    blocks: bool = False
    needs_deviation: bool = False


@dataclass(frozen=True, slots=True)
class Course:
    """The events decided so far and the batch after them."""

    batch: Batch
    facts: Facts
    events: tuple[Event, ...] = ()

    def then(self, event: Event) -> "Course":
        """One event further."""
        return replace(self, batch=evolve(event, self.batch), events=(*self.events, event))

    def raising(self, departure: Departure | None) -> "Course":
        """The exception that a departure is, with the next number of this batch."""
        if departure is None:
            return self
        step = self.batch.steps[departure.step] if departure.step is not None else None
        return self.then(
            ExceptionRaised(
                at=self.facts.now,
                by=self.facts.performer.who,
                exception=f"EX-{len(self.batch.exceptions) + 1}",
                exception_kind=departure.kind,
                severity=departure.severity,
                step=departure.step,
                step_title=step.title if step else "",
                input=departure.input,
                text=departure.text,
                blocks=departure.blocks,
                needs_deviation=departure.needs_deviation,
            )
        )
