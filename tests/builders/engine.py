"""A small recipe with every kind of step, its people and stock, and a batch driven by decisions."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from workflows import (
    Batch,
    Code,
    Event,
    Facts,
    Refused,
    StepStatus,
    decide,
    digest_of,
    evolve,
    written,
)
from workflows.commands import (
    AcceptReading,
    Calculate,
    Command,
    CompleteReview,
    CompleteStep,
    CorrectValue,
    DecideException,
    Decision,
    IdentifyEquipment,
    IdentifyMaterial,
    RecordValue,
    ReleaseBatch,
    StartBatch,
    StartStep,
    WitnessStep,
)
from workflows.facts import (
    ContainerFact,
    EquipmentFact,
    LotFact,
    PersonFact,
    ReadingFact,
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


def phase(key: str, title: str, work: object, **more: object) -> Phase:
    """A step."""
    return Phase(key=key, title=title, instruction=f"Do: {title}.", work=work, **more)  # type: ignore[arg-type]


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


@dataclass
class Bench:
    """A batch in the making: every act goes through `decide`, every event through `evolve`."""

    batch: Batch | None = None
    events: list[Event] = field(default_factory=list)
    now: datetime = START
    recipe: RecipeFact = RECIPE_FACT
    readings: int = 0

    def facts(self, performer: PersonFact = KELLER, **more: object) -> Facts:
        """What the plant says now."""
        return Facts(
            now=self.now,
            today=self.now.date(),
            performer=performer,
            recipe=self.recipe,
            **more,  # type: ignore[arg-type]
        )

    def after(self, seconds: int) -> "Bench":
        """Let time pass."""
        self.now += timedelta(seconds=seconds)
        return self

    def do(
        self, command: Command, performer: PersonFact = KELLER, **more: object
    ) -> tuple[Event, ...]:
        """Decide and fold. Raises `Refused`."""
        self.after(1)
        events = decide(self.batch, command, self.facts(performer, **more))
        for event in events:
            self.batch = evolve(event, self.batch)
        self.events.extend(events)
        return events

    def refused(
        self, command: Command, performer: PersonFact = KELLER, **more: object
    ) -> list[Code]:
        """The codes of every reason why the command is refused now; empty if it is not."""
        try:
            decide(self.batch, command, self.facts(performer, **more))
        except Refused as refused:
            return [each.code for each in refused.refusals]
        return []

    @property
    def made(self) -> Batch:
        """The batch, which has been started."""
        assert self.batch is not None
        return self.batch

    def start(self, size: str = "10 L") -> "Bench":
        """Start the batch."""
        self.do(StartBatch(batch=BATCH, number="B-1", order="O-1", size=parse(size)), VARGA)
        return self

    def reading(self, value: str | None, step: str = "weigh", **more: object) -> ReadingFact:
        """A stable reading of the scale, asked for by a step just now."""
        self.readings += 1
        known: dict[str, object] = {
            "reading": UUID(int=1000 + self.readings),
            "equipment": SCALE.equipment,
            "equipment_code": SCALE.code,
            "value": parse(value) if value else None,
            "stable": True,
            "at": self.now,
            "frame": f"S S {value}",
            "batch": BATCH,
            "step": step,
        }
        return ReadingFact(**{**known, **more})  # type: ignore[arg-type]

    def begin(self, step: str, performer: PersonFact = KELLER) -> "Bench":
        """Start a step."""
        self.do(StartStep(batch=BATCH, step=step), performer)
        return self

    def record(
        self, step: str, key: str, value: str, performer: PersonFact = KELLER, why: str = ""
    ) -> "Bench":
        """Record a value."""
        self.do(RecordValue(batch=BATCH, step=step, input=key, value=value, why=why), performer)
        return self

    def complete(self, step: str, performer: PersonFact = KELLER) -> "Bench":
        """Complete a step."""
        self.do(CompleteStep(batch=BATCH, step=step), performer, lot=LOT)
        return self

    def witness(self, step: str, performer: PersonFact = BRANDT) -> "Bench":
        """Witness a step."""
        self.do(WitnessStep(batch=BATCH, step=step), performer)
        return self

    def weigh(self, value: str, part: bool = False) -> "Bench":
        """Accept a reading in the weighing step."""
        self.after(1)
        reading = self.reading(value)
        self.do(
            AcceptReading(batch=BATCH, step="weigh", reading=reading.reading, part=part),
            reading=reading,
            container=ETHANOL,
            equipment=SCALE,
        )
        return self

    def correct(
        self, step: str, key: str, value: str, performer: PersonFact = KELLER, **more: object
    ) -> "Bench":
        """Correct a value, with a reason."""
        self.do(
            CorrectValue(batch=BATCH, step=step, input=key, value=value, why="Misread the display"),
            performer,
            **more,
        )
        return self

    @classmethod
    def of(cls, procedure: Sequence, **more: object) -> "Bench":
        """A bench with a recipe of its own."""
        recipe = replace(RECIPE, procedure=procedure, **more)  # type: ignore[arg-type]
        fact = RecipeFact(recipe=recipe, digest=digest_of(written(recipe)), effective=True)
        return cls(recipe=fact)

    def until_all(self, *keys: str) -> "Bench":
        """Some steps in order, without a fault."""
        for key in keys:
            self.drive(key)
        return self

    def until_rest(self, last: str) -> "Bench":
        """Whatever is not done yet, in order, up to a step."""
        done = {StepStatus.COMPLETE, StepStatus.SKIPPED}
        keys = DRIVEN[: DRIVEN.index(last) + 1]
        return self.until_all(*(key for key in keys if self.made.steps[key].status not in done))

    def until_signed(self, *keys: str) -> "Bench":
        """Some steps signed again, in order, by every role."""
        for key in keys:
            self.complete(key)
            if self.made.plan.phases[key].witness:
                self.witness(key)
        return self

    def until(self, last: str) -> "Bench":
        """Everything in order, without a fault, up to and including the completion of a step."""
        for key in DRIVEN:
            self.drive(key)
            if key == last:
                break
        return self

    def drive(self, key: str) -> None:
        """One step, from its start to its last signature."""
        self.begin(key)
        getattr(self, f"_drive_{key}", lambda: None)()
        self.complete(key)
        if self.made.plan.phases[key].witness:
            self.witness(key)

    def decided(self) -> "Bench":
        """Every open exception, taken as a deviation by quality."""
        for each in self.made.open_exceptions():
            self.do(
                DecideException(
                    batch=BATCH,
                    exception=each.exception,
                    decision=Decision.DEVIATION,
                    reason="Assessed; no effect on the product quality.",
                ),
                LINDQVIST,
            )
        return self

    def reviewed(self) -> "Bench":
        """Every exception decided and the record reviewed."""
        self.decided().do(CompleteReview(batch=BATCH), LINDQVIST)
        return self

    def released(self) -> "Bench":
        """Reviewed and released."""
        self.reviewed().do(ReleaseBatch(batch=BATCH), AALTO)
        return self

    def _drive_density(self) -> None:
        self.record("density", "density", "0.8074")

    def _drive_mass(self) -> None:
        self.do(Calculate(batch=BATCH, step="mass"))

    def _drive_scan(self) -> None:
        self.do(IdentifyMaterial(batch=BATCH, step="scan", code="C-0001"), container=ETHANOL)

    def _drive_scale(self) -> None:
        self.do(IdentifyEquipment(batch=BATCH, step="scale", code="SC-04"), equipment=SCALE)

    def _drive_weigh(self) -> None:
        self.weigh("6728.1 g")

    def _drive_clear(self) -> None:
        self.record("clear", "empty", "yes")

    def _drive_room(self) -> None:
        self.record("room", "room", "B-114").record("room", "cleaned", "2026-11-20")

    def _drive_bottles(self) -> None:
        self.do(IdentifyMaterial(batch=BATCH, step="bottles", code="C-0002"), container=BOTTLES)

    def _drive_mix(self) -> None:
        self.after(120)

    def _drive_check(self) -> None:
        self.record("check", "strength", "80.1")

    def _drive_produce(self) -> None:
        self.record("produce", "output", "6700.0")

    def _drive_yield(self) -> None:
        self.do(Calculate(batch=BATCH, step="yield"))


DRIVEN = (
    *("ready", "density", "mass", "scan", "scale", "weigh", "clear", "room", "bottles"),
    *("mix", "check", "label", "produce", "yield", "hand_over"),
)


def a_batch(until: str | None = None, size: str = "10 L") -> Bench:
    """A batch, started, and driven in order up to a step."""
    bench = Bench().start(size)
    return bench.until(until) if until else bench
