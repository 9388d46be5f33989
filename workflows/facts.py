"""What the plant says at the moment of decision, as plain values.

They are gathered before the decision, so that the decision itself reads no clock, no database and
no device. Only what a command needs is filled in; a fact that is missing where it is needed is
itself a reason to refuse (an unknown code, a reading that is not there).
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from workflows.people import Who
from workflows.quantity import Quantity
from workflows.recipe import Recipe

LOT_RELEASED = "released"
EQUIPMENT_AVAILABLE = "available"
TYPE_WEIGHTS = "type_weights"  # the right without which no weight is typed


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFact:
    """A person as identity knows them now."""

    person: UUID
    name: str
    role: str
    rights: frozenset[str] = frozenset()

    @property
    def who(self) -> Who:
        """The person as the record will name them."""
        return Who(person=self.person, name=self.name, role=self.role)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeFact:
    """The recipe version that an order names, as approved."""

    recipe: Recipe
    digest: str  # SHA-256 of the canonical text, fixed at approval
    effective: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ContainerFact:
    """A container found by its scanned code, with the lot inside it."""

    container: UUID
    code: str
    lot: UUID
    lot_number: str
    material: str
    material_title: str
    status: str  # of the lot; usable when LOT_RELEASED
    remaining: Quantity
    supplier_lot: str = ""
    expiry: date | None = None
    retest: date | None = None
    usable_from: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentFact:
    """A piece of equipment found by its scanned code."""

    equipment: UUID
    code: str
    title: str
    equipment_class: str
    status: str  # usable when EQUIPMENT_AVAILABLE
    calibration_due: date | None = None  # None: needs no calibration
    calibration: str = ""  # the certificate in force


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingFact:
    """A reading as the server stored it before anyone used it."""

    reading: UUID
    equipment: UUID  # the device that sent it
    equipment_code: str
    value: Quantity | None  # None: the device sent no weight (overload, fault)
    stable: bool
    at: datetime  # by the server's clock
    frame: str  # what came over the line, character by character
    simulated: bool = False  # by a stand-in for a device
    batch: UUID | None = None  # the request that it answers
    step: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LotFact:
    """The identity reserved for a lot that is about to be produced."""

    lot: UUID
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Everything a decision may know besides the batch and the command.

    `performer` is who acts and signs; `witness` is the second person, for `WitnessStep`, a typed
    weight and its correction (without it a `WitnessStep` is signed by `performer`).
    """

    now: datetime
    today: date  # in the plant's zone
    performer: PersonFact
    witness: PersonFact | None = None
    recipe: RecipeFact | None = None
    container: ContainerFact | None = None
    equipment: EquipmentFact | None = None
    reading: ReadingFact | None = None
    lot: LotFact | None = None
    witness_window_s: int = 300
    reading_age_most_s: int = 60
    production: bool = False  # a site whose batches are for use: nothing simulated counts
