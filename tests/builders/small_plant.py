"""A small recipe with every kind of step, and the people, stock and scale of its plant."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from workflows import (
    digest_of,
    written,
)
from workflows.facts import (
    ContainerFact,
    EquipmentFact,
    LotFact,
    PersonFact,
    RecipeFact,
)
from workflows.quantity import Quantity, parse
from workflows.recipe import (
    Calculation,
    Check,
    Confirm,
    Criticality,
    Entry,
    EquipmentRequirement,
    ExceptionPolicy,
    FormulaLine,
    HoldTime,
    Input,
    InputKind,
    Instruction,
    Limits,
    Operand,
    Parallel,
    Phase,
    Produce,
    Range,
    Recipe,
    Scale,
    Scaling,
    Sequence,
    Severity,
    SignOff,
    TestVector,
    Timer,
    Tolerance,
    ValueRef,
    Weigh,
)
from workflows.recipe import IdentifyEquipment as EquipmentStep
from workflows.recipe import IdentifyMaterial as MaterialStep

START = datetime(2026, 11, 21, 6, 0, tzinfo=UTC)
TODAY = date(2026, 11, 21)
BATCH = UUID(int=1)
RIGHTS = frozenset({"type_weights"})


def person(number: int, name: str, role: str, rights: frozenset[str] = frozenset()) -> PersonFact:
    """Somebody of the plant."""
    return PersonFact(person=UUID(int=100 + number), name=name, role=role, rights=rights)


KELLER = person(1, "M. Keller", "Operator", RIGHTS)
BRANDT = person(2, "J. Brandt", "Operator", RIGHTS)
OKAFOR = person(3, "T. Okafor", "Operator")
VARGA = person(4, "L. Varga", "Production supervisor")
LINDQVIST = person(5, "S. Lindqvist", "QA reviewer")
AALTO = person(6, "H. Aalto", "Qualified Person")
PEOPLE = {each.name: each for each in (KELLER, BRANDT, OKAFOR, VARGA, LINDQVIST, AALTO)}


def amount_between(low: str | None, high: str | None) -> Range:
    """A range written as two amounts."""
    return Range(low=parse(low) if low else None, high=parse(high) if high else None)


DENSITY = Input(
    key="density",
    title="Density of ethanol",
    kind=InputKind.NUMBER,
    unit="g/mL",
    decimals=4,
    limits=Limits(
        target=parse("0.8074 g/mL"),
        alert=amount_between("0.8060 g/mL", "0.8090 g/mL"),
        action=amount_between("0.8050 g/mL", "0.8100 g/mL"),
        reject=amount_between("0.7900 g/mL", "0.8300 g/mL"),
    ),
)
ROOM = Input(key="room", title="Room", kind=InputKind.CHOICE, choices=("B-114", "B-116"))
REMARK = Input(key="remark", title="Remark", kind=InputKind.TEXT, required=False)
CLEANED = Input(key="cleaned", title="Cleaned on", kind=InputKind.DATE)
MASS = Input(
    key="mass",
    title="Mass of ethanol",
    kind=InputKind.CALCULATED,
    unit="g",
    decimals=1,
    limits=Limits(action=amount_between("6500.0 g", "7000.0 g")),
    criticality=Criticality.CPP,
)
STRENGTH = Input(
    key="strength",
    title="Ethanol content",
    kind=InputKind.NUMBER,
    unit="%",
    decimals=1,
    limits=Limits(action=amount_between("76.0 %", "84.0 %")),
    criticality=Criticality.CQA,
)
OUTPUT = Input(key="output", title="Bulk produced", kind=InputKind.NUMBER, unit="g", decimals=1)
YIELD = Input(
    key="yield",
    title="Yield",
    kind=InputKind.CALCULATED,
    unit="%",
    decimals=1,
    limits=Limits(action=amount_between("95.0 %", "102.0 %")),
)


def calculation(result: Input, expression: str, *operands: Operand) -> Calculation:
    """A calculation whose worked example is what it computes from ones."""
    vector = TestVector(
        operands=tuple(
            Operand(name=each.name, constant=Quantity("1", unit))
            for each, unit in zip(operands, _units(operands), strict=True)
        ),
        result=Quantity("1.0" if result.unit == "g" else "100.0", result.unit or "1"),
    )
    return Calculation(result=result, expression=expression, operands=operands, vectors=(vector,))


def _units(operands: Iterable[Operand]) -> list[str]:
    known = {"volume": "mL", "density": "g/mL", "output": "g", "mass": "g"}
    return [known[each.name] for each in operands]


def phase(key: str, title: str, work: Any, **more: Any) -> Phase:
    """A step."""
    return Phase(key=key, title=title, instruction=f"Do: {title}.", work=work, **more)


HOLDING = ExceptionPolicy(severity=Severity.MAJOR, blocks=True)

PROCEDURE = Sequence(
    key="procedure",
    title="Make handrub",
    blocks=(
        phase("ready", "Make ready", Instruction()),
        Parallel(
            key="prepare",
            title="Prepare",
            branches=(
                Sequence(
                    key="ethanol",
                    title="Ethanol",
                    blocks=(
                        phase("density", "Measure density", Entry(inputs=(DENSITY, REMARK))),
                        phase(
                            "mass",
                            "Compute mass",
                            calculation(
                                MASS,
                                "volume * density",
                                Operand(name="volume", formula="ethanol"),
                                Operand(
                                    name="density", value=ValueRef(step="density", input="density")
                                ),
                            ),
                        ),
                        phase("scan", "Identify ethanol", MaterialStep(line="ethanol")),
                        phase("scale", "Identify scale", EquipmentStep(equipment="scale")),
                        phase(
                            "weigh",
                            "Weigh ethanol",
                            Weigh(
                                line="ethanol",
                                scale="scale",
                                unit="g",
                                decimals=1,
                                target=ValueRef(step="mass", input="mass"),
                                tolerance=Tolerance(low=parse("0.5 %"), high=parse("0.5 %")),
                            ),
                            critical=True,
                            witness=True,
                        ),
                    ),
                ),
                Sequence(
                    key="filling",
                    title="Filling line",
                    blocks=(
                        phase(
                            "clear",
                            "Clear the line",
                            Confirm(
                                inputs=(
                                    Input(
                                        key="empty",
                                        title="Line is empty",
                                        kind=InputKind.CONFIRMATION,
                                    ),
                                )
                            ),
                        ),
                        phase("room", "Note the room", Entry(inputs=(ROOM, CLEANED))),
                        phase("bottles", "Fetch bottles", MaterialStep(line="bottles")),
                    ),
                ),
            ),
        ),
        phase(
            "mix", "Mix", Timer(least_s=60, most_s=600), hold=HoldTime(after="weigh", most_s=900)
        ),
        phase("check", "Check strength", Check(inputs=(STRENGTH,)), exceptions=HOLDING),
        phase("label", "Print specimen", Instruction(), may_skip=True),
        phase(
            "produce",
            "Weigh bulk",
            Produce(
                quantity=OUTPUT,
                usable_after_s=259200,
                expires_after_days=730,
                theoretical=ValueRef(step="mass", input="mass"),
            ),
        ),
        phase(
            "yield",
            "Compute yield",
            calculation(
                YIELD,
                "output / mass",
                Operand(name="output", value=ValueRef(step="produce", input="output")),
                Operand(name="mass", value=ValueRef(step="mass", input="mass")),
            ),
        ),
        phase("hand_over", "Hand over", SignOff(statement="Complete as recorded."), witness=True),
    ),
)

RECIPE = Recipe(
    code="MR-T1",
    version=1,
    title="Handrub, small",
    product="FP-HR1",
    size=parse("10 L"),
    scale=Scale(minimum=parse("1 L"), maximum=parse("100 L")),
    formula=(
        FormulaLine(
            key="ethanol", material="RM-ETH96", title="Ethanol 96 %", quantity=parse("8333 mL")
        ),
        FormulaLine(
            key="bottles",
            material="PM-BTL",
            title="Bottles",
            quantity=parse("20 1"),
            scaling=Scaling.PROPORTIONAL,
        ),
    ),
    equipment=(EquipmentRequirement(key="scale", equipment_class="balance", title="Scale"),),
    procedure=PROCEDURE,
)

ETHANOL = ContainerFact(
    container=UUID(int=201),
    code="C-0001",
    lot=UUID(int=301),
    lot_number="L-ETH-1",
    material="RM-ETH96",
    material_title="Ethanol 96 %",
    status="released",
    remaining=parse("25.000 kg"),
    supplier_lot="S-1",
    expiry=date(2028, 5, 31),
)
BOTTLES = replace(
    ETHANOL,
    container=UUID(int=202),
    code="C-0002",
    lot=UUID(int=302),
    lot_number="L-BTL-1",
    material="PM-BTL",
    material_title="Bottles",
    remaining=parse("500"),
    expiry=None,
)
SCALE = EquipmentFact(
    equipment=UUID(int=401),
    code="SC-04",
    title="Floor balance",
    equipment_class="balance",
    status="available",
    calibration_due=date(2027, 3, 31),
    calibration="CAL-77",
)
LOT = LotFact(lot=UUID(int=501), number="HR-0001")
RECIPE_FACT = RecipeFact(recipe=RECIPE, digest=digest_of(written(RECIPE)), effective=True)
