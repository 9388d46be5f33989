"""A batch of the small recipe, driven by decisions alone."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from tests.builders.small_plant import (
    AALTO,
    BATCH,
    BOTTLES,
    BRANDT,
    ETHANOL,
    KELLER,
    LINDQVIST,
    LOT,
    RECIPE,
    RECIPE_FACT,
    SCALE,
    START,
    VARGA,
)
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
    PersonFact,
    ReadingFact,
    RecipeFact,
)
from workflows.quantity import parse
from workflows.recipe import (
    Sequence,
)


@dataclass
class Bench:
    """A batch in the making: every act goes through `decide`, every event through `evolve`."""

    batch: Batch | None = None
    events: list[Event] = field(default_factory=list)
    now: datetime = START
    recipe: RecipeFact = RECIPE_FACT
    readings: int = 0

    def facts(self, performer: PersonFact = KELLER, **more: Any) -> Facts:
        """What the plant says now."""
        return Facts(
            now=self.now,
            today=self.now.date(),
            performer=performer,
            recipe=self.recipe,
            **more,
        )

    def after(self, seconds: int) -> "Bench":
        """Let time pass."""
        self.now += timedelta(seconds=seconds)
        return self

    def do(
        self, command: Command, performer: PersonFact = KELLER, **more: Any
    ) -> tuple[Event, ...]:
        """Decide and fold. Raises `Refused`."""
        self.after(1)
        events = decide(self.batch, command, self.facts(performer, **more))
        for event in events:
            self.batch = evolve(event, self.batch)
        self.events.extend(events)
        return events

    def refused(self, command: Command, performer: PersonFact = KELLER, **more: Any) -> list[Code]:
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

    def reading(self, value: str | None, step: str = "weigh", **more: Any) -> ReadingFact:
        """A stable reading of the scale, asked for by a step just now."""
        self.readings += 1
        known: dict[str, Any] = {
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
        return ReadingFact(**{**known, **more})

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
        self, step: str, key: str, value: str, performer: PersonFact = KELLER, **more: Any
    ) -> "Bench":
        """Correct a value, with a reason."""
        self.do(
            CorrectValue(batch=BATCH, step=step, input=key, value=value, why="Misread the display"),
            performer,
            **more,
        )
        return self

    @classmethod
    def of(cls, procedure: Sequence, **more: Any) -> "Bench":
        """A bench with a recipe of its own."""
        recipe = replace(RECIPE, procedure=procedure, **more)
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
