"""The stream of a batch, told once from its beginning: each act with the batch before and after it.

Everything on the record is read off this story; no other table is asked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

import workflows
from ebr.batches import numbering
from ebr.batches.record.parts import Instant
from ebr.kernel import History, Told, Unknown
from ebr.kernel.writing import initials

E = TypeVar("E")


@dataclass(frozen=True, slots=True)
class Act:
    """One event within its entry, with the batch as it was before and is after it."""

    entry: Told
    event: workflows.Event
    before: workflows.Batch | None
    after: workflows.Batch

    @property
    def step(self) -> str | None:
        """The step that it happened in."""
        return getattr(self.event, "step", None)


@dataclass(frozen=True, slots=True)
class Story:
    """A batch as it stands, and every act that brought it there."""

    batch: workflows.Batch
    entries: tuple[Told, ...]
    acts: tuple[Act, ...]
    zone: ZoneInfo
    keys: Mapping[str, str]  # person → initials

    def at(self, value: datetime) -> Instant:
        """An instant as the record writes it: on the plant's wall, with offset."""
        return instant(value, self.zone)

    def maybe(self, value: datetime | None) -> Instant | None:
        """The same, or nothing."""
        return None if value is None else self.at(value)

    def number(self, step: str | None) -> str:
        """The number by which people name a step; empty for the batch as a whole."""
        return numbering.numbers_of(self.batch)[step] if step else ""

    def of(self, kind: type[E], step: str | None = None) -> Iterator[tuple[Told, E]]:
        """Every event of a kind with its entry; with `step`, only those of that step."""
        for act in self.acts:
            if isinstance(act.event, kind) and (step is None or act.step == step):
                yield act.entry, act.event

    def within(self, step: str) -> tuple[Act, ...]:
        """Every act of a step, in order."""
        return tuple(act for act in self.acts if act.step == step)


def story_of(history: History, zone: ZoneInfo) -> Story:
    """The story of a batch; `Unknown` before its start."""
    acts: list[Act] = []
    batch: workflows.Batch | None = None
    for entry in history:
        for event in entry.events:
            before, batch = batch, workflows.evolve(event, batch)
            acts.append(Act(entry, event, before, batch))
    if batch is None:
        raise Unknown("batch")
    return Story(batch, history.entries, tuple(acts), zone, _initials(history.entries))


def instant(value: datetime, zone: ZoneInfo) -> Instant:
    """An instant as the record writes it."""
    return Instant(value.astimezone(zone).isoformat(timespec="microseconds"))


def _initials(entries: tuple[Told, ...]) -> Mapping[str, str]:
    """Initials for everyone who acted or signed, apart from each other, in order of appearance."""
    keys: dict[str, str] = {}
    for entry in entries:
        people = [(entry.actor.get("person"), entry.actor["name"])]
        people += [(signature.person, signature.name) for signature in entry.signatures]
        for person, name in people:
            if person is not None and str(person) not in keys:
                keys[str(person)] = _free(initials(str(name)) or "?", set(keys.values()))
    return keys


def _free(wanted: str, taken: set[str]) -> str:
    number = 1
    while (key := wanted if number == 1 else f"{wanted}{number}") in taken:
        number += 1
    return key
