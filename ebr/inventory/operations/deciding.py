"""What quality decides about lots, each decision signed over what was shown."""

from sqlalchemy import select

from ebr import identity
from ebr.identity import Right, needs
from ebr.inventory import rules, statements
from ebr.inventory.commands import RecordRetest, SetLotStatus, ShortenExpiry
from ebr.inventory.events import ExpiryShortened, LotRetested, LotStatusChanged
from ebr.inventory.journal import lot_held
from ebr.inventory.lifecycle import LOT, MEANINGS, LotStatus
from ebr.inventory.model import Lot, Material
from ebr.inventory.queries import lot_view
from ebr.kernel import UnitOfWork, refuse_if, require_why
from workflows.recipe import Meaning


@needs(Right.SET_LOT_STATUS)
def set_lot_status(work: UnitOfWork, command: SetLotStatus) -> None:
    """Release, reject, block or unblock a lot, signed."""
    lot, material = _found(work, command.lot)
    was = LotStatus(lot.status)
    refuse_if(
        rules.reasons_against_verb(
            was,
            command.verb,
            reason=command.why.text if command.why else "",
            awaits_batch=lot.awaits_batch,
            expires_on=lot.expires_on,
            retest_on=lot.retest_on,
            today=work.today,
        )
    )
    signature = identity.sign(
        work,
        statements.of_decision(lot_view(work.session, lot, material), command.verb, command.why),
        command.signature,
        meaning=MEANINGS.get(command.verb, Meaning.DECIDED),
        right=Right.SET_LOT_STATUS,
    )
    becomes = LOT.after(was, command.verb, reason=command.why.text if command.why else "").becomes
    lot.status = becomes.value
    work.record(
        f"lot/{lot.id}",
        LotStatusChanged(
            number=lot.number,
            material=material.code,
            verb=command.verb,
            was=was,
            becomes=becomes,
            expires_on=lot.expires_on,
            retest_on=lot.retest_on,
        ),
        why=command.why,
        signatures=(signature,),
    )


@needs(Right.SET_LOT_STATUS)
def record_retest(work: UnitOfWork, command: RecordRetest) -> None:
    """Record that a lot passed its retest and until when that holds, signed."""
    lot, material = _found(work, command.lot)
    why = require_why(command.why)
    refuse_if(rules.reasons_against_retest(command.retest_on, lot.expires_on, work.today))
    signature = identity.sign(
        work,
        statements.of_retest(lot_view(work.session, lot, material), command.retest_on, why),
        command.signature,
        meaning=Meaning.DECIDED,
        right=Right.SET_LOT_STATUS,
    )
    was, lot.retest_on = lot.retest_on, command.retest_on
    work.record(
        f"lot/{lot.id}",
        LotRetested(number=lot.number, material=material.code, was=was, becomes=command.retest_on),
        why=why,
        signatures=(signature,),
    )


@needs(Right.SET_LOT_STATUS)
def shorten_expiry(work: UnitOfWork, command: ShortenExpiry) -> None:
    """Bring the expiry of a lot forward, signed; into the past, and it is expired at once."""
    lot, material = _found(work, command.lot)
    why = require_why(command.why)
    refuse_if(rules.reasons_against_expiry(command.expires_on, lot.expires_on))
    signature = identity.sign(
        work,
        statements.of_expiry(lot_view(work.session, lot, material), command.expires_on, why),
        command.signature,
        meaning=Meaning.DECIDED,
        right=Right.SET_LOT_STATUS,
    )
    was, lot.expires_on = lot.expires_on, command.expires_on
    work.record(
        f"lot/{lot.id}",
        ExpiryShortened(
            number=lot.number, material=material.code, was=was, becomes=command.expires_on
        ),
        why=why,
        signatures=(signature,),
    )


def _found(work: UnitOfWork, number: str) -> tuple[Lot, Material]:
    lot = lot_held(work, number)
    found = work.session.scalars(select(Material).where(Material.id == lot.material_id))
    return lot, found.one()
