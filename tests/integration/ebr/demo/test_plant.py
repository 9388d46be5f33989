"""The demo plant stands after loading, is made of acts like any other, and loads only once."""

import time
from uuid import UUID

import pytest
import sqlalchemy as sa

from ebr import identity, inventory, maintenance, recipes
from ebr.demo import people, plant
from ebr.demo.goods import DELIVERIES
from ebr.identity import AccountState
from ebr.inventory import LotStatus
from ebr.kernel import Secret, history, new_id
from ebr.kernel.opening import Database, perform, reading
from ebr.maintenance import Calibration, EquipmentStatus
from tests.plugin import verifies
from workflows.quantity import Quantity


class Killed(BaseException):
    """The process ends here, whatever it was about to do."""


def _count(database: Database) -> int:
    with reading(database) as session:
        return int(session.scalar(sa.text("SELECT count(*) FROM audit.entry")) or 0)


def test_the_demo_plant_loads_once_and_loading_again_changes_nothing(database: Database) -> None:
    began = time.monotonic()
    assert plant.load(database)
    assert time.monotonic() - began < 60
    before = _count(database)
    assert plant.load(database)
    assert _count(database) == before
    _people_can_sign_in(database)
    _stock_is_as_the_demo_needs_it(database)
    _equipment_is_as_the_demo_needs_it(database)
    with reading(database) as session:
        version = recipes.effective(session, "MR-HR1")
    assert version is not None
    assert version.author_name == "A. Moreau"
    assert version.approver_name == "S. Lindqvist"


def _people_can_sign_in(database: Database) -> None:
    with reading(database) as session:
        accounts = {one.login: one for one in identity.accounts(session)}
        findings = identity.findings(session)
    assert set(accounts) == set(people.PEOPLE)
    assert all(one.state is AccountState.ACTIVE for one in accounts.values())
    assert {one.roles for one in accounts.values() if one.login == "m.keller"} == {("operator",)}
    assert findings == ()
    command = identity.SignIn(
        login="m.keller",
        secret=Secret("tidal maple anchor violin"),
        token=Secret("t" * 43),
        station="DB-2",
        source="192.0.2.7",
    )
    perform(database, people.INSTALLER, identity.sign_in, command, str(new_id()))


def _stock_is_as_the_demo_needs_it(database: Database) -> None:
    today = plant._today(database)
    with reading(database) as session:
        now = session.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
        shelves = {
            material: inventory.shelf(session, material, now=now, today=today)
            for material in ("RM-ETH96", "RM-H2O2", "RM-GLY98", "RM-WATER", "PM-BTL", "PM-LBL")
        }
        needed = inventory.suggested(
            session, "RM-ETH96", Quantity("340", "kg"), now=now, today=today
        )
        expired = inventory.lot(session, "ETH96-2404-07")
        held = inventory.lot(session, "H2O2-2611-02")
    assert [stocks[0].lot for stocks in shelves.values()] == [
        "ETH96-2611-01",
        "H2O2-2611-01",
        "GLY98-2611-01",
        "WATER-2611-01",
        "BTL-2611-01",
        "LBL-2611-01",
    ]
    assert needed.short.amount == 0
    assert str(shelves["RM-GLY98"][-1].remaining) == "0.0500 kg"
    assert expired.status is LotStatus.RELEASED
    assert expired.expires_on is not None
    assert expired.expires_on < today
    assert held.status is LotStatus.QUARANTINE


def _equipment_is_as_the_demo_needs_it(database: Database) -> None:
    with reading(database) as session:
        lines = maintenance.all_equipment(session, today=plant._today(database)).items
        devices = maintenance.devices(session)
    assert all(one.equipment.status is EquipmentStatus.AVAILABLE for one in lines)
    assert [one.equipment.code for one in lines if not one.calibration.holds] == ["SC-05"]
    assert {one.calibration.state for one in lines} == {
        Calibration.CURRENT,
        Calibration.NOT_NEEDED,
        Calibration.OVERDUE,
    }
    assert [one.code for one in devices] == ["SC-04"]


@verifies("EU5-5-1", "P11-70-1")
def test_every_released_lot_carries_the_signature_of_quality_control(database: Database) -> None:
    plant.load(database)
    for delivery in DELIVERIES:
        if not delivery.released:
            continue
        with reading(database) as session:
            stream = inventory.lot(session, delivery.number).stream
            released = [one for one in history(session, stream) if one.act == "lot.status.changed"]
        ((signature,),) = [one.signatures for one in released]
        assert (signature.name, signature.meaning) == ("N. Duarte", "released")
        assert signature.proof


def test_a_load_that_was_cut_off_goes_on_where_it_stopped(database: Database) -> None:
    for commits in (3, 9, 30, 20, 20):
        with pytest.raises(Killed):
            _load_and_die(database, commits)
    assert plant.load(database)
    _stock_is_as_the_demo_needs_it(database)
    _equipment_is_as_the_demo_needs_it(database)


def _load_and_die(database: Database, commits: int) -> None:
    """Load as a process that is killed after so many acts, just before it commits the next."""
    left = [commits]

    def cut(_: sa.Connection) -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed

    process = Database.connect(database.settings)
    sa.event.listen(process.engine, "commit", cut)
    try:
        plant.load(process)
    finally:
        process.close()


def test_the_plant_of_somebody_else_is_left_alone(database: Database) -> None:
    person = perform(
        database,
        people.INSTALLER,
        identity.create_person,
        identity.CreatePerson(name="C. Okonkwo"),
        str(new_id()),
    )
    invitation = identity.CreateAccount(
        person=UUID(person), login="c.okonkwo", secret=Secret("amber meadow copper window")
    )
    perform(database, people.INSTALLER, identity.create_account, invitation, str(new_id()))
    before = _count(database)
    assert not plant.load(database)
    assert _count(database) == before


def test_the_logins_are_told_with_role_and_station() -> None:
    told = plant.logins()
    assert "m.keller     Operator" in told
    assert "h.aalto      Qualified Person" in told
