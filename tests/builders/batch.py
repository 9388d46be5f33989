"""A line that can make a batch: people, stock, equipment and a recipe, all through operations."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, select, text

from devices import Act
from ebr import batches, identity, inventory, maintenance, readings, recipes
from ebr.batches import BatchView, ExceptionView, Moment, StepView
from ebr.identity import Given
from ebr.inventory.lifecycle import MEANINGS
from ebr.inventory.statements import of_decision
from ebr.kernel import Actor, UnitOfWork, Why, clock, new_id
from ebr.kernel.opening import Database, perform, reading
from tests.builders.identity import Someone, actor, sign_in, somebody
from tests.builders.readings import SCALE, Mouth
from workflows import commands as acts
from workflows.quantity import Quantity
from workflows.recipe import Meaning

C = TypeVar("C")
R = TypeVar("R")
HANDRUB = (Path(__file__).parents[2] / "ebr/demo/recipes/handrub.yaml").read_text("utf-8")
BECAUSE = Why("needed for the test")
TOMORROW = timedelta(days=1)
CREW = {
    "m.keller": ("operator", "M. Keller"),
    "j.brandt": ("operator", "J. Brandt"),
    "l.varga": ("production_supervisor", "L. Varga"),
    "s.lindqvist": ("qa_reviewer", "S. Lindqvist"),
    "h.aalto": ("qualified_person", "H. Aalto"),
    "a.moreau": ("process_engineer", "A. Moreau"),
    "p.sato": ("metrology", "P. Sato"),
    "n.duarte": ("quality_control", "N. Duarte"),
}
MATERIALS = {"RM-ETH96": "kg", "RM-H2O2": "kg", "RM-GLY98": "kg", "RM-WATER": "kg"}
EQUIPMENT = {
    "SC-04": "balance",
    "MX-10": "mixing_vessel",
    "AM-1": "alcoholmeter",
    "BU-1": "burette",
}
KEEPER = Actor.service("installer", "INSTALL", tuple(identity.Right))


@dataclass
class Line:
    """A production line with everything a handrub batch needs."""

    database: Database
    people: dict[str, Someone] = field(default_factory=dict)
    tokens: dict[str, str] = field(default_factory=dict)
    containers: dict[str, str] = field(default_factory=dict)
    signed: set[str] = field(default_factory=set)
    batch: UUID = field(default_factory=new_id)

    def equip(self) -> "Line":
        """People signed in, released stock, equipment in service, the recipe effective."""
        for login, (role, name) in CREW.items():
            self.people[login] = somebody(self.database, login, role, name=name)
            self.tokens[login] = sign_in(self.database, self.people[login])
        self._stock()
        self._equipment()
        self.effective(HANDRUB)
        return self

    def copied(self, database: Database) -> "Line":
        """The same line in a copy of its database; its people have touched their screens just now.

        The line is equipped once a run, which may be longer ago than a screen stays open unused.
        """
        with database.engine.begin() as connection:
            connection.execute(text("UPDATE identity.session SET last_input = clock_timestamp()"))
        return Line(
            database,
            people=dict(self.people),
            tokens=dict(self.tokens),
            containers=dict(self.containers),
            signed=set(self.signed),
            batch=self.batch,
        )

    def do(self, login: str, operation: Callable[[UnitOfWork, C], R], command: C) -> R:
        """One act of one person."""
        who = actor(self.database, self.tokens[login])
        return perform(self.database, who, operation, command, str(new_id()))

    def install(self, operation: Callable[[UnitOfWork, C], R], command: C) -> R:
        """One act of whoever sets the plant up."""
        return perform(self.database, KEEPER, operation, command, str(new_id()))

    def ask(self, login: str, question: Callable[..., R], *given: Any) -> R:
        """A question of one person, at this moment."""
        with reading(self.database) as session:
            now = session.scalars(select(func.clock_timestamp())).one()
            who = actor(self.database, self.tokens[login])
            moment = Moment(actor=who, now=now, today=now.date(), witness_window_s=300)
            return question(session, *given, moment)

    def given(
        self, login: str, statement: Mapping[str, Any], meaning: Meaning, *, both: bool
    ) -> Given:
        """What a person enters over what was shown."""
        return self.people[login].given(dict(statement), meaning, login=login if both else None)

    def sign(
        self, login: str, operation: Callable[..., R], command: Any, second: str | None = None
    ) -> R:
        """A signed act: read the statements, enter the components, do it."""
        shown = self.ask(login, batches.statements_for, command)
        signatures = []
        for each in shown:
            signer = second if each.second_person and second else login
            both = signer != login or login not in self.signed
            signatures.append(self.given(signer, each.statement, each.meaning, both=both))
        done = self.do(login, operation, signed(command, *signatures))
        self.signed.add(login)
        return done

    def start(self, recipe: str = "MR-HR1") -> UUID:
        """A batch of a recipe."""
        who = actor(self.database, self.tokens["l.varga"])

        def begin(work: UnitOfWork, number: str) -> str:
            return str(
                batches.start_batch(
                    work,
                    number=number,
                    order="PO-1",
                    size=Quantity("10", "L"),
                    recipe_code=recipe,
                )
            )

        number = f"HR1-{str(new_id())[-6:]}"
        self.batch = UUID(perform(self.database, who, begin, number, str(new_id())))
        return self.batch

    def view(self) -> BatchView:
        """The batch as it stands."""
        with reading(self.database) as session:
            return batches.batch(session, self.batch)

    def exceptions(self) -> tuple[ExceptionView, ...]:
        """The exceptions of the batch, open ones first."""
        with reading(self.database) as session:
            return batches.exceptions(session, self.batch).items

    def step(self, key: str, login: str = "m.keller") -> StepView:
        """A step as its screen shows it."""
        return self.ask(login, batches.step, self.batch, key)

    def weigh(self, step: str, value: str, login: str = "m.keller") -> UUID:
        """Ask the balance, and have its answer stored; returns the reading."""
        sink, mouth = readings.PlantSink(self.database), Mouth(at=now())
        sink.report(mouth.ready())
        command = readings.AskReading(device=SCALE, act=Act.WEIGH, batch=self.batch, step=step)
        request = UUID(self.do(login, readings.ask, command))
        sink.keep(tuple(mouth.reading(question, value) for question in sink.take([SCALE])))
        with reading(self.database) as session:
            answer = readings.answer(session, request)
        assert answer.reading is not None
        return answer.reading.id

    def effective(self, text: str) -> UUID:
        """A recipe drafted, approved and made effective."""
        drafted = self.do("a.moreau", recipes.draft_recipe, recipes.DraftRecipe(text=text))
        version = UUID(drafted)
        with reading(self.database) as session:
            statement = recipes.version(session, version).statement
        given = self.given("s.lindqvist", statement, Meaning.APPROVED, both=True)
        approve = recipes.ApproveRecipe(version=version, signature=given, remarks_accepted=True)
        self.do("s.lindqvist", recipes.approve_recipe, approve)
        self.do("s.lindqvist", recipes.make_effective, recipes.MakeEffective(version=version))
        return version

    def receive(self, material: str, kilograms: str, *, expires_on: date | None = None) -> str:
        """A lot in quarantine; returns its number."""
        command = inventory.ReceiveLot(
            material=material,
            supplier="Chemie Nord",
            maker="Chemie Nord",
            supplier_lot="A-77/3",
            quantities=(Quantity(kilograms, "kg"),),
            received_on=now().date(),
            place="WH-1",
            expires_on=expires_on or now().date() + TOMORROW,
        )
        return self.install(inventory.receive_lot, command)

    def free(self, lot: str) -> str:
        """Quality control releases a lot; returns the code of its container."""
        with reading(self.database) as session:
            view = inventory.lot(session, lot)
        verb = inventory.LotVerb.RELEASE
        statement = of_decision(view, verb, None)
        given = self.given("n.duarte", statement, MEANINGS[verb], both=True)
        command = inventory.SetLotStatus(lot=lot, verb=verb, signature=given)
        self.do("n.duarte", inventory.set_lot_status, command)
        self.signed.add("n.duarte")
        return view.containers[0].code

    def unreleased(self, material: str) -> str:
        """A lot that quality control has not released; returns the code of its container."""
        with reading(self.database) as session:
            return inventory.lot(session, self.receive(material, "20.0000")).containers[0].code

    def expire(self, container: str, day: date) -> None:
        """Quality control brings the expiry of a container's lot forward."""
        with reading(self.database) as session:
            lot = inventory.scan(session, container)
            assert lot is not None
            statement = inventory.statement_for_expiry(session, lot.lot_number, day, BECAUSE)
        command = inventory.ShortenExpiry(
            lot=lot.lot_number,
            expires_on=day,
            signature=self.given("n.duarte", statement, Meaning.DECIDED, both=True),
            why=BECAUSE,
        )
        self.do("n.duarte", inventory.shorten_expiry, command)

    def _stock(self) -> None:
        for place in ("WH-1", batches.QUARANTINE):
            self.install(
                inventory.create_place, inventory.CreatePlace(code=place, name=f"Place {place}")
            )
        for code, unit in {**MATERIALS, "FP-HR1": "L"}.items():
            kind = inventory.MaterialKind.PRODUCT if unit == "L" else inventory.MaterialKind.RAW
            made = inventory.CreateMaterial(
                code=code, name=f"Material {code}", kind=kind, unit=unit
            )
            self.install(inventory.create_material, made)
        for code in MATERIALS:
            self.containers[code] = self.free(self.receive(code, "200.0000"))

    def _equipment(self) -> None:
        for code, kind in EQUIPMENT.items():
            device = code == "SC-04"
            command = maintenance.RegisterEquipment(
                code=code,
                name=f"Unit {code}",
                equipment_class=kind,
                station="DB-2",
                needs_calibration=True,
                device_url="sics+tcp://127.0.0.1:4305" if device else None,
                device_serial="B0210" if device else None,
            )
            self.install(maintenance.register_equipment, command)
            today = now().date()
            calibrated = maintenance.RecordCalibration(
                equipment=code,
                performed_on=today,
                result=maintenance.CalibrationResult.PASSED,
                certificate="C-1",
                due_on=today + TOMORROW,
            )
            self.install(maintenance.record_calibration, calibrated)
            use = maintenance.SetEquipmentStatus(
                equipment=code, verb=maintenance.EquipmentVerb.PUT_INTO_SERVICE, why=BECAUSE
            )
            self.install(maintenance.set_equipment_status, use)


def now() -> datetime:
    """The instant on the wall of this test's plant."""
    return datetime.fromtimestamp(clock.unix_ms() / 1000, UTC)


def signed(command: Any, *signatures: Given) -> Any:
    """The signed form of an engine's command."""
    kinds = {
        acts.TypeWeight: batches.TypeWeight,
        acts.CompleteStep: batches.CompleteStep,
        acts.WitnessStep: batches.WitnessStep,
        acts.SkipStep: batches.SkipStep,
        acts.CorrectValue: batches.CorrectValue,
        acts.DecideException: batches.DecideException,
        acts.CompleteReview: batches.CompleteReview,
        acts.ReleaseBatch: batches.ReleaseBatch,
        acts.RejectBatch: batches.RejectBatch,
    }
    values = {name: getattr(command, name) for name in type(command).__dataclass_fields__}
    return kinds[type(command)](**values, signatures=signatures)
