"""What the list before release is judged on, gathered live from the modules that own it."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

import workflows
from ebr import batches, inventory, maintenance, readings
from ebr.kernel import chain
from ebr.release.checklist import EquipmentUsed, Facts, LotUsed, OpenException, TrailFact
from workflows import StepStatus, unsigned_steps
from workflows.commands import Decision
from workflows.events import Verdict
from workflows.recipe import Severity

_DONE = frozenset({StepStatus.COMPLETE, StepStatus.SKIPPED})
_OUT = frozenset({Verdict.ACTION, Verdict.REJECT, Verdict.OUT, Verdict.FAILED})
_SERIOUS = list(Severity)


def gather(
    session: Session, batch: workflows.Batch, zone: ZoneInfo, *, lock: bool = False
) -> Facts:
    """The facts of one batch, as they are at this moment; `lock` keeps its lots as they are."""
    steps = batch.steps.values()
    judged = [
        (key, each)
        for key, step in batch.steps.items()
        for generations in step.values.values()
        for each in generations
    ]
    out = [(key, each.input) for key, each in judged if each.verdict in _OUT]
    raised = {(each.step, each.input) for each in batch.exceptions.values()}
    return Facts(
        steps=len(batch.steps),
        steps_done=sum(step.status in _DONE for step in steps),
        unsigned=[batch.steps[key].title for key in unsigned_steps(batch)],
        signatures=sum(signed.superseded is None for step in steps for signed in step.signatures),
        exceptions=len(batch.exceptions),
        open=sorted(
            (
                OpenException(key=each.exception, severity=each.severity, text=each.text)
                for each in batch.open_exceptions()
            ),
            key=lambda each: _SERIOUS.index(each.severity),
        ),
        unreferenced=[
            each.exception
            for each in batch.exceptions.values()
            if each.decision is Decision.DEVIATION and not each.reference
        ],
        values=len(judged) + sum(len(step.weighings) for step in steps),
        values_out=len(out),
        values_raised=sum(place in raised for place in out),
        lots=_lots(session, batch, zone, lock=lock),
        equipment=_equipment(session, batch, zone),
        unasked=_unasked(session, batch),
        trail=_trail(session, batch),
        reviewer=batch.reviewed_by.name if batch.reviewed_by else None,
    )


def _trail(session: Session, batch: workflows.Batch) -> TrailFact:
    found = chain.judge(session, batches.stream(batch.id), batches.SIGNATURES_NEEDED)
    return TrailFact(
        entries=found.entries,
        signatures=found.signatures,
        breach="; ".join(found.breaches[:3]) or None,
    )


def _unasked(session: Session, batch: workflows.Batch) -> int:
    """Open readings of the equipment of this batch, from its start to the end of its last step."""
    used = {step.equipment.code for step in batch.steps.values() if step.equipment is not None}
    return readings.open_orphans(session, used, batch.started_at, batch.completed_at)


def _lots(
    session: Session, batch: workflows.Batch, zone: ZoneInfo, *, lock: bool
) -> tuple[LotUsed, ...]:
    used = {
        each.lot_number: (each.expiry, each.at.astimezone(zone).date())
        for step in batch.steps.values()
        for each in step.containers
    }
    now = inventory.statuses(session, tuple(used), lock=lock)
    return tuple(
        LotUsed(
            number=number,
            status=now[number].value if number in now else None,
            expiry=expiry,
            used_on=day,
        )
        for number, (expiry, day) in used.items()
    )


def _equipment(
    session: Session, batch: workflows.Batch, zone: ZoneInfo
) -> tuple[EquipmentUsed, ...]:
    used: dict[str, tuple[date | None, date]] = {
        step.equipment.code: (
            step.equipment.calibration_due,
            step.equipment.at.astimezone(zone).date(),
        )
        for step in batch.steps.values()
        if step.equipment is not None
    }
    return tuple(
        EquipmentUsed(
            code=code,
            status=found.status.value if found else None,
            calibration_due=due,
            used_on=day,
        )
        for code, (due, day) in used.items()
        for found in [maintenance.equipment_by_code(session, code)]
    )
