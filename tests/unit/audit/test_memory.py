from datetime import UTC, datetime

import pytest

from audit.entry import EntryError, Reference
from audit.ledger import Ledger, Source, StaleHead, Unreadable
from audit.memory import MemoryLedger
from tests.builders.ledger import LOG_KEY, ORIGIN, a_body, a_change, act, an_empty_ledger


def test_it_is_a_ledger_and_a_source() -> None:
    ledger: Ledger = an_empty_ledger()
    source: Source = an_empty_ledger()
    assert ledger.head("batch/B-1").seq == 0
    assert list(source.blobs()) == []


def test_of_two_writers_on_one_head_the_second_is_told() -> None:
    ledger = an_empty_ledger()
    ledger.append("batch/B-1", 0, a_body())
    with pytest.raises(StaleHead, match="batch/B-1 is at 1, not 0") as stale:
        ledger.append("batch/B-1", 0, a_body())
    assert (stale.value.stream, stale.value.found, stale.value.expected) == ("batch/B-1", 1, 0)
    assert ledger.head("batch/B-1").seq == 1


def test_a_decision_names_the_sequence_it_was_taken_on() -> None:
    ledger = an_empty_ledger()
    with pytest.raises(EntryError, match="say which sequence"):
        ledger.append("batch/B-1", None, a_body())
    ledger.append("attempt/DB-2", None, a_body())
    ledger.append("system/keys", None, a_body())
    with pytest.raises(EntryError, match="is no stream"):
        ledger.append("batch", 0, a_body())


def test_a_stream_is_read_from_where_one_stopped() -> None:
    ledger = an_empty_ledger()
    hashes = [act(ledger, "batch/B-1") for _ in range(3)]
    assert [entry.hash for entry in ledger.read("batch/B-1", after=1)] == hashes[1:]
    assert list(ledger.read("batch/B-2")) == []


def test_time_never_runs_back_within_a_stream() -> None:
    times = iter([datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)])
    ledger = MemoryLedger(ORIGIN, lambda: next(times))
    act(ledger, "batch/B-1")
    act(ledger, "batch/B-1")
    first, second = ledger.read("batch/B-1")
    assert first.header.at == second.header.at == "2026-01-02T00:00:00.000000Z"


def test_captured_changes_are_in_the_next_entry_and_only_there() -> None:
    ledger = an_empty_ledger()
    ledger.capture(a_change())
    act(ledger, "batch/B-1")
    act(ledger, "batch/B-1")
    first, second = ledger.read("batch/B-1")
    assert (first.changes, second.changes) == ([a_change()], [])


def test_many_changes_are_kept_beside_the_entry() -> None:
    ledger = an_empty_ledger()
    for _ in range(400):
        ledger.capture(a_change(note="n" * 100))
    act(ledger, "batch/B-1")
    (entry,) = ledger.read("batch/B-1")
    (reference,) = entry.references
    content = ledger.kept(reference.digest)
    assert content is not None
    assert reference == Reference(reference.digest, len(content), 400)
    assert ledger.kept("ab" * 32) is None


def test_nothing_is_published_before_it_is_sealed() -> None:
    ledger = an_empty_ledger()
    with pytest.raises(Unreadable, match="nothing was sealed yet"):
        ledger.checkpoint()
    assert ledger.tile(0, 0, 1) is None
    assert ledger.seal(LOG_KEY) == ledger.checkpoint()
