"""The dialog of a signature: what is signed, who signs, what changed since it was shown.

The rows are read from the canonical statement itself, so that nothing else can be shown than what
the digest stands for (SIG-WYS-1).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ebr.batches import ReasonView, StatementView
from ebr.web import statements
from ebr.web.filters import plain_words
from ebr.web.screens.wording import isoday, measure
from workflows.commands import WEIGHT
from workflows.quantity import parse
from workflows.recipe import Meaning

Plainly = Mapping[str, Any]
ANOTHER_PERSON = frozenset({"witness_involved", "witness_missing", "right_missing"})
MEANINGS = {
    Meaning.PERFORMED: "Performed by",
    Meaning.WITNESSED: "Witnessed by",
    Meaning.CORRECTED: "Corrected by",
    Meaning.SKIPPED: "Skipped by",
}
STATES = {
    "within": "ok",
    "alert": "warn",
    "action": "warn",
    "out": "warn",
    "reject": "crit",
    "failed": "crit",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of what is signed: its name, what is recorded, the limit, how it stands."""

    label: str
    recorded: str
    limit: str = ""
    state: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One line of what was shown and what is so now; `now` is None where it is the same."""

    label: str
    before: str
    now: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """One signature that the act takes: whose, with which meaning, over which digest."""

    index: int
    meaning: Meaning
    words: str
    second: bool
    login: bool  # whether the login is asked too
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialog:
    """Everything that a signature dialog shows."""

    rows: tuple[Row, ...]
    changes: tuple[Change, ...]
    signers: tuple[Signer, ...]
    reasons: tuple[ReasonView, ...]
    performer: str
    seen: str  # the statement as shown, sent back so that a change can be told


def dialog(
    shown: tuple[StatementView, ...], *, continuous: bool, before: Plainly | None = None
) -> Dialog:
    """The dialog of an act from its statements; `before` is what a refused form had shown."""
    first = shown[0]
    second = any(each.second_person for each in shown)
    hidden = ANOTHER_PERSON if second else frozenset()
    return Dialog(
        rows=rows(first.statement),
        changes=_changes(before, first.statement),
        signers=tuple(
            Signer(
                index=index,
                meaning=each.meaning,
                words=MEANINGS.get(each.meaning, each.meaning.value),
                second=each.second_person,
                login=each.second_person or not continuous,
                shown=each.shown,
            )
            for index, each in enumerate(shown)
        ),
        reasons=tuple(each for each in first.reasons if each.code not in hidden),
        performer=_performer(first.statement),
        seen=statements.written(first.statement),
    )


def _performer(statement: Plainly) -> str:
    step = statement.get("step") or {}
    return str(step.get("performed_by") or "")


def rows(statement: Plainly) -> tuple[Row, ...]:
    """A statement as lines to read, the most important first."""
    step = statement.get("step") or {}
    found = [*_act(statement)]
    if step.get("statement"):
        found.append(Row(label="Statement", recorded=f"“{step['statement']}”"))
    weighings = step.get("weighings") or ()
    found += [_weighing(each, weighings) for each in weighings]
    found += [_value(each) for each in step.get("values", ()) if _told(each, weighings)]
    if step.get("containers"):
        found.append(Row(label="Material from", recorded="; ".join(step["containers"])))
    if step.get("equipment"):
        found.append(Row(label="Equipment", recorded=step["equipment"]))
    found += _exceptions(step.get("exceptions", ()))
    if statement.get("why"):
        found.append(Row(label="Reason", recorded=f"“{statement['why']}”"))
    return tuple(found)


def _act(statement: Plainly) -> list[Row]:
    """What the act itself adds: a correction, a typed weight."""
    if statement["act"] == "correct":
        change = f"{_written(statement['was'])} becomes {_written(statement['becomes'])}"
        found = [Row(label=statement["title"], recorded=change)]
        if statement["unsigns"]:
            words = ", ".join(statement["unsigns"])
            found.append(Row(label="To be signed again", recorded=words))
        return found
    if statement["act"] == "type_weight":
        typed = statement["weight"]
        amount = measure(f"{typed['value']} {typed['unit']}")
        return [Row(label="Weight, typed", recorded=amount, limit="by hand", state="warn")]
    return []


def _value(value: Plainly) -> Row:
    text = value["value"] or "nothing"
    if value["unit"] and value["unit"] != "1":
        text = measure(f"{text} {value['unit']}")
    elif value["source"] == "manual":
        text = {"yes": "Yes", "no": "No"}.get(text, isoday(text))
    if value["earlier"]:
        text += f", before: {', '.join(measure(each) for each in value['earlier'])}"
    return Row(
        label="Total" if value["input"] == WEIGHT else value["title"],
        recorded=text,
        limit=_limit(value["limits"]),
        state=STATES.get(value["verdict"], ""),
    )


def _limit(limits: Plainly | None) -> str:
    if not limits:
        return ""
    for layer in ("action", "reject", "alert"):
        if limits[layer] and limits[layer] != "no limit":
            return measure(limits[layer])
    return f"target {measure(limits['target'])}" if limits["target"] else ""


def _weighing(weighing: Plainly, every: Sequence[Plainly]) -> Row:
    inside = len(every) > 1 or _between(weighing)
    typed = ", typed by hand" if weighing["source"] == "manual" else ""
    label = f"Weighing {weighing['number']}" if len(every) > 1 else "Net weight"
    return Row(
        label=f"{label}, {weighing['container']}",
        recorded=measure(weighing["net"]) + typed,
        limit=measure(f"{weighing['least']} to {weighing['most']}"),
        state="ok" if inside else "warn",
    )


def _between(weighing: Plainly) -> bool:
    net = parse(weighing["net"])
    return parse(weighing["least"]).compare(net) <= 0 <= parse(weighing["most"]).compare(net)


def _exceptions(found: list[Plainly]) -> list[Row]:
    if not found:
        return [Row(label="Exceptions", recorded="None on this step")]
    return [
        Row(
            label=f"Exception {each['exception']}", recorded=plain_words(each["text"]), state="warn"
        )
        for each in found
    ]


def _told(value: Plainly, weighings: Sequence[Plainly]) -> bool:
    """The total of one weighing is the weighing itself; of several it is a line of its own."""
    return value["input"] != WEIGHT or len(weighings) > 1


def _written(text: str | None) -> str:
    return measure(text) if text else "nothing"


def _changes(before: Plainly | None, now: Plainly) -> tuple[Change, ...]:
    """Line by line, what was shown and what is so now."""
    if before is None or before == now:
        return ()
    old, new = _by_label(rows(before)), _by_label(rows(now))
    found = [
        Change(
            label=label,
            before=old.get(label, "nothing"),
            now=None if old.get(label) == new.get(label) else new.get(label, "nothing"),
        )
        for label in dict.fromkeys([*new, *old])
    ]
    return tuple(sorted(found, key=lambda each: each.now is None))


def _by_label(lines: tuple[Row, ...]) -> dict[str, str]:
    return {each.label: each.recorded for each in lines}
