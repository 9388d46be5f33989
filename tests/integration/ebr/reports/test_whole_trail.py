"""Over a whole batch, each entry says who, what, when, why and where, and every name resolves."""

import copy
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from tests.builders.batch import Line
from tests.plugin import verifies

Entry = dict[str, Any]
TABLES = {
    "person": "identity.person",
    "account": "identity.account",
    "lot": "inventory.lot",
    "container": "inventory.container",
    "equipment": "maintenance.equipment",
    "scale": "maintenance.equipment",
    "reading": "readings.reading",
    "version": "recipes.version",
    "batch": "batches.batch",
}
SERVICES = {"installer", "migrator", "batchline_owner", "renderer"}
# What the data of an act must tell besides its kind: the field, old and new, units, the reason.
TOLD = {
    "batch.value.recorded": {"step", "input", "title", "value", "verdict", "source", "by"},
    "batch.value.corrected": {"step", "input", "was", "was_by", "becomes", "unit", "why", "by"},
    "batch.step.weighed": {"net", "material", "lot", "scale", "reading", "frame", "target", "by"},
    "batch.material.identified": {"container", "lot", "material", "by"},
    "batch.equipment.identified": {"equipment", "equipment_code", "by"},
    "batch.exception.raised": {"exception", "severity", "text", "by"},
    "batch.exception.decided": {"exception", "decision", "reason", "by"},
    "batch.step.unsigned": {"step", "because", "superseded"},
    "lot.status.changed": {"number", "verb", "was", "becomes"},
    "equipment.status.changed": {"code", "verb", "was", "becomes"},
}
SIGNED = {
    "batch.step.completed": "performed",
    "batch.step.witnessed": "witnessed",
    "batch.exception.decided": "decided",
    "batch.reviewed": "reviewed",
    "batch.released": "released",
}
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@pytest.fixture(scope="module")
def entries(line: Line) -> list[Entry]:
    """Everything that the ledger holds of the plant in which a batch was made and released."""
    with line.database.engine.connect() as connection:
        leaves = connection.execute(text("SELECT leaf FROM audit.entry ORDER BY id")).scalars()
        split = [leaf.split("\n") for leaf in leaves]
    return [{"header": json.loads(parts[1]), **json.loads(parts[2])} for parts in split]


@pytest.fixture(scope="module")
def there(line: Line) -> dict[str, set[str]]:
    """Every identifier that there is, by what it names."""
    with line.database.engine.connect() as connection:
        return {
            name: set(connection.execute(text(f"SELECT id::text FROM {table}")).scalars())
            for name, table in TABLES.items()
        }


def faults(entries: list[Entry], there: dict[str, set[str]]) -> list[str]:
    """What is missing, empty, or resolves to nothing."""
    return [
        f"{entry['header']['stream']} {entry['act']}: {fault}"
        for entry in entries
        for fault in (*who(entry), *what(entry), *resolved(entry, there))
    ]


def who(entry: Entry) -> Iterator[str]:
    actor = entry["actor"]
    named = [actor["person"], actor["account"]]
    if actor["kind"] == "human" and not all(named):
        yield "a human without person or account"
    by_hand = entry["header"]["stream"] == "system/ddl"  # in the name of the database's login
    known = by_hand or actor["name"] in SERVICES
    if actor["kind"] == "service" and (any(named) or not known):
        yield "a service under somebody's name"
    if not actor["name"].strip() or not actor["role"].strip() or not entry["station"].strip():
        yield "no name, role or station"
    if not INSTANT.fullmatch(entry["header"]["at"]) or not entry["request"]:
        yield "no instant or request"


def what(entry: Entry) -> Iterator[str]:
    if not entry["events"] or entry["act"] != entry["events"][0]["kind"]:
        yield "an act that is not its first event"
    for event in entry["events"]:
        for name in TOLD.get(event["kind"], ()):
            if event["data"].get(name) in (None, "", []):
                yield f"{event['kind']} without {name}"
        meaning = SIGNED.get(event["kind"])
        if meaning and meaning not in [each["meaning"] for each in entry["signatures"]]:
            yield f"{event['kind']} without the signature {meaning}"
    for signature in entry["signatures"]:
        if not all(signature[name] for name in ("person", "account", "name", "role", "at")):
            yield "a signature without its signer"


def resolved(value: Any, there: dict[str, set[str]], name: str = "") -> Iterator[str]:
    match value:
        case dict():
            for key, part in value.items():
                yield from resolved(part, there, key)
        case list():
            for part in value:
                yield from resolved(part, there, name)
        case str() if name in there and _is_id(value) and value not in there[name]:
            yield f"{name} {value} is nobody and nothing"


def _is_id(value: str) -> bool:
    try:
        return str(UUID(value)) == value
    except ValueError:
        return False


@verifies("A11D-12.2-1")
def test_every_entry_of_a_whole_batch_tells_who_what_when_where_and_resolves(
    entries: list[Entry], there: dict[str, set[str]], line: Line
) -> None:
    assert faults(entries, there) == []
    batch = [each for each in entries if each["header"]["stream"] == f"batch/{line.batch}"]
    assert {event["kind"] for entry in batch for event in entry["events"]} >= {
        kind for kind in (*TOLD, *SIGNED) if kind.startswith("batch.")
    }
    assert {entry["actor"]["kind"] for entry in batch} == {"human"}
    instants = [datetime.fromisoformat(entry["header"]["at"]) for entry in batch]
    assert instants == sorted(instants)


@verifies("A11D-12.2-1")
@pytest.mark.parametrize(
    ("act", "place", "becomes"),
    [
        ("batch.step.started", ("actor", "person"), None),
        ("batch.step.started", ("actor", "person"), "01a20106-aa0a-7000-9dc4-24bd7348706f"),
        ("batch.step.started", ("actor", "kind"), "service"),
        ("batch.step.started", ("station",), " "),
        ("batch.value.corrected", ("events", 0, "data", "was"), None),
        ("batch.value.corrected", ("events", 0, "data", "why"), ""),
        ("batch.step.weighed", ("events", 0, "data", "reading"), str(UUID(int=0))),
        ("batch.reviewed", ("signatures",), []),
        ("equipment.registered", ("actor", "name"), "M. Keller"),
    ],
)  # fmt: skip
def test_an_entry_that_lacks_one_of_them_would_be_found(
    entries: list[Entry],
    there: dict[str, set[str]],
    act: str,
    place: tuple[Any, ...],
    becomes: Any,
) -> None:
    entry = copy.deepcopy(next(each for each in entries if each["act"] == act))
    inside: Any = entry
    for name in place[:-1]:
        inside = inside[name]
    inside[place[-1]] = becomes
    assert faults([entry], there)


@verifies("A11D-12.2-1", "PICS-9.7-1")
def test_a_reading_is_credited_to_who_asked_and_never_to_who_was_there_last(line: Line) -> None:
    person = line.people["m.keller"].person
    with line.database.engine.connect() as connection:
        found = connection.execute(
            text("SELECT DISTINCT person::text, person_name, station FROM readings.reading")
        ).all()
    assert [tuple(row) for row in found] == [(str(person), "M. Keller", "DB-2")]
