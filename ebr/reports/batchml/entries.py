"""The frames that BatchML has for what stands on a record: event, comment, change, manifest.

An event takes from a part of the record what it has elements for (when, who, where, which step,
which entry of the ledger) and carries the rest as user attributes; the other frames have no
attributes, so the rest stands in their descriptions, one field a line as `path: value`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from ebr.batches import LimitRecord
from ebr.reports.batchml.writing import Leaf, add, add_nothing, add_time, leaves, rest
from workflows.people import Who

SUBTYPES = frozenset(
    {"Allocation", "Consume", "Modification", "Movement", "Process Data", "Produce"}
    | {"Reconciliation", "Security", "State Change", "Status Change", "System"}
)
_MESSAGES = ("text", "why", "reason")


@dataclass(frozen=True, slots=True)
class Given:
    """A value with its type and unit; empty where there is none any more."""

    text: str
    type: str = "string"
    unit: str | None = None
    key: str = ""

    @classmethod
    def of_amount(cls, amount: str, key: str = "") -> "Given":
        """An amount as the record writes it: digits, a blank, the unit."""
        digits, _, unit = amount.partition(" ")
        return cls(digits, "decimal", unit, key)


@dataclass(frozen=True, slots=True)
class Alarm:
    """Why an event is an alarm: what happened, of which sort, past which limits, how grave."""

    event: str
    type: str
    limits: tuple[LimitRecord, ...] = ()
    priority: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened, by what the record tells of it."""

    id: str
    type: str
    subtype: str
    told: object = None
    said: tuple[str, ...] = ()  # what of it stands elsewhere in the document
    at: str | None = None  # these four where `told` has them under another name
    by: Who | None = None
    step: str | None = None
    reference: str = ""  # SHA-256
    equipment: str = ""
    value: Given | None = None
    previous: Given | None = None
    alarm: Alarm | None = None
    belongs_to: str = ""  # another event


def add_event(above: Any, event: Event) -> None:
    """One event, in the order of elements that the schema wants."""
    told = event.told
    by = event.by or getattr(told, "by", None)
    message = next((name for name in _MESSAGES if getattr(told, name, "")), "")
    person = by.name if by else str(getattr(told, "name", ""))
    made = add(above, "Event")
    at = event.at or getattr(told, "at", None)
    add_head(made, event.id, "Event", at=at, reference=event.reference)
    add(made, "EventType", event.type)
    add_other(made, "EventSubType", event.subtype, SUBTYPES)
    _add_each(made, "EquipmentID", event.equipment)
    for name, given in (("Value", event.value), ("PreviousValue", event.previous)):
        if given is not None:
            add_value(made, name, given)
    _add_each(made, "MessageText", str(getattr(told, message)) if message else "")
    _add_each(made, "PersonID", person)
    _add_each(made, "ComputerID", str(getattr(told, "station", "")))
    _add_each(
        made, "ProceduralElementReference", event.step or str(getattr(told, "step", None) or "")
    )
    if event.alarm is not None:
        _add_alarm(made, event.alarm)
    entry = getattr(told, "entry", None)
    _add_each(made, "AssociatedEventID", f"entry/{entry}" if entry else "", event.belongs_to)
    said = (message or "text", "at", "station", "step", "entry", "name", "by", *event.said)
    for leaf in (*leaves(by, "by"), *rest(told, *said)):
        if leaf.path != "by.name":
            attribute = add(made, "UserAttribute")
            add(attribute, "AttributeID", leaf.path)
            add_value(attribute, "Value", Given(leaf.text, leaf.type))


def add_head(
    entry: Any, identifier: str, kind: str, *, at: str | None = None, reference: str = ""
) -> None:
    """What every entry of a batch production record begins with."""
    add(entry, "EntryID", identifier)
    add(entry, "ObjectType", kind)
    add_time(entry, "TimeStamp", at)
    if reference:
        add(entry, "ExternalReference", reference, schemeID="SHA-256")


def add_rest(entry: Any, told: Iterable[Leaf]) -> None:
    """What an entry has no element for, one field a line."""
    for leaf in told:
        add(entry, "Description", f"{leaf.path}: {leaf.text}")


def add_other(above: Any, name: str, word: str, known: frozenset[str]) -> None:
    """A word of BatchML's list, or one of ours beside it."""
    if word in known:
        add(above, name, word)
    else:
        add(above, name, "Other", OtherValue=word)


def add_value(above: Any, name: str, given: Given) -> None:
    """A value with its type and its unit; one that was withdrawn is none."""
    made = add(above, name)
    if given.text:
        add(made, "ValueString", given.text)
    else:
        add_nothing(made, "ValueString")
    add(made, "DataType", given.type)
    _add_each(made, "UnitOfMeasure", given.unit or "")
    _add_each(made, "Key", given.key)


def add_other_information(element: Any, told: Iterable[Leaf]) -> None:
    """What a recipe or one of its elements has no element for."""
    for leaf in told:
        made = add(element, "OtherInformation")
        add(made, "ID", leaf.path)
        add_constant(made, Given(leaf.text, leaf.type))


def add_constant(above: Any, given: Given) -> None:
    """A value as recipes write values."""
    made = add(above, "Value")
    add(made, "ValueString", given.text)
    add(made, "DataInterpretation", "Constant")
    add(made, "DataType", given.type)
    add(made, "UnitOfMeasure", given.unit or "")


def _add_alarm(event: Any, alarm: Alarm) -> None:
    made = add(event, "AlarmData")
    add(made, "AlarmEvent", alarm.event)
    add(made, "AlarmType", alarm.type)
    for limit in alarm.limits:
        for end in ("low", "high"):
            if digits := getattr(limit, end):
                given = Given(digits, "decimal", limit.unit, f"{limit.layer}.{end}")
                add_value(made, "AlarmLimit", given)
    _add_each(made, "Priority", alarm.priority)


def _add_each(above: Any, name: str, *texts: str) -> None:
    for text in texts:
        if text:
            add(above, name, text)
