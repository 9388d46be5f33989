"""The words, shape and colour of every state: one catalogue, so that one state looks one way.

Status is text, shape and colour together; normal is grey, green is a verdict, red asks for action.
"""

from dataclasses import dataclass
from enum import Enum


@dataclass(frozen=True, slots=True)
class Word:
    """How one state is shown: tone "", acc, ok, warn, crit or hold."""

    text: str
    icon: str
    tone: str = ""


_CIRCLE = "circle"
CATALOGUE: dict[str, dict[str, Word]] = {
    "batch": {
        "planned": Word("Planned", _CIRCLE),
        "started": Word("Running", "circle-dot", "acc"),
        "running": Word("Running", "circle-dot", "acc"),
        "in_execution": Word("Running", "circle-dot", "acc"),
        "held": Word("Held", "pause", "hold"),
        "completed": Word("Complete", "circle-check"),
        "complete": Word("Complete", "circle-check"),
        "awaiting_review": Word("Waits for review", "hourglass", "warn"),
        "reviewed": Word("Reviewed", "circle-check"),
        "quarantine": Word("Quarantine", "lock", "hold"),
        "released": Word("Released", "circle-check", "ok"),
        "rejected": Word("Rejected", "circle-x", "crit"),
    },
    "step": {
        "idle": Word("Not open yet", _CIRCLE),
        "running": Word("Started", "circle-dot", "acc"),
        "complete": Word("Signed", "check"),
        "waiting": Word("Not started", _CIRCLE),
        "not_started": Word("Not started", _CIRCLE),
        "open": Word("Open now", "arrow-right", "acc"),
        "started": Word("Started", "circle-dot", "acc"),
        "active": Word("Started", "circle-dot", "acc"),
        "performed": Word("Waits for witness", "users"),
        "awaiting_witness": Word("Waits for witness", "users"),
        "completed": Word("Signed", "check"),
        "done": Word("Signed", "check"),
        "witnessed": Word("Signed and witnessed", "check"),
        "exception": Word("Signed, exception", "triangle-alert", "warn"),
        "unsigned": Word("Signature lost", "octagon-alert", "crit"),
        "skipped": Word("Skipped, reason", "skip-forward"),
        "blocked": Word("Blocked", "lock", "hold"),
    },
    "recipe": {
        "draft": Word("Draft", "square-pen"),
        "in_review": Word("In review", "eye", "acc"),
        "approved": Word("Approved", "circle-check", "acc"),
        "effective": Word("Effective", "circle-check", "ok"),
        "superseded": Word("Superseded", "archive"),
        "withdrawn": Word("Withdrawn", "archive"),
        "retired": Word("Retired", "archive"),
    },
    "exception": {
        "open": Word("Open", "triangle-alert", "warn"),
        "accept": Word("Accepted", "circle-check", "ok"),
        "accepted": Word("Accepted", "circle-check", "ok"),
        "deviation": Word("Deviation", "file-warning", "warn"),
        "return": Word("Asked production", "undo-2", "warn"),
        "returned": Word("Asked production", "undo-2", "warn"),
    },
    "verdict": {
        "not_judged": Word("Recorded", "check"),
        "within": Word("Inside the limits", "circle-check", "ok"),
        "alert": Word("Beyond the alert limit, exception raised", "triangle-alert", "warn"),
        "action": Word("Outside the limits, exception raised", "triangle-alert", "warn"),
        "reject": Word("Outside the limit of rejection", "octagon-alert", "crit"),
        "out": Word("Not as it should be, exception raised", "triangle-alert", "warn"),
        "part": Word("Part of the charge", "layers"),
        "failed": Word("No result, exception raised", "octagon-alert", "crit"),
    },
    "severity": {
        "critical": Word("Critical", "octagon-alert", "crit"),
        "major": Word("Major", "triangle-alert", "warn"),
        "minor": Word("Minor", "info"),
        "info": Word("Note", "message-square"),
    },
    "lot": {
        "quarantine": Word("Quarantine", "lock", "hold"),
        "waits": Word("Waits for QC", "hourglass", "warn"),
        "released": Word("Released", "circle-check", "ok"),
        "rejected": Word("Rejected", "circle-x", "crit"),
        "expired": Word("Expired", "calendar-x", "crit"),
        "exhausted": Word("Used up", "package-open"),
        "blocked": Word("Blocked", "lock", "hold"),
    },
    "calibration": {
        "not_needed": Word("No calibration needed", "check"),
        "missing": Word("Calibration missing", "circle-x", "crit"),
        "current": Word("Calibrated", "check", "ok"),
        "due_soon": Word("Calibration due soon", "clock-alert", "warn"),
        "overdue": Word("Out of calibration", "circle-x", "crit"),
    },
    "equipment": {
        "registered": Word("Not in service yet", "circle"),
        "in_service": Word("Ready", "check", "ok"),
        "available": Word("Ready", "check", "ok"),
        "ready": Word("Ready", "check", "ok"),
        "in_use": Word("In use", "circle-dot", "acc"),
        "clean": Word("Clean", "check", "ok"),
        "calibration_due": Word("Calibration due soon", "clock-alert", "warn"),
        "out_of_calibration": Word("Out of calibration", "circle-x", "crit"),
        "out_of_service": Word("Out of service", "circle-x", "crit"),
        "retired": Word("Retired", "archive"),
    },
    "order": {
        "planned": Word("Planned", _CIRCLE),
        "created": Word("Created", _CIRCLE),
        "released": Word("Released to production", "check", "acc"),
        "in_progress": Word("In progress", "circle-dot", "acc"),
        "started": Word("Started", "circle-dot", "acc"),
        "completed": Word("Complete", "circle-check"),
        "cancelled": Word("Cancelled", "ban"),
    },
    "account": {
        "invited": Word("Temporary password", "key-round", "warn"),
        "active": Word("Active", "check", "ok"),
        "locked": Word("Locked", "lock", "crit"),
        "retired": Word("Retired", "archive"),
    },
}


def words(kind: str, state: object) -> Word:
    """How a state of this kind is shown; a state the catalogue does not know is our bug."""
    key = str(state.value if isinstance(state, Enum) else state)
    return CATALOGUE[kind][key]
