"""What can have happened with materials and equipment: scanned, weighed, produced."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from workflows.commands import WEIGHT
from workflows.events.vocabulary import BatchEvent, Source, Verdict
from workflows.people import Who
from workflows.quantity import Quantity
from workflows.recipe import Criticality, Tolerance


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialIdentified(BatchEvent):
    """A container was scanned and found fit to be charged."""

    KIND: ClassVar[str] = "batch.material.identified"
    VERSION: ClassVar[int] = 1
    step: str
    step_title: str
    line: str
    material: str
    material_title: str
    container: UUID
    container_code: str
    lot: UUID
    lot_number: str
    supplier_lot: str
    lot_status: str
    expiry: date | None
    retest: date | None
    usable_from: datetime | None
    remaining: Quantity
    part: bool
    source: Source = Source.SCAN


@dataclass(frozen=True, slots=True, kw_only=True)
class EquipmentIdentified(BatchEvent):
    """Equipment was scanned and found fit for use."""

    KIND: ClassVar[str] = "batch.equipment.identified"
    VERSION: ClassVar[int] = 1
    step: str
    step_title: str
    requirement: str
    equipment_class: str
    equipment: UUID
    equipment_code: str
    equipment_title: str
    equipment_status: str
    calibration_due: date | None
    calibration: str
    replaces: str = ""
    why: str = ""
    source: Source = Source.SCAN


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialWeighed(BatchEvent):
    """Material was weighed into the batch."""

    KIND: ClassVar[str] = "batch.step.weighed"
    VERSION: ClassVar[int] = 1
    step: str
    step_title: str
    line: str
    material: str
    material_title: str
    container: UUID
    container_code: str
    lot: UUID
    lot_number: str
    weighing: int  # 1, 2, 3 … within the step
    net: Quantity
    total: Quantity
    target: Quantity
    least: Quantity
    most: Quantity
    tolerance: Tolerance
    part: bool
    verdict: Verdict
    source: Source
    criticality: Criticality
    scale: UUID
    scale_code: str
    scale_title: str
    calibration_due: date | None
    calibration: str = ""  # the certificate in force when it was weighed
    reading: UUID | None = None
    reading_at: datetime | None = None
    frame: str = ""
    why: str = ""
    witness: Who | None = None
    input: str = WEIGHT


@dataclass(frozen=True, slots=True, kw_only=True)
class MaterialIssued(BatchEvent):
    """Material that no step weighs was taken from a container, by the quantity of the formula."""

    KIND: ClassVar[str] = "batch.material.issued"
    VERSION: ClassVar[int] = 1
    step: str
    step_title: str
    line: str
    material: str
    material_title: str
    container: UUID
    container_code: str
    lot: UUID
    lot_number: str
    quantity: Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class LotProduced(BatchEvent):
    """What came out was put into a new lot."""

    KIND: ClassVar[str] = "batch.lot.produced"
    VERSION: ClassVar[int] = 1
    step: str
    step_title: str
    lot: UUID
    lot_number: str
    material: str
    quantity: Quantity
    theoretical: Quantity | None
    expires: date
    usable_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LotAmended(BatchEvent):
    """The quantity of a produced lot was corrected."""

    KIND: ClassVar[str] = "batch.lot.amended"
    VERSION: ClassVar[int] = 1
    step: str
    step_title: str
    lot: UUID
    lot_number: str
    was: Quantity
    becomes: Quantity
