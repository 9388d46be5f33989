"""An act as a sentence: who did what, in the words of the plant, never raw columns.

`TOLD` is the list: a kind of event, its tone, its sentence. In a sentence `{field}` is a field of
the event's data and `*…*` marks a name. An event without a line here is told by its kind, so that
no act is ever left out because nobody wrote a sentence.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, NamedTuple

from ebr.trail.views import Diff, EntryLine, Part, SignatureLine, Target


class Told(NamedTuple):
    """How a kind of event is told."""

    tone: str
    sentence: str


TOLD: Mapping[str, Told] = MappingProxyType(
    {
        "batch.started": Told("plain", "started batch *{number}* from *{recipe_title}*."),
        "batch.step.started": Told("plain", "started *{step_title}*."),
        "batch.value.recorded": Told(
            "plain", "recorded *{title}* {value} {unit} in *{step_title}*: {verdict}."
        ),
        "batch.material.identified": Told(
            "scanned",
            "scanned container *{container_code}*, lot *{lot_number}*, for *{step_title}*. "
            "It is the expected material.",
        ),
        "batch.equipment.identified": Told(
            "scanned", "scanned *{equipment_code}* for *{step_title}*. It is fit for use."
        ),
        "batch.step.weighed": Told(
            "plain",
            "weighed {net} of *{material_title}* from *{container_code}* on *{scale_code}*: "
            "{verdict}.",
        ),
        "batch.value.calculated": Told(
            "plain", "calculated *{title}* {value} {unit} in *{step_title}*."
        ),
        "batch.value.corrected": Told("changed", "corrected *{title}* in *{step_title}*."),
        "batch.value.judged": Told("plain", "judged *{title}* again in *{step_title}*: {verdict}."),
        "batch.step.completed": Told("signed", "signed *{step_title}* as performer."),
        "batch.step.witnessed": Told("signed", "signed *{step_title}* as witness."),
        "batch.step.unsigned": Told(
            "changed", "took the signatures from *{step_title}*: {because}."
        ),
        "batch.step.skipped": Told("changed", "skipped *{step_title}*."),
        "batch.pass.judged": Told("plain", "judged pass {name} of *{loop_title}*: {text}"),
        "batch.pass.started": Told("plain", "began pass {name} of *{loop_title}*."),
        "batch.repeat.ended": Told("plain", "ended *{loop_title}* with pass {passes}: {because}"),
        "batch.exception.raised": Told(
            "exception", "raised exception *{exception}*, {severity}: {text}"
        ),
        "batch.exception.decided": Told("signed", "decided exception *{exception}*: {decision}."),
        "batch.comment.added": Told("plain", "remarked: “{text}”"),
        "batch.material.issued": Told(
            "plain", "took {quantity} of *{material_title}* from *{container_code}*."
        ),
        "batch.lot.produced": Told("plain", "put {quantity} into lot *{lot_number}*."),
        "batch.lot.amended": Told("changed", "amended lot *{lot_number}* to {becomes}."),
        "batch.completed": Told("plain", "completed batch *{number}*: no step is left."),
        "batch.reviewed": Told("signed", "reviewed the whole record of batch *{number}*."),
        "batch.review.cleared": Told("changed", "cleared the review: {because}."),
        "batch.released": Told("signed", "released batch *{number}*."),
        "batch.rejected": Told("signed", "rejected batch *{number}*."),
        "material.created": Told("plain", "made material *{code}*, {name}, known."),
        "place.created": Told("plain", "made place *{code}*, {name}, known."),
        "lot.received": Told(
            "plain", "took {total} of *{material_name}* into quarantine as lot *{number}*."
        ),
        "lot.status.changed": Told("signed", "decided lot *{number}*: {verb}, now {becomes}."),
        "lot.retested": Told("signed", "recorded the retest of lot *{number}*."),
        "lot.expiry.shortened": Told("signed", "brought the expiry of lot *{number}* forward."),
        "lot.container.moved": Told(
            "plain", "brought container *{container}* from {source} to {target}."
        ),
        "lot.container.counted": Told(
            "changed", "counted {found} in container *{container}*, where the record said {was}."
        ),
        "equipment.registered": Told("plain", "registered equipment *{code}*, {name}."),
        "equipment.device.connected": Told("changed", "connected the device of *{code}* anew."),
        "equipment.calibrated": Told(
            "plain", "recorded calibration *{certificate}* of *{code}*: {result}."
        ),
        "equipment.status.changed": Told("changed", "set *{code}*, {name}: {verb}."),
        "order.created": Told("plain", "ordered {size} of *{product}* as *{number}*."),
        "order.status.changed": Told("changed", "set order *{number}*: {becomes}."),
        "record.rendered": Told(
            "plain", "rendered {kind} copy {number} of the record of *{batch_number}*."
        ),
        "recipe.drafted": Told("plain", "drafted recipe *{code}* version {number}."),
        "recipe.imported": Told(
            "plain", "brought in recipe *{code}* version {number} from the file *{file}*."
        ),
        "recipe.approved": Told("signed", "approved recipe *{code}* version {number}."),
        "recipe.made_effective": Told(
            "changed", "made recipe *{code}* version {number} effective."
        ),
        "recipe.withdrawn": Told("changed", "withdrew the draft of *{code}* version {number}."),
        "reading.explained": Told(
            "changed", "explained a reading of *{device}* that nobody had asked for: {text}"
        ),
        "ledger.copied": Told(
            "plain", "took a copy of the whole ledger, {size} entries, out of the system."
        ),
        "attempt.refused": Told("refused", "tried to {operation}; it was *refused*: {because}"),
        "session.started": Told("plain", "signed in."),
        "session.ended": Told("plain", "signed out."),
        "session.locked": Told("plain", "left a screen that locked itself."),
        "session.unlocked": Told("plain", "unlocked the screen."),
        "session.moved": Told("changed", "went on at another station."),
        "person.created": Told("plain", "entered *{name}*."),
        "person.renamed": Told("changed", "changed the printed name of *{name}*."),
        "account.created": Told("plain", "invited *{name}* as *{login}*."),
        "account.activated": Told("plain", "chose the first own password of *{login}*."),
        "account.role.granted": Told("changed", "gave *{login}* the role {title}."),
        "account.role.withdrawn": Told("changed", "took the role {title} from *{login}*."),
        "account.locked": Told("refused", "locked *{login}* after {failures} failed attempts."),
        "account.unlocked": Told("changed", "unlocked *{login}*."),
        "account.disabled": Told("changed", "disabled *{login}*."),
        "account.enabled": Told("changed", "enabled *{login}* again."),
        "account.password.changed": Told("plain", "changed the password of *{login}*."),
        "account.password.issued": Told("changed", "gave *{login}* a temporary password."),
        "account.password.rehashed": Told(
            "plain", "kept the password of *{login}* under today's protection."
        ),
        "attempt.failed": Told("refused", "gave a wrong login or secret."),
    }
)
_PLACE = re.compile(r"\{([a-z_]+)\}")
_NAME = re.compile(r"\*([^*]+)\*")
_LABELS = MappingProxyType(
    {
        "batch": "Batch",
        "lot": "Lot",
        "equipment": "Equipment",
        "recipe": "Recipe",
        "account": "Account",
    }
)


def line(number: int, at: datetime, stream: str, body: Mapping[str, Any]) -> EntryLine:
    """One entry as a line of the trail."""
    events: Sequence[Mapping[str, Any]] = body["events"]
    actor: Mapping[str, Any] = body["actor"]
    told = [_told(event) for event in events]
    doer = _doer(events[0]["data"], actor)
    reason = body["reason"]
    return EntryLine(
        id=number,
        at=at,
        tone=told[0].tone,
        name=str(doer["name"]),
        role=str(doer["role"]),
        kind=str(actor["kind"]),
        station=str(body["station"]),
        session_of="" if doer["name"] == actor["name"] else str(actor["name"]),
        act=str(body["act"]),
        stream=stream,
        sentence=_sentence(told, events),
        diffs=tuple(_diff(event["data"]) for event in events if "was" in event["data"]),
        reason=_reason(reason),
        signatures=tuple(_signature(each) for each in body["signatures"]),
        target=_target(stream, events[0]["data"]),
    )


def unreadable(number: int, at: datetime, stream: str, act: str, fault: str) -> EntryLine:
    """An entry that cannot be told, because what it says or who signed it is not whole."""
    return EntryLine(
        id=number,
        at=at,
        tone="refused",
        name="Unknown",
        role="this entry does not hold together; call quality",
        kind="service",
        station="",
        session_of="",
        act=act,
        stream=stream,
        sentence=(Part(text=f"This entry cannot be read: {fault}."),),
        diffs=(),
        reason=None,
        signatures=(),
        target=_target(stream, {}),
    )


def _doer(data: Mapping[str, Any], actor: Mapping[str, Any]) -> Mapping[str, Any]:
    """Who did it: a witness signs in the session of the performer, and is who witnessed."""
    by = data.get("by")
    return by if isinstance(by, Mapping) and {"name", "role"} <= by.keys() else actor


def _told(event: Mapping[str, Any]) -> Told:
    words = str(event["kind"]).replace(".", " ").replace("_", " ")
    return TOLD.get(str(event["kind"]), Told("plain", f"did: {words}."))


def _sentence(told: Sequence[Told], events: Sequence[Mapping[str, Any]]) -> tuple[Part, ...]:
    parts: list[Part] = []
    for way, event in zip(told, events, strict=True):
        if parts:
            parts.append(Part(text=" Then: "))
        parts += _parts(way.sentence, _data(event))
    return tuple(parts)


def _data(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """What an event says; a refused attempt also in words why it was refused."""
    data: Mapping[str, Any] = event["data"]
    if event["kind"] != "attempt.refused":
        return data
    because = " ".join(str(reason["text"]) for reason in data["reasons"])
    if not because:
        why = f"the right {data['right']} is missing" if data["right"] else str(data["error"])
        because = f"{why.replace('_', ' ')}."
    return {**data, "because": because}


def _parts(sentence: str, data: Mapping[str, Any]) -> list[Part]:
    """The sentence cut at its names, each place filled from the data."""
    return [
        Part(text=_filled(piece, data), name=bool(odd))
        for place, piece in enumerate(_NAME.split(sentence))
        if (odd := place % 2) or piece
    ]


def _filled(piece: str, data: Mapping[str, Any]) -> str:
    filled = _PLACE.sub(lambda place: in_words(data.get(place[1])), piece)
    return re.sub(r" +([:.;])", r"\1", re.sub(r"  +", " ", filled))


def in_words(value: object) -> str:
    """A value of an event as a sentence names it."""
    match value:
        case None:
            return ""
        case {"value": str(amount), "unit": str(unit)}:
            return amount if unit == "1" else f"{amount} {unit}"
        case {"sha256": str(sha256)}:
            return f"(kept apart, {sha256[:8]}…)"
        case list() | tuple():
            return ", ".join(in_words(each) for each in value)
        case str():
            return value.replace("_", " ") if re.fullmatch(r"[a-z]+(_[a-z]+)+", value) else value
        case _:
            return str(value)


# Where the new value stands, beside `was`: an old event names it after its thing.
_BECOMES = ("becomes", "found", "name", "station")
# What the address of a record is made of, where it is not the stream's own identifier.
_NAMED_BY = MappingProxyType({"lot": "number", "equipment": "code", "recipe": "version"})


def _diff(data: Mapping[str, Any]) -> Diff:
    unit = f" {data['unit']}" if data.get("unit") not in {None, "1"} else ""
    title = str(data.get("title") or data.get("lot_number") or "")
    new = next((data[name] for name in _BECOMES if name in data), None)
    was, becomes = in_words(data["was"]), in_words(new)
    return Diff(
        title=title,
        was=f"{was}{unit}" if was else "nothing",
        becomes=f"{becomes}{unit}" if becomes else "nothing",
    )


def _reason(reason: object) -> str | None:
    match reason:
        case {"text": str(text)}:
            return text
        case str():
            return reason
        case _:
            return None


def _signature(signature: Mapping[str, Any]) -> SignatureLine:
    return SignatureLine(
        name=str(signature["name"]),
        role=str(signature["role"]),
        meaning=str(signature["meaning"]),
        at=datetime.fromisoformat(str(signature["at"])),
        station=str(signature["station"]),
        components=tuple(str(each) for each in signature["components"]),
        shown=str(signature["shown"]),
    )


def _target(stream: str, data: Mapping[str, Any]) -> Target | None:
    kind, _, record = stream.partition("/")
    if kind == "batch" and data.get("step"):
        title = str(data.get("step_title") or f"Step {data['step']}")
        return Target(label=title, kind="step", record=record, part=str(data["step"]))
    if kind not in _LABELS:
        return None
    part = data.get(_NAMED_BY.get(kind, ""))
    return Target(label=_LABELS[kind], kind=kind, record=record, part=str(part) if part else None)
