import io
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from audit.canonical import Plain
from audit.export import ExportError, archive, write_export
from audit.ledger import Unreadable
from audit.memory import MemoryLedger
from audit.verify import verify_export
from tests.builders.ledger import (
    LOG_KEY,
    ORIGIN,
    POLICY,
    a_change,
    a_ledger,
    act,
    an_empty_ledger,
    an_event,
)
from tests.plugin import verifies


def test_an_export_holds_every_entry_and_what_it_refers_to(tmp_path: Path) -> None:
    ledger = a_ledger(300)
    exported = write_export(ledger, tmp_path / "out", POLICY)
    assert (exported.size, exported.blobs, exported.missing) == (300, 6, ())
    report = verify_export(tmp_path / "out", POLICY)
    assert report.holds
    assert report.notes == ()


def test_an_export_ends_at_the_checkpoint(tmp_path: Path) -> None:
    ledger = a_ledger()
    act(ledger, "batch/B-9")
    assert write_export(ledger, tmp_path / "out", POLICY).size == 12
    assert verify_export(tmp_path / "out", POLICY).holds


@verifies("P11-10b-1")
def test_an_archive_unpacks_to_the_same_export_and_ends_with_its_checkpoint(
    tmp_path: Path,
) -> None:
    ledger = a_ledger(300)
    write_export(ledger, tmp_path / "out", POLICY)
    pieces = list(archive(ledger, POLICY, "ledger-300", at=1_700_000_000))
    with tarfile.open(fileobj=io.BytesIO(b"".join(pieces))) as packed:
        names = packed.getnames()
        packed.extractall(tmp_path, filter="data")
        assert {member.mtime for member in packed} == {1_700_000_000}
    assert names[-1] == "ledger-300/checkpoint"
    assert held(tmp_path / "ledger-300") == held(tmp_path / "out")
    assert verify_export(tmp_path / "ledger-300", POLICY).holds


@verifies("P11-10b-1")
def test_an_archive_that_was_cut_short_does_not_verify(tmp_path: Path) -> None:
    cut = b"".join(list(archive(a_ledger(300), POLICY, "ledger", at=0))[:-8])
    with (
        tarfile.open(fileobj=io.BytesIO(cut), mode="r|") as packed,
        pytest.raises(tarfile.ReadError, match="unexpected end"),
    ):
        packed.extractall(tmp_path, filter="data")
    assert not verify_export(tmp_path / "ledger", POLICY).holds


def held(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def test_an_export_of_nothing_holds(tmp_path: Path) -> None:
    ledger = an_empty_ledger()
    ledger.seal(LOG_KEY)
    (tmp_path / "out").mkdir()
    write_export(ledger, tmp_path / "out", POLICY)
    assert verify_export(tmp_path / "out", POLICY).holds


@pytest.mark.parametrize("there", ["a file", "a folder with something in it"])
def test_an_export_never_writes_over_anything(tmp_path: Path, there: str) -> None:
    out = tmp_path / "out"
    if there == "a file":
        out.write_text("mine")
    else:
        out.mkdir()
        (out / "mine").write_text("mine")
    with pytest.raises(ExportError, match="not an empty folder"):
        write_export(a_ledger(), out, POLICY)


def test_an_export_that_fails_leaves_nothing(tmp_path: Path) -> None:
    class Failing(MemoryLedger):
        def leaves(self, start: int, end: int) -> Iterator[bytes]:
            yield from super().leaves(start, end - 1)
            raise Unreadable(end - 1, end, "the last entry", "gone")

    ledger = Failing(ORIGIN, an_empty_ledger()._clock)
    act(ledger, "batch/B-1")
    ledger.seal(LOG_KEY)
    with pytest.raises(Unreadable, match="the last entry: gone"):
        write_export(ledger, tmp_path / "out", POLICY)
    assert list(tmp_path.iterdir()) == []


def test_an_export_tells_where_it_could_not_be_written(tmp_path: Path) -> None:
    class Full(MemoryLedger):
        def leaves(self, start: int, end: int) -> Iterator[bytes]:
            yield from super().leaves(start, end)
            raise OSError(28, "No space left on device", "/full")

    ledger = Full(ORIGIN, an_empty_ledger()._clock)
    ledger.seal(LOG_KEY)
    with pytest.raises(ExportError, match="/full cannot be written: No space left"):
        write_export(ledger, tmp_path / "out", POLICY)
    assert list(tmp_path.iterdir()) == []


def test_entries_that_are_missing_are_told(tmp_path: Path) -> None:
    ledger = a_ledger()
    del ledger._entries[-1]
    with pytest.raises(ExportError, match="tells 12 entries, 11 were found"):
        write_export(ledger, tmp_path / "out", POLICY)


def test_a_ledger_that_does_not_hold_is_exported_as_it_stands(tmp_path: Path) -> None:
    ledger = a_ledger()
    entry = ledger._entries[2]
    ledger._entries[2] = entry._replace(leaf=entry.leaf.replace(b"batchline-entry", b"x"))
    lost = entry_blob(ledger)
    del ledger._kept[lost]
    exported = write_export(ledger, tmp_path / "out", POLICY)
    assert exported.missing == (lost,)
    report = verify_export(tmp_path / "out", POLICY)
    assert [breach.kind.value for breach, _ in report.breaches][:3] == ["root", "tile", "form"]
    assert report.breaches[1][0].place == "entry 2"


def entry_blob(ledger: MemoryLedger) -> str:
    (recipe,) = ledger.read("recipe/R-1")
    return recipe.references[0].digest


def test_changes_that_are_none_are_exported_as_they_stand(tmp_path: Path) -> None:
    ledger = an_empty_ledger()
    for _ in range(400):
        ledger.capture(a_change(note="n" * 100))
    act(ledger, "batch/B-1")
    act(ledger, "batch/B-1")
    ledger.seal(LOG_KEY)
    for name in ledger._kept:
        ledger._kept[name] = b"no changes"
    write_export(ledger, tmp_path / "out", POLICY)
    report = verify_export(tmp_path / "out", POLICY)
    assert [breach.kind.value for breach, _ in report.breaches] == ["blob"]


def test_a_blob_that_two_entries_share_is_written_once(tmp_path: Path) -> None:
    ledger = an_empty_ledger()
    told: Plain = {"sha256": ledger.keep(b"picture"), "size": 7}
    act(ledger, "batch/B-1", an_event(picture=told))
    act(ledger, "batch/B-1", an_event(picture=told))
    ledger.seal(LOG_KEY)
    assert write_export(ledger, tmp_path / "out", POLICY).blobs == 1


def test_tiles_that_the_log_does_not_keep_are_made(tmp_path: Path) -> None:
    class Sparse(MemoryLedger):
        def tile(self, level: int, index: int, width: int) -> None:
            return None

    ledger = Sparse(ORIGIN, an_empty_ledger()._clock)
    act(ledger, "batch/B-1")
    ledger.seal(LOG_KEY)
    write_export(ledger, tmp_path / "out", POLICY)
    assert verify_export(tmp_path / "out", POLICY).holds
