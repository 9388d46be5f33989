"""The transition table of anything that is a document with a status.

`(state, verb) → next state, right, meaning of the signature, needs a reason`. The table is the
rule: guard, buttons, signature dialog and diagram are drawn from it, and every pair that is not in
it is refused.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from workflows.recipe import Meaning
from workflows.refusals import Code, Refusal, Refused
from workflows.rules import refusal
from workflows.wording import LEAST, fault_in

StateT = TypeVar("StateT", bound=StrEnum)
VerbT = TypeVar("VerbT", bound=StrEnum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition(Generic[StateT, VerbT]):
    """One thing that may be done to a document in one state."""

    state: StateT
    verb: VerbT
    becomes: StateT
    right: str
    meaning: Meaning | None = None
    needs_reason: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle(Generic[StateT, VerbT]):
    """All that may ever be done to one kind of document.

    Raises ValueError when the table contradicts itself: a pair twice, a state that nothing reaches.
    """

    name: str
    initial: StateT
    transitions: tuple[Transition[StateT, VerbT], ...]

    def __post_init__(self) -> None:
        """Refuse a table that could mean two things."""
        pairs = [(each.state, each.verb) for each in self.transitions]
        if twice := {
            f"{state} + {verb}" for state, verb in pairs if pairs.count((state, verb)) > 1
        }:
            raise ValueError(f"{self.name}: listed twice: {', '.join(sorted(twice))}")
        reached = {self.initial, *(each.becomes for each in self.transitions)}
        if lost := set(self.states) - reached:
            raise ValueError(f"{self.name}: nothing leads to {', '.join(sorted(lost))}")

    @property
    def states(self) -> tuple[StateT, ...]:
        """Every state, in the order of its enumeration."""
        return tuple(type(self.initial))

    def possible(self, state: StateT) -> tuple[Transition[StateT, VerbT], ...]:
        """What may be done now: the buttons of the page."""
        return tuple(each for each in self.transitions if each.state == state)

    def reasons_against(
        self, state: StateT, verb: VerbT, *, reason: str | None = None
    ) -> tuple[Refusal, ...]:
        """Every reason why the verb may not be done; a page asks with `reason=None`."""
        found = self._find(state, verb)
        if found is None:
            possible = ", ".join(str(each.verb) for each in self.possible(state)) or "nothing"
            return (
                refusal(
                    Code.TRANSITION_NOT_ALLOWED,
                    thing=self.name,
                    state=state,
                    verb=verb,
                    possible=possible,
                ),
            )
        fault = fault_in(reason) if found.needs_reason and reason is not None else ""
        if fault:
            return (
                refusal(Code.REASON_THIN, what=f"{verb} of {self.name}", fault=fault, least=LEAST),
            )
        return ()

    def after(self, state: StateT, verb: VerbT, *, reason: str = "") -> Transition[StateT, VerbT]:
        """The transition that the verb makes. Raises `Refused` when there is none."""
        found = self._find(state, verb)
        reasons = self.reasons_against(state, verb, reason=reason)
        if reasons or found is None:
            raise Refused(reasons)
        return found

    def diagram(self) -> str:
        """The states as a Mermaid diagram, for the pages of the qualification pack."""
        return "\n".join(("stateDiagram-v2", *self._lines())) + "\n"

    def _find(self, state: StateT, verb: VerbT) -> Transition[StateT, VerbT] | None:
        return next((each for each in self.possible(state) if each.verb == verb), None)

    def _lines(self) -> Iterator[str]:
        yield f"    [*] --> {self.initial}"
        for each in self.transitions:
            signed = f", signed {each.meaning}" if each.meaning else ""
            reason = ", with reason" if each.needs_reason else ""
            yield f"    {each.state} --> {each.becomes}: {each.verb} ({each.right}{signed}{reason})"
        for state in self.states:
            if not self.possible(state):
                yield f"    {state} --> [*]"
