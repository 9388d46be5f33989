"""What every table stands on: names of constraints, exact types, and which of four kinds it is.

`__table_args__ = table("inventory", Recorded())`. A table that does not say its kind cannot be
declared. The kinds are those of the migrations' `guards`, which arm them in the database.
"""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, Date, DateTime, MetaData, Numeric, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase

NAMES = {
    "pk": "pk_%(table_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
}


@dataclass(frozen=True, slots=True)
class Recorded:
    """Truth under GxP: every change is captured and explained; cells in `secret` as digests."""

    secret: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Derived:
    """A projection: written by `projection.py` only, rebuildable from the ledger."""


@dataclass(frozen=True, slots=True)
class Raw:
    """What devices said: insert-only, kept as it came."""


@dataclass(frozen=True, slots=True)
class Operational:
    """Sessions, cursors, leases, request keys, drafts: no capture, may be deleted."""


Kind = Recorded | Derived | Raw | Operational


class Base(DeclarativeBase):
    """The root of every table; refuses one that does not say its kind."""

    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        UUID: Uuid(),
        str: Text(),
        int: BigInteger(),
        Decimal: Numeric(),
        datetime: DateTime(timezone=True),
        date: Date(),
        dict[str, Any]: JSONB(),
        list[Any]: JSONB(),
    }

    def __init_subclass__(cls, **kwargs: Any) -> None:
        arguments = cls.__dict__.get("__table_args__", ({},))
        if "__tablename__" in cls.__dict__ and "kind" not in arguments[-1].get("info", {}):
            raise TypeError(f"{cls.__name__} must say its kind: table(schema, Recorded())")
        super().__init_subclass__(**kwargs)


def table(schema: str, kind: Kind, *constraints: Any) -> tuple[Any, ...]:
    """The `__table_args__` of a table in this schema, of this kind."""
    return (*constraints, {"schema": schema, "info": {"kind": kind}})
