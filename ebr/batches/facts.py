"""What the plant says at the moment of decision, asked of the modules that own it.

Pages ask with a plain session, to know beforehand what would be refused; acts ask with `lock`, so
that a lot cannot be blocked, nor a container be emptied, between the question and the commit.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

import workflows
from ebr import identity, inventory, maintenance, readings, recipes
from ebr.kernel import Actor, Unknown, new_id
from workflows import commands as acts
from workflows import facts as known
from workflows import quantity, recipe
from workflows.weighing import container_of, scale_of

READING_AGE_MOST_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """Who asks, when, and whether what is found must stay so until the commit."""

    actor: Actor
    now: datetime
    today: date
    witness_window_s: int
    lock: bool = False
    production: bool = False
    second: identity.AccountView | None = None


def gather(
    session: Session,
    batch: workflows.Batch | None,
    command: acts.Command,
    moment: Moment,
    *,
    recipe_code: str | None = None,
) -> workflows.Facts:
    """Everything that deciding this command needs to know, and nothing more."""
    assert moment.actor.person is not None, "a service executes no steps"
    found = workflows.Facts(
        now=moment.now,
        today=moment.today,
        performer=known.PersonFact(
            person=moment.actor.person,
            name=moment.actor.name,
            role=moment.actor.role,
            rights=moment.actor.rights,
        ),
        witness=_person(moment.second),
        witness_window_s=moment.witness_window_s,
        reading_age_most_s=READING_AGE_MOST_S,
        production=moment.production,
    )
    if recipe_code is not None:
        return replace(found, recipe=recipes.effective_for_start(session, recipe_code))
    if batch is None:
        return found
    match command:
        case acts.IdentifyMaterial(code=code):
            return replace(found, container=_container(session, code, lock=moment.lock))
        case acts.IdentifyEquipment(code=code):
            return replace(found, equipment=_equipment(session, code, lock=moment.lock))
        case acts.AcceptReading():
            return replace(
                found,
                reading=_reading(session, command),
                container=_charged(session, batch, command, lock=moment.lock),
                equipment=_scale(session, batch, command.step, lock=moment.lock),
            )
        case acts.TypeWeight():
            return replace(
                found,
                container=_charged(session, batch, command, lock=moment.lock),
                equipment=_scale(session, batch, command.step, lock=moment.lock),
            )
        case acts.CompleteStep():
            lot = known.LotFact(lot=new_id(), number=batch.number)
            return replace(
                found, lot=lot, equipment=_scale(session, batch, command.step, lock=moment.lock)
            )
        case _:
            return found


def anybody() -> known.PersonFact:
    """A second person of whom nothing speaks against: for who has not shown yet who they are."""
    rights = frozenset(map(str, identity.Right))
    return known.PersonFact(person=new_id(), name="A second person", role="", rights=rights)


def _person(account: identity.AccountView | None) -> known.PersonFact | None:
    if account is None:
        return None
    return known.PersonFact(
        person=account.person,
        name=account.name,
        role=", ".join(account.role_titles),
        rights=frozenset(map(str, account.rights)),
    )


def _container(session: Session, code: str, *, lock: bool) -> known.ContainerFact | None:
    scanned = inventory.scan(session, code, lock=lock)
    if scanned is None:
        return None
    return known.ContainerFact(
        container=scanned.container,
        code=scanned.code,
        lot=scanned.lot,
        lot_number=scanned.lot_number,
        material=scanned.material,
        material_title=scanned.material_name,
        status=scanned.status.value,
        remaining=scanned.remaining,
        supplier_lot=scanned.supplier_lot,
        expiry=scanned.expires_on,
        retest=scanned.retest_on,
        usable_from=scanned.usable_from,
    )


def _equipment(session: Session, code: str, *, lock: bool) -> known.EquipmentFact | None:
    found = maintenance.equipment_by_code(session, code, lock=lock)
    if found is None:
        return None
    return known.EquipmentFact(
        equipment=found.id,
        code=found.code,
        title=found.name,
        equipment_class=found.equipment_class,
        status=found.status.value,
        calibration_due=found.calibration_due,
        calibration=found.certificate,
    )


def _scale(
    session: Session, batch: workflows.Batch, step: str, *, lock: bool
) -> known.EquipmentFact | None:
    """The scale of a weighing step as it stands now: its calibration may end within the step."""
    phase = batch.plan.phases.get(step)
    if phase is None or not isinstance(phase.work, recipe.Weigh):
        return None
    bound = scale_of(batch, step, phase.work)
    return _equipment(session, bound.code, lock=lock) if bound else None


def _charged(
    session: Session,
    batch: workflows.Batch,
    command: acts.AcceptReading | acts.TypeWeight,
    *,
    lock: bool,
) -> known.ContainerFact | None:
    """The container that is weighed from, as it stands now; the last one scanned unless named."""
    phase = batch.plan.phases.get(command.step)
    if phase is None or not isinstance(phase.work, recipe.Weigh):
        return None
    bound = container_of(batch, command.step, phase.work, command.container)
    return _container(session, bound.code, lock=lock) if bound else None


def _reading(session: Session, command: acts.AcceptReading) -> known.ReadingFact | None:
    try:
        found = readings.reading(session, command.reading)
    except Unknown:
        return None
    device = _equipment(session, found.device, lock=False)
    if device is None or found.orphan:
        return None
    value = None
    if found.usable and found.value is not None and found.unit is not None:
        value = quantity.Quantity(found.value, found.unit)
    return known.ReadingFact(
        reading=found.id,
        equipment=device.equipment,
        equipment_code=device.code,
        value=value,
        stable=found.stable,
        at=found.received_at,
        frame=found.frame,
        simulated=found.simulated,
        batch=found.batch,
        step=found.step,
    )
