"""The map of a batch: its procedure drawn, with where each step stands in shape and word."""

from collections.abc import Iterator

from markupsafe import Markup

from ebr import batches, procedures
from ebr.batches import BatchView, StepRow
from ebr.procedures import BatchSheet, Standing
from ebr.web import addresses
from ebr.web.filters import plural
from ebr.web.words import words
from workflows import StepStatus
from workflows.recipe import Recipe


def batch_map(
    whole: Recipe, view: BatchView, chosen: str = "", *, everything: bool = False
) -> Markup:
    """The procedure as the batch has done it; opened is the operation of the chosen step."""
    sheet = BatchSheet(
        whole=whole,
        operations={each.key: each.number for each in batches.operation_parts(whole)},
        steps={each.key: each for each in _standing(view)},
        chosen=chosen,
        everything=everything,
    )
    done = f"{view.steps_done} of {plural(view.steps, 'step')} done"
    return procedures.drawing(
        procedures.chart(sheet), f"Map of batch {view.number}: {done}", name="map"
    )


def _standing(view: BatchView) -> Iterator[Standing]:
    for operation in view.operations:
        for row in operation.steps:
            yield Standing(
                key=row.key,
                number=row.number,
                status=row.status,
                words=_words(row),
                href=addresses.of_step(view.id, row.key),
                exceptions=row.exceptions,
            )


def _words(row: StepRow) -> str:
    """Where it stands; in whose hands."""
    found = words("step", row.status).text
    if row.status is StepStatus.RUNNING and row.holder:
        return f"{found}, {row.holder}"
    return found
