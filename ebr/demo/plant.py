"""Loads the demo plant: people, materials, stock, equipment and a recipe in force.

Everything is made through the operations, by the person whose task it is, so that the demo's ledger
is that of a real plant. Loading again makes what is missing and changes nothing else.
"""

from datetime import date, datetime, timedelta
from importlib import resources
from uuid import UUID

from sqlalchemy import func, select

from ebr import identity, inventory, maintenance, recipes
from ebr.demo.goods import DELIVERIES, EQUIPMENT, MATERIALS, PLACES, Delivery, Piece
from ebr.demo.people import ADMINISTRATOR, PASSWORD, PEOPLE, Crew, load_people
from ebr.inventory import LotStatus, LotVerb
from ebr.kernel import Why
from ebr.kernel.opening import Database, reading
from ebr.maintenance import CalibrationResult, EquipmentStatus, EquipmentVerb
from workflows.recipe import Meaning

RECIPES = ("handrub.yaml",)
STOREKEEPER, QUALITY_CONTROL, METROLOGY = "l.varga", "n.duarte", "p.sato"
AUTHOR, APPROVER = "a.moreau", "s.lindqvist"
SHORTENED = Why("The maker has shortened the shelf life of this lot")
QUALIFIED = Why("Installed and qualified at the set-up of the plant")


def load(database: Database) -> bool:
    """The whole demo plant; False, and nothing done, where another plant lives already."""
    if _somebody_elses(database):
        return False
    crew = Crew(database)
    load_people(database, crew)
    today = _today(database)
    _load_materials(database, crew)
    for delivery in DELIVERIES:
        _load_delivery(database, crew, delivery, today)
    for piece in EQUIPMENT:
        _load_piece(database, crew, piece, today)
    load_recipes(database, crew)
    crew.leave()
    return True


def load_recipes(database: Database, crew: Crew | None = None) -> None:
    """The demo's recipes: drafted by one person, approved by another, made effective."""
    at_work = crew or Crew(database)
    for name in RECIPES:
        text = resources.files("ebr.demo").joinpath("recipes", name).read_text("utf-8")
        _load_recipe(database, at_work, text)
    if crew is None:
        at_work.leave()


def logins() -> str:
    """Who can sign in, as lines for a terminal."""
    titles = {role.key: role.title for role in identity.ROLES}
    lines = [f"  {one.login:<12} {titles[one.role]:<22} {one.station}" for one in PEOPLE.values()]
    return "\n".join((f"demo logins; everybody's password is: {PASSWORD}", *lines, ""))


def _somebody_elses(database: Database) -> bool:
    """Whether people live here who are not the demo's."""
    with reading(database) as session:
        known = {one.login for one in identity.accounts(session)}
    return bool(known) and ADMINISTRATOR not in known


def _today(database: Database) -> date:
    with reading(database) as session:
        now: datetime = session.execute(select(func.clock_timestamp())).scalar_one()
    return now.astimezone(database.settings.zone).date()


def _load_materials(database: Database, crew: Crew) -> None:
    with reading(database) as session:
        places = {one.code for one in inventory.places(session, size=500).items}
        materials = {one.code for one in inventory.materials(session, size=500).items}
    for code, name in PLACES:
        if code not in places:
            place = inventory.CreatePlace(code=code, name=name)
            crew.do(QUALITY_CONTROL, inventory.create_place, place)
    for code, name, kind, unit, gtin in MATERIALS:
        if code not in materials:
            material = inventory.CreateMaterial(
                code=code, name=name, kind=kind, unit=unit, gtin=gtin
            )
            crew.do(QUALITY_CONTROL, inventory.create_material, material)


def _load_delivery(database: Database, crew: Crew, delivery: Delivery, today: date) -> None:
    with reading(database) as session:
        status = inventory.statuses(session, (delivery.number,)).get(delivery.number)
    if status is None:
        crew.do(STOREKEEPER, inventory.receive_lot, _received(delivery, today))
        status = LotStatus.QUARANTINE
    if status is LotStatus.QUARANTINE and delivery.released:
        _release(database, crew, delivery.number)
    if delivery.expired_days_ago is not None:
        _shorten(database, crew, delivery, today - timedelta(days=delivery.expired_days_ago))


