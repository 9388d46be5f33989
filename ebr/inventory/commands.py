"""What may be asked of the stock."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from ebr.identity import Given
from ebr.inventory.labels import is_gtin
from ebr.inventory.lifecycle import LotVerb
from ebr.kernel import Malformed, Why
from workflows.quantity import UNITS, Quantity

CODE = re.compile(r"[A-Z0-9][A-Z0-9._-]{0,31}")
_CODE_FAULT = "Capitals, digits, dot, dash and underscore, 1 to 32 of them."
_CONTAINERS_MOST = 500


class MaterialKind(StrEnum):
    """What a material is to the plant."""

    RAW = "raw"
    PACKAGING = "packaging"
    INTERMEDIATE = "intermediate"
    PRODUCT = "product"


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateMaterial:
    """Make a material known, with the unit its stock is kept in for ever."""

    code: str
    name: str
    kind: MaterialKind
    unit: str
    gtin: str | None = None

    def __post_init__(self) -> None:
        _sane(
            ("code", CODE.fullmatch(self.code), _CODE_FAULT),
            ("name", self.name.strip(), "Say what it is called."),
            ("unit", self.unit in UNITS, f"One of {', '.join(sorted(UNITS))}."),
            ("gtin", self.gtin is None or is_gtin(self.gtin), "14 digits with a check digit."),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePlace:
    """Make a place known where containers may stand."""

    code: str
    name: str

    def __post_init__(self) -> None:
        _sane(
            ("code", CODE.fullmatch(self.code), _CODE_FAULT),
            ("name", self.name.strip(), "Say what it is called."),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveLot:
    """Take a delivery of one supplier's lot into quarantine, container by container.

    Without a number the lot gets the next one. `quantities` has one line a container.
    """

    material: str
    supplier: str
    maker: str
    supplier_lot: str
    quantities: tuple[Quantity, ...]
    received_on: date
    place: str
    number: str | None = None
    expires_on: date | None = None
    retest_on: date | None = None

    def __post_init__(self) -> None:
        _sane(
            ("number", self.number is None or CODE.fullmatch(self.number), _CODE_FAULT),
            ("supplier", self.supplier.strip(), "Say who delivered it."),
            ("maker", self.maker.strip(), "Say who made it."),
            ("supplier_lot", self.supplier_lot.strip(), "Give the maker's own lot."),
            (
                "quantities",
                0 < len(self.quantities) <= _CONTAINERS_MOST,
                f"Between 1 and {_CONTAINERS_MOST} containers.",
            ),
            (
                "quantities",
                all(quantity.amount > 0 for quantity in self.quantities),
                "A container holds more than nothing.",
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class SetLotStatus:
    """Decide about a lot, signed: release, reject, block, unblock."""

    lot: str
    verb: LotVerb
    signature: Given
    why: Why | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordRetest:
    """Record that a lot passed its retest and until when that holds, signed."""

    lot: str
    retest_on: date
    signature: Given
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class ShortenExpiry:
    """Bring the expiry of a lot forward, because it is known to hold less long, signed."""

    lot: str
    expires_on: date
    signature: Given
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveContainer:
    """Bring a container to another place; its status stays as it is."""

    container: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CountContainer:
    """Record what a count found in a container, signed; the difference moves with its reason."""

    container: str
    found: Quantity
    signature: Given
    why: Why

    def __post_init__(self) -> None:
        _sane(("found", self.found.amount >= 0, "A count is never below zero."))


@dataclass(frozen=True, slots=True, kw_only=True)
class Charge:
    """So much out of this container."""

    container: str
    quantity: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class ProducedLot:
    """What a batch made: a lot of its own, in quarantine until the batch is decided."""

    lot: UUID
    number: str
    material: str
    quantity: Quantity
    batch: str
    place: str
    expires_on: date | None = None
    usable_from: datetime | None = None


def _sane(*checks: tuple[str, object, str]) -> None:
    if faults := dict(_faults(checks)):
        raise Malformed(faults)


def _faults(checks: tuple[tuple[str, object, str], ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for field in dict.fromkeys(field for field, _, _ in checks):
        sentences = tuple(fault for name, held, fault in checks if name == field and not held)
        if sentences:
            yield field, sentences
