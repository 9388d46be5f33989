"""The procedure of an executed batch on one part of a page: each step, pass and exception."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from markupsafe import Markup

from ebr import batches, procedures
from ebr.batches import BatchRecord
from ebr.procedures import BatchSheet, Part, Standing
from workflows import StepStatus
from workflows.plain import read_recipe

STYLE = Path(__file__).parent / "styles" / "procedure.css"
PAGE_WIDTH_PX, PAGE_HEIGHT_PX = 660, 850  # what a page has for it, in CSS pixels
LEAST_SCALE = 0.55  # smaller could not be read: then the operations are drawn, not their steps
TRIED_PX = range(200, 6001, 100)
WORDS: Mapping[StepStatus, str] = {
    StepStatus.IDLE: "not open yet",
    StepStatus.OPEN: "open",
    StepStatus.RUNNING: "started",
    StepStatus.AWAITING_WITNESS: "waits for witness",
    StepStatus.COMPLETE: "signed",
    StepStatus.UNSIGNED: "signature lost",
    StepStatus.SKIPPED: "skipped, reason on record",
}


def procedure(record: BatchRecord) -> Markup:
    """The drawing, as large as it has room; `style` of print is in it, for paper has no other."""
    whole, counts = read_recipe(record.recipe.control), record.counts
    numbers = {each.key: each.number for each in batches.operation_parts(whole)}
    steps = {
        step.key: Standing(
            key=step.key,
            number=step.number,
            status=step.status,
            words=WORDS[step.status],
            href="",
            exceptions=len(step.exceptions),
        )
        for step in record.steps
    }
    sheet = BatchSheet(whole=whole, operations=numbers, steps=steps, everything=True)
    best = _largest(sheet)
    if _scale(best) < LEAST_SCALE:
        best = _largest(BatchSheet(whole=whole, operations=numbers, steps=steps))
    scale = _scale(best)
    words = (
        f"Procedure of batch {record.batch.number}: {counts.complete} of {counts.steps} steps"
        f" complete, {counts.skipped} skipped"
    )
    return procedures.drawing(best, words, style=_style(), scale=f"{scale:.3f}")


def _largest(sheet: BatchSheet) -> Part:
    """Folded into as many columns as make it largest on the page."""
    return max((procedures.chart(sheet, tallest) for tallest in TRIED_PX), key=_scale)


def _scale(part: Part) -> float:
    return min(1.0, PAGE_WIDTH_PX / (part.width + 28), PAGE_HEIGHT_PX / (part.height + 28))


@cache
def _style() -> str:
    return STYLE.read_text(encoding="utf-8")
