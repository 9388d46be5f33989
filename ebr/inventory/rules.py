"""Every reason for which the stock says no, in order of precedence, with its numbers."""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

from ebr.inventory import labels
from ebr.inventory.commands import ReceiveLot
from ebr.inventory.lifecycle import LOT, LotStatus, LotVerb
from ebr.inventory.moves import Overdrawn
from ebr.kernel import Reason, constraint, told
from workflows.quantity import UNITS, Quantity


class Code(StrEnum):
    """Refusals of the stock, first come first told; a code is never used again."""

    LABEL_UNREADABLE = "label_unreadable"
    LABEL_NAMES_NO_CONTAINER = "label_names_no_container"
    LABEL_CONTRADICTS_RECORD = "label_contradicts_record"
    CODE_TAKEN = "code_taken"
    GTIN_TAKEN = "gtin_taken"
    LOT_NUMBER_TAKEN = "lot_number_taken"
    RECEIVED_IN_FUTURE = "received_in_future"
    UNIT_OF_OTHER_KIND = "unit_of_other_kind"
    RETEST_AFTER_EXPIRY = "retest_after_expiry"
    BATCH_DECIDES = "batch_decides"
    MADE_BY_ANOTHER_BATCH = "made_by_another_batch"
    EXPIRY_NOT_EARLIER = "expiry_not_earlier"
    LOT_EXPIRED = "lot_expired"
    RETEST_DUE = "retest_due"
    RETEST_IN_PAST = "retest_in_past"
    ALREADY_THERE = "already_there"
    NOTHING_CHANGED = "nothing_changed"
    CONTAINER_OVERDRAWN = "container_overdrawn"


def taken(code: Code, what: str, text: str) -> Reason:
    """A name that belongs to something else already."""
    return Reason(code, f"The {what} {text} is taken; it is never given twice.", "Choose another.")


# Two acts at once may both have found a name free; the second is told so by the database.
for _name, _code, _what in (
    ("uq_material_code", Code.CODE_TAKEN, "material code"),
    ("uq_material_gtin", Code.GTIN_TAKEN, "GTIN"),
    ("uq_place_code", Code.CODE_TAKEN, "place code"),
    ("uq_lot_number", Code.LOT_NUMBER_TAKEN, "lot number"),
):
    constraint(_name, taken(_code, _what, "just chosen"))


def unreadable(fault: labels.Unreadable) -> Reason:
    """A label that cannot be read with certainty."""
    return Reason(
        Code.LABEL_UNREADABLE, str(fault), "Scan again, or scan the container's own code."
    )


def of_one_dimension(quantity: Quantity, unit: str) -> bool:
    """Whether the quantity can be kept in this unit, exactly."""
    if UNITS[quantity.unit][0] != UNITS[unit][0]:
        return False
    try:
        quantity.to(unit)
    except ValueError:
        return False
    return True


def reasons_against_unit(quantities: Iterable[Quantity], unit: str) -> Iterator[Reason]:
    """Quantities that a material kept in `unit` cannot take."""
    for quantity in quantities:
        if not of_one_dimension(quantity, unit):
            yield Reason(
                Code.UNIT_OF_OTHER_KIND,
                f"{quantity} cannot be kept exactly in {unit}, the unit of this material.",
                f"Give the amount in {unit} or a unit that converts to it.",
                "C211-184-2",
            )


def reasons_against_receiving(
    command: ReceiveLot, unit: str, *, number_taken: bool, today: date
) -> tuple[Reason, ...]:
    """Why this delivery cannot be taken in as described."""
    return tuple(_against_receiving(command, unit, number_taken=number_taken, today=today))


def _against_receiving(
    command: ReceiveLot,
    unit: str,
    *,
    number_taken: bool,
    today: date,
) -> Iterator[Reason]:
    if number_taken:
        yield taken(Code.LOT_NUMBER_TAKEN, "lot number", command.number or "")
    if command.received_on > today:
        yield Reason(
            Code.RECEIVED_IN_FUTURE,
            f"The date of receipt {command.received_on} lies after today, {today}.",
            "Give the day on which it arrived.",
            "C211-184-1",
        )
    yield from reasons_against_unit(command.quantities, unit)
    yield from _against_retest(command.retest_on, command.expires_on)


