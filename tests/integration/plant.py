"""A table and an act of their own for the tests of kernel and ledger, so that they need no module.

The table is armed like any other; what is recorded of it is a vessel with a level and a note.
"""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

import psycopg
import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ebr.embedded import Embedded
from ebr.kernel import (
    Actor,
    Base,
    Reason,
    Recorded,
    UnitOfWork,
    constraint,
    new_id,
    refuse_if,
    register,
    table,
)
from ebr.settings import Settings
from migrations import guards

OPERATOR = Actor(
    person=UUID(int=1), account=UUID(int=2), name="M. Keller", role="Operator", kind="human",
    rights=frozenset({"fill"}), station="DB-2",
)  # fmt: skip

DDL = """
CREATE TABLE plant.vessel (
  id uuid CONSTRAINT pk_vessel PRIMARY KEY,
  number text NOT NULL CONSTRAINT uq_vessel_number UNIQUE,
  level numeric NOT NULL,
  note text,
  pin text,
  at timestamptz
)"""


class Vessel(Base):
    """A vessel of the test plant."""

    __tablename__ = "vessel"
    __table_args__ = table("plant", Recorded(secret=("pin",)))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    level: Mapped[Any] = mapped_column(sa.Numeric())
    note: Mapped[str | None]
    pin: Mapped[str | None]


constraint("uq_vessel_number", Reason("number_taken", "There is a vessel of that number already."))


@register
@dataclass(frozen=True)
class VesselFilled:
    """A vessel was filled to a level."""

    KIND: ClassVar[str] = "vessel.filled"
    VERSION: ClassVar[int] = 1

    vessel: UUID
    level: str
    note: str | None = None


@dataclass(frozen=True)
class Fill:
    """Fill a vessel, a new one where none is named."""

    number: str
    level: str
    vessel: UUID | None = None
    note: str | None = None


def stream_of(vessel: UUID) -> str:
    return f"vessel/{vessel}"


def fill(work: UnitOfWork, command: Fill) -> UUID:
    """Fill a vessel; nothing goes in above 100."""
    found = None if command.vessel is None else work.session.get(Vessel, command.vessel)
    if len(command.level) > 3:
        refuse_if([Reason("too_full", f"{command.level} is more than 100.")])
    if found is None:
        found = work.add(
            Vessel(id=command.vessel or new_id(), number=command.number, level=command.level)
        )
    else:
        work.history(stream_of(found.id))
        found.level = command.level
        found.note = command.note
    work.record(stream_of(found.id), VesselFilled(found.id, command.level, command.note))
    return found.id


def build(settings: Settings, secret: Sequence[str] = ("pin",)) -> None:
    """Add the table of the vessels to a migrated database, as a migration would."""
    engine = sa.create_engine(settings.url("owner"), poolclass=sa.NullPool)
    with engine.begin() as connection:
        op = Operations(connection)
        guards.append(connection, "system/migration", guards.act("system.migration.started", {}))
        guards.create_schema(op, "plant")
        op.execute(DDL)
        guards.arm(op, "plant.vessel", secret=secret)
        guards.explain(op, "plant", "Vessels", added=["plant.vessel"])
    engine.dispose()


class Operations:
    """As much of Alembic's operations as the guards need."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def get_bind(self) -> sa.Connection:
        return self._connection

    def execute(self, statement: str) -> None:
        self._connection.exec_driver_sql(statement)


def connect(settings: Settings, role: str) -> AbstractContextManager[psycopg.Connection[Any]]:
    """A plain connection of one of the logins, as somebody with psql has it."""
    return _connected(settings.url(role))


def superuser(
    server: Embedded, settings: Settings
) -> AbstractContextManager[psycopg.Connection[Any]]:
    """A plain connection of the superuser, against whom only reconciliation helps."""
    name = str(sa.make_url(settings.url("app")).database)
    return _connected(server.url("postgres", name))


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[Any]]:
    connection = psycopg.connect(url.replace("+psycopg", ""))
    try:
        yield connection
        connection.commit()
    finally:
        connection.close()


def one(connection: psycopg.Connection[Any], statement: str, *values: Any) -> Any:
    """The single value that a question has."""
    found = connection.execute(statement, values).fetchone()
    return None if found is None else found[0]


def rows(connection: psycopg.Connection[Any], statement: str, *values: Any) -> Sequence[Any]:
    """Every row of an answer."""
    return connection.execute(statement, values).fetchall()