def _received(delivery: Delivery, today: date) -> inventory.ReceiveLot:
    return inventory.ReceiveLot(
        number=delivery.number,
        material=delivery.material,
        supplier=delivery.supplier,
        maker=delivery.supplier,
        supplier_lot=delivery.supplier_lot,
        quantities=delivery.quantities,
        received_on=today - timedelta(days=delivery.received_days_ago),
        expires_on=_in_days(today, delivery.expires_in_days),
        retest_on=_in_days(today, delivery.retest_in_days),
        place="WH-1",
    )


def _in_days(today: date, days: int | None) -> date | None:
    return None if days is None else today + timedelta(days=days)


def _release(database: Database, crew: Crew, number: str) -> None:
    with reading(database) as session:
        statement = inventory.statement_for_decision(session, number, LotVerb.RELEASE, None)
    decision = inventory.SetLotStatus(
        lot=number,
        verb=LotVerb.RELEASE,
        signature=crew.given(QUALITY_CONTROL, statement, Meaning.RELEASED),
    )
    crew.do(QUALITY_CONTROL, inventory.set_lot_status, decision)


def _shorten(database: Database, crew: Crew, delivery: Delivery, expires_on: date) -> None:
    """Once: a lot that has expired by now is left as it is, however long ago that was."""
    with reading(database) as session:
        lot = inventory.lot(session, delivery.number)
        if lot.expires_on is not None and lot.expires_on <= _today(database):
            return
        statement = inventory.statement_for_expiry(session, delivery.number, expires_on, SHORTENED)
    command = inventory.ShortenExpiry(
        lot=delivery.number,
        expires_on=expires_on,
        signature=crew.given(QUALITY_CONTROL, statement, Meaning.DECIDED),
        why=SHORTENED,
    )
    crew.do(QUALITY_CONTROL, inventory.shorten_expiry, command)


def _load_piece(database: Database, crew: Crew, piece: Piece, today: date) -> None:
    with reading(database) as session:
        found = maintenance.equipment_by_code(session, piece.code)
    if found is None:
        registration = maintenance.RegisterEquipment(
            code=piece.code,
            name=piece.name,
            equipment_class=piece.equipment_class,
            station=piece.station,
            needs_calibration=bool(piece.certificate),
            capacity=piece.capacity,
            readability=piece.readability,
            device_url=_address(piece, database),
            device_serial=piece.device_serial,
        )
        crew.do(METROLOGY, maintenance.register_equipment, registration)
    if piece.certificate and (found is None or not found.certificate):
        calibration = maintenance.RecordCalibration(
            equipment=piece.code,
            performed_on=today - timedelta(days=piece.calibrated_days_ago),
            result=CalibrationResult.PASSED,
            certificate=piece.certificate,
            due_on=today + timedelta(days=piece.due_in_days),
        )
        crew.do(METROLOGY, maintenance.record_calibration, calibration)
    if found is None or found.status is EquipmentStatus.REGISTERED:
        command = maintenance.SetEquipmentStatus(
            equipment=piece.code, verb=EquipmentVerb.PUT_INTO_SERVICE, why=QUALIFIED
        )
        crew.do(METROLOGY, maintenance.set_equipment_status, command)


def _address(piece: Piece, database: Database) -> str | None:
    """Where the simulated balance of this installation listens."""
    if not piece.simulated:
        return None
    port = database.settings.scale_port
    return f"sics+tcp://127.0.0.1:{port}?unit=g&decimals=1"


def _load_recipe(database: Database, crew: Crew, text: str) -> None:
    code = recipes.load(text).code
    with reading(database) as session:
        known = [one for one in recipes.versions(session, size=500).items if one.code == code]
    if any(one.state is recipes.State.EFFECTIVE for one in known):
        return
    draft = next((one.id for one in known if one.state is recipes.State.DRAFT), None)
    approved = next((one.id for one in known if one.state is recipes.State.APPROVED), None)
    if approved is None:
        if draft is None:
            draft = UUID(crew.do(AUTHOR, recipes.draft_recipe, recipes.DraftRecipe(text=text)))
        approved = _approve(database, crew, draft)
    crew.do(APPROVER, recipes.make_effective, recipes.MakeEffective(version=approved))


def _approve(database: Database, crew: Crew, draft: UUID) -> UUID:
    with reading(database) as session:
        statement = recipes.version(session, draft).statement
    approval = recipes.ApproveRecipe(
        version=draft,
        signature=crew.given(APPROVER, statement, Meaning.APPROVED),
        remarks_accepted=True,
    )
    crew.do(APPROVER, recipes.approve_recipe, approval)
    return draft
