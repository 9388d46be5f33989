"""What every ledger does, in memory and in PostgreSQL alike."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa

from audit.entry import Body, EntryError, genesis
from audit.ledger import Head, Ledger, StaleHead
from audit.memory import MemoryLedger
from audit.postgres import PostgresLedger
from ebr.settings import Settings

ORIGIN = "batchline.example/demo/audit"
REFUSALS = (EntryError, sa.exc.DBAPIError)


@pytest.fixture(params=["memory", "postgres"])
def ledger(request: pytest.FixtureRequest) -> Iterator[Ledger]:
    if request.param == "memory":
        yield MemoryLedger(ORIGIN, lambda: datetime(2026, 1, 1, tzinfo=UTC))
        return
    settings: Settings = request.getfixturevalue("settings")
    engine = sa.create_engine(settings.url("app"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        yield PostgresLedger(connection)
    engine.dispose()


def body(kind: str = "lot.received", **changed: Any) -> Body:
    told: dict[str, Any] = {
        "act": kind,
        "actor": {"person": None, "account": None, "name": "x", "role": "y", "kind": "service"},
        "events": [{"kind": kind, "v": 1, "data": {"quantity": "12.50", "unit": "kg"}}],
        "reason": None,
        "refs": [],
        "request": "r",
        "signatures": [],
        "station": "s",
    }
    return told | changed


def test_a_stream_begins_at_its_genesis(ledger: Ledger) -> None:
    assert ledger.head("lot/1") == Head(0, genesis(ORIGIN, "lot/1"))
    assert list(ledger.read("lot/1")) == []


def test_entries_stand_one_behind_the_other(ledger: Ledger) -> None:
    hashes = [ledger.append("lot/1", number, body()) for number in range(3)]
    found = list(ledger.read("lot/1"))
    assert [entry.header.seq for entry in found] == [1, 2, 3]
    assert [entry.hash for entry in found] == hashes
    assert found[0].header.prev == genesis(ORIGIN, "lot/1").hex()
    assert [entry.header.prev for entry in found[1:]] == [one.hex() for one in hashes[:2]]
    assert [entry.header.at for entry in found] == sorted(entry.header.at for entry in found)
    assert ledger.head("lot/1") == Head(3, hashes[2])


def test_what_was_written_is_read_back_as_it_was(ledger: Ledger) -> None:
    told = body(
        refs=["batch/1", "lot/2"],
        reason={"code": None, "text": '„μ“ 𝄞 \\u0000 " \\ \n\t'},
    )
    ledger.append("lot/1", 0, told)
    (found,) = ledger.read("lot/1")
    assert found.body == told
    assert found.header.site == ORIGIN
    assert found.header.stream == "lot/1"
    assert found.changes == []


def test_reading_goes_on_after_a_sequence(ledger: Ledger) -> None:
    for number in range(4):
        ledger.append("lot/1", number, body())
    assert [entry.header.seq for entry in ledger.read("lot/1", after=2)] == [3, 4]


def test_streams_do_not_touch_each_other(ledger: Ledger) -> None:
    ledger.append("lot/1", 0, body())
    ledger.append("lot/2", 0, body())
    assert ledger.head("lot/1").seq == ledger.head("lot/2").seq == 1


@pytest.mark.parametrize("expected", [0, 2, 7])
def test_a_decision_on_another_head_is_stale_and_leaves_nothing(
    ledger: Ledger, expected: int
) -> None:
    ledger.append("lot/1", 0, body())
    with pytest.raises(StaleHead) as stale:
        ledger.append("lot/1", expected, body())
    assert (stale.value.stream, stale.value.found, stale.value.expected) == ("lot/1", 1, expected)
    assert ledger.head("lot/1").seq == 1


@pytest.mark.parametrize("stream", ["attempt/DB-2", "system/guard"])
def test_what_decides_nothing_expects_nothing(ledger: Ledger, stream: str) -> None:
    ledger.append(stream, None, body())
    ledger.append(stream, None, body())
    assert ledger.head(stream).seq == 2


@pytest.mark.parametrize(
    "attempt",
    [
        lambda ledger: ledger.append("lot/1", None, body()),
        lambda ledger: ledger.append("Lot 1", 0, body()),
        lambda ledger: ledger.append("lot/", 0, body()),
        lambda ledger: ledger.append("lot/1", 0, {"act": "lot.received"}),
        lambda ledger: ledger.append("lot/1", 0, body(extra="x")),
    ],
)
def test_what_is_no_entry_is_refused_and_leaves_nothing(
    ledger: Ledger, attempt: Callable[[Ledger], None]
) -> None:
    with pytest.raises(REFUSALS):
        attempt(ledger)
    assert list(ledger.read("lot/1")) == []


def test_contents_are_kept_once_under_their_digest(ledger: Ledger) -> None:
    name = ledger.keep(b"\0a picture")
    assert ledger.keep(b"\0a picture") == name
    assert ledger.kept(name) == b"\0a picture"
    assert ledger.kept("0" * 64) is None
