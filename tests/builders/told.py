"""A batch of the small recipe with its stream: every act told as an entry, with its signatures."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import workflows
from audit.canonical import digest, instant
from audit.signature import Signature
from ebr.batches.record import BatchRecord, record_of
from ebr.kernel import History, Told
from tests.builders.engine import Bench
from tests.builders.small_plant import BATCH, KELLER
from workflows import commands as acts
from workflows.facts import PersonFact
from workflows.recipe import Meaning

STREAM = f"batch/{BATCH}"
ZONE = ZoneInfo("Europe/Berlin")


@dataclass
class ToldBench(Bench):
    """A bench that also writes down the stream that a ledger would hold."""

    entries: list[Told] = field(default_factory=list)

    def do(
        self, command: acts.Command, performer: PersonFact = KELLER, **more: Any
    ) -> tuple[workflows.Event, ...]:
        """Decide, fold, and tell it."""
        meanings = workflows.meanings_of(self.batch, command) if self.batch else ()
        events = super().do(command, performer, **more)
        second = more.get("witness")
        signers = [
            (
                meaning,
                second if second is not None and self._others(meaning, command) else performer,
            )
            for meaning in meanings
        ]
        self.entries.append(
            Told(
                stream=STREAM,
                seq=len(self.entries) + 1,
                hash=digest(f"entry {len(self.entries) + 1}".encode()),
                at=self.now,
                act=events[0].KIND,
                events=events,
                actor={
                    "person": str(performer.person),
                    "account": str(account_of(performer)),
                    "name": performer.name,
                    "role": performer.role,
                    "kind": "human",
                },
                station="DB-2",
                request=f"request-{len(self.entries) + 1}",
                why=None,
                signatures=tuple(self._signed(*signer) for signer in signers),
                refs=(),
            )
        )
        return events

    def _others(self, meaning: Meaning, command: acts.Command) -> bool:
        return meaning is Meaning.WITNESSED and not isinstance(command, acts.WitnessStep)

    def _signed(self, meaning: Meaning, who: PersonFact) -> Signature:
        return Signature(
            meaning=meaning.value,
            person=str(who.person),
            account=str(account_of(who)),
            name=who.name,
            role=who.role,
            at=instant(self.now),
            method="password",
            components=("account", "password"),
            station="DB-2",
            shown=digest(f"{meaning} {len(self.entries)}".encode()),
            proof="cHJvb2Y=",
        )

    @property
    def history(self) -> History:
        """The stream as the kernel hands it out."""
        return History(
            stream=STREAM,
            seq=len(self.entries),
            head_hash=self.entries[-1].hash,
            anchor="",
            entries=tuple(self.entries),
        )

    @property
    def told(self) -> BatchRecord:
        """The record of the batch as it stands."""
        return record_of(self.history, site="Plant 2", zone=ZONE)


def account_of(who: PersonFact) -> UUID:
    """An account of a person."""
    return UUID(int=who.person.int + 1000)
