"""What the demo plant has: materials, deliveries, equipment, as plain lists.

Among the deliveries stands what must be refused at a scan: one that expired, one that quality has
not released, one that is nearly used up; among the balances one that is out of calibration.
"""

from dataclasses import dataclass

from ebr.inventory import MaterialKind
from workflows.quantity import Quantity

PLACES = (
    ("WH-1", "Warehouse"),
    ("DB-2", "Dispensing booth 2"),
    ("FILL-1", "Filling line 1"),
    ("HA-1", "Hold area 1"),
    ("QUARANTINE", "Quarantine store"),
)

MATERIALS = (
    ("RM-ETH96", "Ethanol 96 %", MaterialKind.RAW, "kg", "09506000134352"),
    ("RM-H2O2", "Hydrogen peroxide 3 %", MaterialKind.RAW, "kg", "09506000134369"),
    ("RM-GLY98", "Glycerol 98 %", MaterialKind.RAW, "kg", "09506000134376"),
    ("RM-WATER", "Purified water", MaterialKind.RAW, "kg", None),
    ("PM-BTL", "Bottle 500 mL, with cap", MaterialKind.PACKAGING, "1", None),
    ("PM-LBL", "Label, handrub 500 mL", MaterialKind.PACKAGING, "1", None),
    ("FP-HR1", "Handrub, formulation 1", MaterialKind.PRODUCT, "L", None),
    ("RM-DXM", "Dextromethorphan hydrobromide", MaterialKind.RAW, "kg", None),
    ("RM-GUA", "Guaifenesin", MaterialKind.RAW, "kg", None),
    ("RM-SYR65", "Sucrose syrup 65 %, preserved", MaterialKind.RAW, "kg", None),
    ("PM-BTL100", "Amber bottle 100 mL, with cap", MaterialKind.PACKAGING, "1", None),
    ("PM-LBLCS", "Label, cough syrup 100 mL", MaterialKind.PACKAGING, "1", None),
    ("FP-CS1", "Cough syrup 100 mL", MaterialKind.PRODUCT, "L", None),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A lot as it came, and what quality has decided about it since."""

    number: str
    material: str
    supplier: str
    supplier_lot: str
    quantities: tuple[Quantity, ...]
    received_days_ago: int
    expires_in_days: int | None = None
    retest_in_days: int | None = None
    released: bool = True
    expired_days_ago: int | None = None  # the maker has shortened the shelf life since


DELIVERIES = (
    Delivery(
        number="ETH96-2611-01",
        material="RM-ETH96",
        supplier="Alkohol Nord",
        supplier_lot="AN-88120/2",
        quantities=(Quantity("200.0", "kg"), Quantity("200.0", "kg"), Quantity("200.0", "kg")),
        received_days_ago=20,
        expires_in_days=540,
        retest_in_days=340,
    ),
    Delivery(
        number="ETH96-2404-07",
        material="RM-ETH96",
        supplier="Alkohol Nord",
        supplier_lot="AN-71344/1",
        quantities=(Quantity("25.0", "kg"),),
        received_days_ago=570,
        expires_in_days=160,
        expired_days_ago=12,
    ),
    Delivery(
        number="H2O2-2611-01",
        material="RM-H2O2",
        supplier="Perox Chemie",
        supplier_lot="P3-26-0417",
        quantities=(Quantity("25.000", "kg"), Quantity("25.000", "kg")),
        received_days_ago=18,
        expires_in_days=320,
    ),
    Delivery(
        number="H2O2-2611-02",
        material="RM-H2O2",
        supplier="Perox Chemie",
        supplier_lot="P3-26-0455",
        quantities=(Quantity("25.000", "kg"),),
        received_days_ago=2,
        expires_in_days=350,
        released=False,
    ),
    Delivery(
        number="GLY98-2611-01",
        material="RM-GLY98",
        supplier="Oleo Werke",
        supplier_lot="GW-5521",
        quantities=(Quantity("10.0000", "kg"), Quantity("10.0000", "kg")),
        received_days_ago=30,
        expires_in_days=400,
    ),
    Delivery(
        number="GLY98-2610-03",
        material="RM-GLY98",
        supplier="Oleo Werke",
        supplier_lot="GW-5388",
        quantities=(Quantity("0.0500", "kg"),),
        received_days_ago=45,
        expires_in_days=700,
    ),
    Delivery(
        number="WATER-2611-01",
        material="RM-WATER",
        supplier="Plant 2, water system",
        supplier_lot="PW-2611",
        quantities=(Quantity("500.0", "kg"), Quantity("500.0", "kg")),
        received_days_ago=1,
        expires_in_days=90,
    ),
    Delivery(
        number="BTL-2611-01",
        material="PM-BTL",
        supplier="Flakon GmbH",
        supplier_lot="F-99812",
        quantities=(Quantity("1000", "1"), Quantity("1000", "1")),
        received_days_ago=25,
    ),
    Delivery(
        number="LBL-2611-01",
        material="PM-LBL",
        supplier="Etikett Druck",
        supplier_lot="ED-HR1-07",
        quantities=(Quantity("1500", "1"), Quantity("1500", "1")),
        received_days_ago=25,
    ),
    Delivery(
        number="DXM-2611-01",
        material="RM-DXM",
        supplier="Alkaloid Werke",
        supplier_lot="DX-2609-3",
        quantities=(Quantity("1.0000", "kg"),),
        received_days_ago=22,
        expires_in_days=900,
        retest_in_days=350,
    ),
    Delivery(
        number="GUA-2611-01",
        material="RM-GUA",
        supplier="Alkaloid Werke",
        supplier_lot="GU-2610-8",
        quantities=(Quantity("5.0000", "kg"),),
        received_days_ago=22,
        expires_in_days=900,
        retest_in_days=350,
    ),
    Delivery(
        number="SYR65-2611-01",
        material="RM-SYR65",
        supplier="Zucker Nord",
        supplier_lot="ZN-65-114",
        quantities=(Quantity("50.000", "kg"),),
        received_days_ago=6,
        expires_in_days=170,
    ),
    Delivery(
        number="BTL100-2611-01",
        material="PM-BTL100",
        supplier="Flakon GmbH",
        supplier_lot="F-99934",
        quantities=(Quantity("1000", "1"),),
        received_days_ago=25,
    ),
    Delivery(
        number="LBLCS-2611-01",
        material="PM-LBLCS",
        supplier="Etikett Druck",
        supplier_lot="ED-CS1-02",
        quantities=(Quantity("1000", "1"),),
        received_days_ago=25,
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece of equipment, and its last calibration where it needs one."""

    code: str
    name: str
    equipment_class: str
    station: str
    capacity: Quantity | None = None
    readability: Quantity | None = None
    simulated: bool = False
    device_serial: str | None = None
    certificate: str = ""
    calibrated_days_ago: int = 0
    due_in_days: int = 0


EQUIPMENT = (
    Piece(
        code="SC-04",
        name="Bench balance 32 kg",
        equipment_class="balance",
        station="DB-2",
        capacity=Quantity("32100", "g"),
        readability=Quantity("0.1", "g"),
        simulated=True,
        device_serial="B021002593",
        certificate="K-2026-1187",
        calibrated_days_ago=30,
        due_in_days=335,
    ),
    Piece(
        code="SC-05",
        name="Bench balance 8 kg",
        equipment_class="balance",
        station="DB-2",
        capacity=Quantity("8200", "g"),
        readability=Quantity("0.1", "g"),
        certificate="K-2025-0846",
        calibrated_days_ago=400,
        due_in_days=-35,
    ),
    Piece(
        code="MX-10",
        name="Mixing vessel 12 L",
        equipment_class="mixing_vessel",
        station="FILL-1",
        capacity=Quantity("12", "L"),
    ),
    Piece(
        code="AM-1",
        name="Alcoholmeter 70-100 % v/v",
        equipment_class="alcoholmeter",
        station="FILL-1",
        readability=Quantity("0.1", "%"),
        certificate="K-2026-0912",
        calibrated_days_ago=120,
        due_in_days=610,
    ),
    Piece(
        code="BU-1",
        name="Burette 25 mL, class A",
        equipment_class="burette",
        station="QA-1",
        capacity=Quantity("25.00", "mL"),
        readability=Quantity("0.05", "mL"),
        certificate="K-2026-0913",
        calibrated_days_ago=120,
        due_in_days=610,
    ),
    Piece(
        code="FI-1",
        name="Bottle filler 100 mL",
        equipment_class="filler",
        station="FILL-1",
        capacity=Quantity("100", "mL"),
    ),
    Piece(code="HA-1", name="Hold area 1", equipment_class="hold_area", station="FILL-1"),
)
