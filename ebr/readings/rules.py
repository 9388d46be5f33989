"""Why a device is not asked, and why a reading is not taken."""

from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from devices import LinkState
from ebr.kernel import Reason
from ebr.readings.views import LiveView, ReadingView

CONTACT = timedelta(seconds=10)


class ReadingRefusal(StrEnum):
    """Reasons to refuse, in order of precedence. A code is never used again for another."""

    DEVICE_UNKNOWN = "device_unknown"
    DEVICE_BLOCKED = "device_blocked"
    DEVICE_SILENT = "device_silent"
    DEVICE_BUSY = "device_busy"
    READING_ORPHAN = "reading_orphan"
    READING_OF_ANOTHER_STEP = "reading_of_another_step"
    READING_NOT_GOOD = "reading_not_good"
    READING_USED = "reading_used"
    READING_NO_ORPHAN = "reading_no_orphan"
    READING_EXPLAINED = "reading_explained"


def reasons_against_asking(
    device: str, live: LiveView | None, *, known: bool, busy_with: str | None
) -> Iterator[Reason]:
    """Why this device is not asked now."""
    if not known:
        yield Reason(
            ReadingRefusal.DEVICE_UNKNOWN,
            f"{device} is not a device that this site can read.",
            "Scan the equipment again; metrology registers its address.",
        )
        return
    if live is not None and live.state is LinkState.BLOCKED:
        yield Reason(
            ReadingRefusal.DEVICE_BLOCKED,
            f"{device} is blocked: {live.detail}.",
            "Have metrology compare the device with the register.",
            "DEV-SCL-1",
        )
    elif live is None or not live.in_contact:
        since = live.contact_at if live is not None else None
        when = f"last heard from at {since:%Y-%m-%d %H:%M:%S} UTC" if since else "never heard from"
        yield Reason(
            ReadingRefusal.DEVICE_SILENT,
            f"{device} does not answer: {when}.",
            "Check that it is on and connected; the system tries again by itself.",
        )
    if busy_with is not None:
        yield Reason(
            ReadingRefusal.DEVICE_BUSY,
            f"{device} is still answering step {busy_with}.",
            "Wait for its answer.",
        )


def reasons_against_using(reading: ReadingView, batch: UUID, step: str) -> Iterator[Reason]:
    """Why this reading cannot become the weight of this step."""
    if reading.orphan:
        yield Reason(
            ReadingRefusal.READING_ORPHAN,
            "Nobody asked for this reading, or it came too late.",
            "Weigh again.",
            "ALCOA-E-1",
        )
        return
    if (reading.batch, reading.step) != (batch, step):
        yield Reason(
            ReadingRefusal.READING_OF_ANOTHER_STEP,
            f"This reading was asked for by step {reading.step}, of this or another batch.",
            "Weigh for this step.",
            "PICS-9.7-1",
        )
    if not reading.usable:
        yield Reason(
            ReadingRefusal.READING_NOT_GOOD,
            f"This reading is no weight: {reading.detail or reading.cause or reading.kind}.",
            "Weigh again.",
            "DEV-SCL-1",
        )
    if reading.used:
        yield taken_already(reading.used_step or "")


def reasons_against_explaining(reading: ReadingView) -> Iterator[Reason]:
    """Why this reading needs no explanation."""
    if not reading.orphan:
        yield Reason(
            ReadingRefusal.READING_NO_ORPHAN,
            f"This reading was asked for by step {reading.step} and belongs to its batch.",
            "Decide on the step's exceptions instead.",
            "ALCOA-E-1",
        )
    if reading.explanation is not None:
        yield Reason(
            ReadingRefusal.READING_EXPLAINED,
            f"{reading.explanation.person_name} has explained this reading already.",
            "Add a comment to the batch if there is more to say.",
            "ALCOA-E-1",
        )


def taken_already(step: str) -> Reason:
    """A reading becomes one weight, once."""
    return Reason(
        ReadingRefusal.READING_USED,
        f"Step {step} has taken this reading already.",
        "Weigh again.",
    )
