"""How the shop floor's pages write what the record holds as text: amounts, ranges, formulas."""

from datetime import date, datetime, timedelta
from decimal import Decimal

from flask import Flask

from ebr.batches import StepRow
from ebr.web.filters import MINUS, day, number, unit
from ebr.web.words import words
from workflows import StepStatus

SIGNS = {"*": "×", "/": "÷", "-": MINUS}
TENTH = Decimal("0.1")


def measure(text: str) -> str:
    """`20.5 Cel` as 20.5 °C, `0.8050 g/mL to 0.8100 g/mL` with one unit at its end."""
    low, to, high = text.partition(" to ")
    if to and low.partition(" ")[2] == high.partition(" ")[2]:
        return f"{number(low.partition(' ')[0])} to {measure(high)}"
    return " ".join(number(word) if _is_number(word) else unit(word) for word in text.split(" "))


def tolerance(text: str) -> str:
    """`-1.0 % to +1.0 %` as ±1.0 %."""
    low, to, high = text.partition(" to +")
    if to and low.startswith("-") and low[1:] == high:
        return f"±{measure(high)}"
    return f"{measure(low)} to +{measure(high)}" if to else measure(text)


def formula(text: str) -> str:
    """A formula with the signs that people write."""
    return " ".join(SIGNS.get(word, word) for word in text.split(" "))


def isoday(text: str) -> str:
    """2026-11-21 as 21 Nov 2026; what is no date stays as it is."""
    try:
        return day(date.fromisoformat(text))
    except ValueError:
        return text


def later(at: datetime, seconds: int) -> datetime:
    """The instant so many seconds after."""
    return at + timedelta(seconds=seconds)


def share(part: int, whole: int) -> str:
    """A part of a whole in percent, for the bar; never more than all of it."""
    if whole <= 0:
        return "0"
    return str(min(Decimal(100), (Decimal(part) * 100 / whole).quantize(TENTH)))


def state_icon(row: StepRow, here: bool) -> str:  # noqa: FBT001 - called by templates only
    """The shape before a step in the list."""
    if here:
        return "arrow-right"
    if row.status is StepStatus.OPEN:
        return "circle-play"
    done = row.status in {StepStatus.COMPLETE, StepStatus.AWAITING_WITNESS}
    return "triangle-alert" if row.exceptions and done else words("step", row.status).icon


def state_tone(row: StepRow) -> str:
    """Its colour: green is a verdict, so a signed step without exception has it."""
    if row.exceptions:
        return "c-warn"
    tone = "ok" if row.status is StepStatus.COMPLETE else words("step", row.status).tone
    return f"c-{tone}" if tone else ""


def install(app: Flask) -> None:
    """Make them known to the templates."""
    app.jinja_env.filters.update(
        measure=measure,
        tolerance=tolerance,
        formula=formula,
        isoday=isoday,
        later=later,
    )
    app.jinja_env.globals.update(share=share, state_icon=state_icon, state_tone=state_tone)


def _is_number(word: str) -> bool:
    return word.lstrip("-+").replace(".", "", 1).isdigit()
