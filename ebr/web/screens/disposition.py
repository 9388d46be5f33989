"""What quality puts its name to, as rows of a dialog: read from the signed statement itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ebr.batches import BatchView, StatementView
from ebr.web.filters import digest, plain_words, plural
from workflows.commands import Decision

DECISIONS = {
    Decision.ACCEPT: "Accept",
    Decision.DEVIATION: "Raise deviation",
    Decision.RETURN: "Ask production",
}
HINTS = {
    Decision.ACCEPT: "Needs a reason",
    Decision.DEVIATION: "Needs its number",
    Decision.RETURN: "Stays open",
}
MEANINGS = {
    "decided": "Decided",
    "reviewed": "Reviewed",
    "released": "Certified and released",
    "rejected": "Rejected",
    "approved": "Approved",
}
Row = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """One signature or deed on the way to release."""

    title: str
    at: datetime
    by: str


def meaning_of(view: StatementView) -> str:
    """The meaning of a signature as people say it."""
    return MEANINGS[view.meaning]


def decision_rows(statement: Mapping[str, Any], place: str) -> tuple[Row, ...]:
    """What is signed with the decision of an exception."""
    exception = statement["exception"]
    rows = [
        _row("Decision", DECISIONS[Decision(statement["decision"])]),
        _row("Exception", f"{exception['exception']}, {exception['severity']}"),
        _row("What happened", plain_words(exception["text"])),
        _row("Where", place),
        _row("Reason", statement["reason"]),
    ]
    if statement["reference"]:
        rows.insert(1, _row("Deviation", statement["reference"]))
    return tuple(rows)


def summary_rows(statement: Mapping[str, Any]) -> tuple[Row, ...]:
    """What is signed with a review, a release or a rejection."""
    record, summary = statement["record"], statement["summary"]
    rows = [
        _row("Batch", f"{record['batch']}, {record['size']}"),
        _row("Recipe", f"{record['recipe']} version {record['recipe_version']}"),
        _row("Recipe digest", digest(record["recipe_digest"])),
        _row("Steps", _steps(summary)),
        *(_row(each["title"], _loop(each)) for each in summary.get("loops", ())),
        _row("Exceptions", _decided(summary["exceptions"])),
        _row("Corrections", plural(summary["corrections"], "value corrected", "values corrected")),
        _row("Lots", "; ".join(summary["lots"]) or "none"),
    ]
    if summary["reviewed_by"]:
        rows.append(_row("Reviewed by", summary["reviewed_by"]))
    if statement.get("why"):
        rows.append(_row("Reason", statement["why"]))
    return tuple(rows)


def signed_so_far(batch: BatchView) -> tuple[Signed, ...]:
    """Who has brought the batch to where it stands."""
    steps = (
        ("Batch started", batch.started_at, batch.started_by),
        ("Last step signed", batch.completed_at, ""),
        ("Record reviewed", batch.reviewed_at, batch.reviewed_by),
        (
            "Released" if batch.status == "released" else "Rejected",
            batch.closed_at,
            batch.closed_by,
        ),
    )
    return tuple(Signed(title=title, at=at, by=by or "") for title, at, by in steps if at)


def _row(label: str, recorded: str) -> Row:
    return label, recorded


def _steps(summary: Mapping[str, Any]) -> str:
    skipped = ", ".join(summary["skipped"])
    return f"{plural(summary['steps'], 'step')}{f', skipped: {skipped}' if skipped else ''}"


def _loop(loop: Mapping[str, Any]) -> str:
    """How often a block was repeated, and what ended it."""
    ended = "has not ended" if loop["met"] is None else plain_words(loop["because"])
    return f"{plural(loop['passes'], 'pass', 'passes')}; {ended}"


def _decided(exceptions: Sequence[Mapping[str, Any]]) -> str:
    if not exceptions:
        return "None"
    open_ones = sum(each["decision"] in (None, "return") for each in exceptions)
    deviations = sorted({each["reference"] for each in exceptions if each["reference"]})
    told = f"{len(exceptions)}, {f'{open_ones} open' if open_ones else 'all decided'}"
    return f"{told}; {', '.join(deviations)}" if deviations else told
