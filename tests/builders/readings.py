"""A plant with one balance, people who ask it, and the collector's store."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from devices import Act, Health, Identity, Kind, LinkState, Quality, Question, Reading
from ebr import maintenance, readings
from ebr.identity import Right
from ebr.kernel import Actor, UnitOfWork, new_id
from ebr.kernel.opening import Database, perform, reading

C = TypeVar("C")
R = TypeVar("R")
SCALE = "SC-04"
SERIAL = "B0210"
AT = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


def an_actor(name: str, *rights: Right) -> Actor:
    return Actor(new_id(), new_id(), name, "Operator", "human", frozenset(rights), "DB-2")


OPERATOR = (Right.READ_DEVICES, Right.EXECUTE_STEPS, Right.VIEW_READINGS)


@dataclass
class Plant:
    """What the tests of readings do to a plant."""

    database: Database
    keller: Actor = field(default_factory=lambda: an_actor("M. Keller", *OPERATOR))
    metrology: Actor = field(default_factory=lambda: an_actor("P. Sato", Right.REGISTER_EQUIPMENT))
    batch: UUID = field(default_factory=new_id)

    def do(
        self, operation: Callable[[UnitOfWork, C], R], command: C, actor: Actor | None = None
    ) -> R:
        return perform(self.database, actor or self.keller, operation, command, str(new_id()))

    def look(self, query: Callable[[Session], R]) -> R:
        with reading(self.database) as session:
            return query(session)

    def balance(self, url: str = "sics+tcp://127.0.0.1:4305", code: str = SCALE) -> None:
        command = maintenance.RegisterEquipment(
            code=code,
            name="Balance",
            equipment_class="balance",
            station="DB-2",
            needs_calibration=True,
            device_url=url,
            device_serial=SERIAL,
        )
        self.do(maintenance.register_equipment, command, self.metrology)

    def ask(self, act: Act = Act.WEIGH, step: str = "weigh-ethanol") -> UUID:
        command = readings.AskReading(device=SCALE, act=act, batch=self.batch, step=step)
        return UUID(self.do(readings.ask, command))

    def answer(self, request: UUID) -> readings.AnswerView:
        return self.look(lambda session: readings.answer(session, request))

    def orphans(self) -> tuple[readings.ReadingView, ...]:
        return self.look(readings.orphans).items


@dataclass
class Mouth:
    """Says what a device would say, one numbered reading after the other."""

    session: UUID = field(default_factory=new_id)
    number: int = 0
    at: datetime = AT

    def reading(
        self,
        question: Question | None = None,
        value: str | None = "12.50",
        quality: Quality = Quality.GOOD,
    ) -> Reading:
        self.number += 1
        good = quality is Quality.GOOD
        return Reading(
            device=SCALE,
            session=self.session,
            number=self.number,
            question=question.id if question else None,
            kind=Kind.NET,
            quality=quality,
            cause=None,
            detail="" if good else "the weight did not come to rest",
            value=value,
            unit="g" if value else None,
            stable=good,
            command=b"S\r\n",
            frame=f"S S {value or '':>10} g\r\n".encode(),
            received_at=self.at,
            identity=Identity("SIMULATED balance", SERIAL),
            connection="sics+tcp://127.0.0.1:4305",
            profile="sics-1",
            parser="sics-1",
        )

    def ready(self) -> Health:
        identity = Identity("SIMULATED balance", SERIAL)
        return Health(SCALE, LinkState.READY, "", AT, self.session, identity)