def _against_retest(retest_on: date | None, expires_on: date | None) -> Iterator[Reason]:
    if retest_on and expires_on and retest_on > expires_on:
        yield Reason(
            Code.RETEST_AFTER_EXPIRY,
            f"The retest on {retest_on} would come after the expiry on {expires_on}.",
            "A retest never extends an expiry; give an earlier date.",
            "C211-86-1",
        )


def reasons_against_verb(
    status: LotStatus,
    verb: LotVerb,
    *,
    reason: str | None,
    awaits_batch: bool,
    expires_on: date | None,
    retest_on: date | None,
    today: date,
) -> tuple[Reason, ...]:
    """Why quality cannot take this decision about a lot now; a page asks with `reason=None`."""
    return tuple(
        _against_verb(
            status,
            verb,
            reason=reason,
            awaits_batch=awaits_batch,
            expires_on=expires_on,
            retest_on=retest_on,
            today=today,
        )
    )


def _against_verb(
    status: LotStatus,
    verb: LotVerb,
    *,
    reason: str | None,
    awaits_batch: bool,
    expires_on: date | None,
    retest_on: date | None,
    today: date,
) -> Iterator[Reason]:
    yield from told(LOT.reasons_against(status, verb, reason=reason))
    if awaits_batch and verb in (LotVerb.RELEASE, LotVerb.REJECT):
        yield Reason(
            Code.BATCH_DECIDES,
            "This lot is decided together with the batch that made it.",
            "Release or reject the batch.",
            "C211-22a-1",
        )
    if verb is LotVerb.RELEASE:
        yield from _against_dates(expires_on, retest_on, today)


def _against_dates(
    expires_on: date | None, retest_on: date | None, today: date
) -> Iterator[Reason]:
    if expires_on and today > expires_on:
        yield Reason(
            Code.LOT_EXPIRED,
            f"The lot expired on {expires_on}; today is {today}.",
            "Reject it.",
            "C211-86-1",
        )
    if retest_on and today > retest_on:
        yield Reason(
            Code.RETEST_DUE,
            f"The retest was due on {retest_on}; today is {today}.",
            "Record the retest first.",
            "C211-86-1",
        )


def reasons_against_retest(
    becomes: date, expires_on: date | None, today: date
) -> tuple[Reason, ...]:
    """Why this date cannot be the next retest."""
    return (
        *(
            (
                Reason(
                    Code.RETEST_IN_PAST,
                    f"The next retest on {becomes} is not after today, {today}.",
                    "Give the date until which the result holds.",
                    "C211-86-1",
                ),
            )
            if becomes <= today
            else ()
        ),
        *_against_retest(becomes, expires_on),
    )


def reasons_against_batch(number: str, *, made_by: str | None, batch: str) -> tuple[Reason, ...]:
    """Why a batch has no say over a lot: it did not make it."""
    if made_by == batch:
        return ()
    return (
        Reason(
            Code.MADE_BY_ANOTHER_BATCH,
            f"Lot {number} comes from {made_by or 'a delivery'}, not from batch {batch}.",
        ),
    )


def reasons_against_expiry(becomes: date, expires_on: date | None) -> tuple[Reason, ...]:
    """Why this date cannot be the new expiry: an expiry is shortened, never extended."""
    if expires_on is None or becomes < expires_on:
        return ()
    return (
        Reason(
            Code.EXPIRY_NOT_EARLIER,
            f"The expiry on {expires_on} is no later than {becomes}.",
            "An expiry can only be brought forward.",
            "C211-86-1",
        ),
    )


def overdrawn(fault: Overdrawn) -> Reason:
    """More was asked of a container than it holds."""
    return Reason(
        Code.CONTAINER_OVERDRAWN,
        f"Container {fault.container} holds {fault.held}; {fault.asked} were asked of it.",
        "Take another container, or have this one counted.",
        "C211-184-2",
    )


def reasons_against_label(
    label: labels.Label, *, lot: str, expires_on: date | None, gtin: str | None
) -> tuple[Reason, ...]:
    """What a label says otherwise than the record of the container it names."""
    said = (
        ("lot", label.lot, lot),
        ("GTIN", label.gtin, gtin or label.gtin),
        ("expiry", str(label.expires_on or ""), str(expires_on or label.expires_on or "")),
    )
    return tuple(
        Reason(
            Code.LABEL_CONTRADICTS_RECORD,
            f"The label says {what} {on_label}; the record says {on_record}.",
            "Set the container aside and tell quality.",
            "C211-101d-1",
        )
        for what, on_label, on_record in said
        if on_label and on_label != on_record
    )
