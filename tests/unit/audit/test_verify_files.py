"""Damage by damage: what can be wrong with the files of an export, and with blobs and keys."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from audit.canonical import Plain, canonical
from audit.checkpoint import Checkpoint, SigningKey
from audit.entry import entry_hash, parse_leaf
from audit.export import write_export
from audit.layout import Directory, tile_path
from audit.ledger import BreachKind, Unreadable
from audit.memory import MemoryLedger
from audit.merkle import Frontier, root_of
from audit.policy import KeyPeriod, Policy
from audit.verify import Report, verify, verify_export
from tests.builders.ledger import (
    LOG_KEY,
    ORIGIN,
    POLICY,
    a_change,
    a_ledger,
    act,
    an_empty_ledger,
    an_event,
    an_export,
    leaves_of,
    sealed_anew,
    signed_act,
)
from tests.plugin import verifies

SIZE = 12
BUNDLE = tile_path(None, 0, SIZE)


@pytest.fixture
def export(tmp_path: Path) -> Path:
    return an_export(tmp_path)


def kinds(report: Report) -> list[str]:
    return [breach.kind.value for breach, _ in report.breaches]


def text_of(report: Report, kind: BreachKind) -> str:
    return next(str(breach) for breach, _ in report.breaches if breach.kind is kind)


@verifies("P11-70-1")
@pytest.mark.parametrize("damage", ["changed", "longer", "missing"])
def test_a_changed_attachment_is_named(export: Path, damage: str) -> None:
    shown = next(iter(parse_leaf(leaves_of(export)[6]).references)).digest
    path = export / "blob" / shown
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes().replace(b"S", b"s") + b"!" * (damage == "longer"))
    report = verify_export(export, POLICY)
    assert kinds(report) == ["blob"]
    assert f"entry 6, blob/{shown}" in str(report.breaches[0][0])


def test_a_blob_of_another_size_than_told_is_named() -> None:
    ledger = an_empty_ledger()
    told: Plain = {"sha256": ledger.keep(b"12345"), "size": 6}
    act(ledger, "batch/B-1", an_event(picture=told))
    ledger.seal(LOG_KEY)
    assert "it has 5 bytes, the entry says 6" in text_of(verify(ledger, POLICY), BreachKind.BLOB)


@pytest.mark.parametrize(
    ("content", "count", "size", "reason"),
    [
        (b"[]", 1, 2, "it holds 0 changes, the entry says 1"),
        (b"[ ]", 0, 3, "not the canonical form"),
        (b"[1]", 1, 3, "a change has exactly"),
        (b"[]", 0, 1 << 31, "it has 2 bytes"),
        (
            canonical({"count": 1, "sha256": "ab" * 32, "size": 1}),
            1,
            None,
            "holds a stand-in itself",
        ),
    ],
)
def test_changes_kept_beside_an_entry_are_read_as_strictly(
    content: bytes, count: int, size: int | None, reason: str
) -> None:
    ledger = Forged(content, count, len(content) if size is None else size)
    assert reason in " ".join(verify(ledger, POLICY).lines())


class Forged(MemoryLedger):
    """A ledger whose database claims an array of changes that the blob does not hold."""

    def __init__(self, content: bytes, count: int, size: int) -> None:
        super().__init__(ORIGIN, an_empty_ledger()._clock)
        self._told: dict[str, int | str] = {
            "count": count,
            "sha256": self.keep(content),
            "size": size,
        }
        act(self, "batch/B-1")
        self.seal(LOG_KEY)

    def _changes(self) -> Mapping[str, int | str]:
        return self._told


class Sparse(MemoryLedger):
    """A ledger that keeps no hashes beside its entries."""

    def tile(self, level: int, index: int, width: int) -> None:
        return None


def test_a_log_that_keeps_no_tiles_is_verified_from_its_entries() -> None:
    ledger = Sparse(ORIGIN, an_empty_ledger()._clock)
    act(ledger, "batch/B-1")
    ledger.seal(LOG_KEY)
    assert verify(ledger, POLICY).holds


def test_two_sizes_told_of_one_blob_cannot_both_be_true() -> None:
    ledger = an_empty_ledger()
    named = ledger.keep(b"12345")
    for size in (5, 6, 7):
        told: Plain = {"sha256": named, "size": size}
        act(ledger, "batch/B-1", an_event(picture=told))
    ledger.seal(LOG_KEY)
    (line, *_) = verify(ledger, POLICY).lines()
    assert line.startswith("BREACH blob: entry 1, blob/")
    assert line.endswith("it has 5 bytes, the entry says 6 (and 1 more)")


class Rubble:
    """A source of 65,537 leaves, none of them an entry, and one hash for a tile of roots."""

    def __init__(self, root: bytes) -> None:
        self.frontier, self.root = Frontier(), root
        self.frontier.extend([entry_hash(b"rubble")] * 65_537)

    def checkpoint(self) -> bytes:
        return Checkpoint(ORIGIN, 65_537, self.frontier.root()).sign(LOG_KEY)

    def leaves(self, start: int, end: int) -> Iterator[bytes]:
        return iter([b"rubble"] * (end - start))

    def tile(self, level: int, index: int, width: int) -> bytes | None:
        return self.root * 256 if (level, index, width) == (1, 0, 256) else None

    def blob(self, digest: str) -> None:
        return None

    def blobs(self) -> Iterator[str]:
        return iter(())


def test_a_damaged_tile_of_roots_is_named() -> None:
    good = root_of([entry_hash(b"rubble")] * 256)
    assert kinds(verify(Rubble(good), POLICY)) == ["form"]
    report = verify(Rubble(bytes(32)), POLICY)
    assert kinds(report) == ["tile", "form"]
    assert report.breaches[0][1] == 256
    assert "tile/1/000: hash 0 is 00" in str(report.breaches[0][0])


def test_changes_larger_than_a_database_can_hold_are_not_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("audit.verify.CHANGES_BYTES_MOST", 1)
    report = verify(Forged(b"[]", 0, 2), POLICY)
    assert "2 bytes are more than an array of changes can have" in str(report.breaches[0][0])


def test_a_text_that_is_no_entry_is_named(export: Path) -> None:
    leaves = leaves_of(export)
    leaves[-1] = b"not an entry"
    sealed_anew(export, leaves)
    report = verify_export(export, POLICY)
    assert kinds(report) == ["form"]
    assert text_of(report, BreachKind.FORM).startswith("form: entry 11: a leaf is four lines")


@pytest.mark.parametrize("damage", ["missing", "cut", "longer", "empty", "a folder"])
def test_a_damaged_bundle_is_named_and_reading_goes_on(tmp_path: Path, damage: str) -> None:
    ledger = an_empty_ledger()
    for _ in range(600):
        act(ledger, "batch/B-1")
    ledger.seal(LOG_KEY)
    export = an_export(tmp_path, ledger)
    path = export / tile_path(None, 1)
    content = path.read_bytes()
    path.unlink()
    if damage == "a folder":
        path.mkdir()
    elif damage != "missing":
        path.write_bytes({"cut": content[:-1], "longer": content + b"\0", "empty": b""}[damage])
    report = verify_export(export, POLICY)
    assert kinds(report) == ["root", "missing", "tile", "sequence", "chain"]
    assert report.breaches[1][1] == 256
    assert report.breaches[1][0].place == "tile/entries/001"
    assert report.counts["entries"] == 344


def test_a_log_that_ends_before_its_checkpoint_is_named() -> None:
    ledger = a_ledger()
    del ledger._entries[-1]
    report = verify(ledger, POLICY)
    assert "missing: entry 11: no such entry" in list(report.lines())[1]


def test_a_log_without_any_entry_is_not_read_to_its_promised_end(export: Path) -> None:
    size = 10**15
    (export / "checkpoint").write_bytes(Checkpoint(ORIGIN, size, bytes(32)).sign(LOG_KEY))
    report = verify_export(export, POLICY)
    assert kinds(report) == ["missing"]
    assert "note: reading stopped at entry 0" in list(report.lines())


@pytest.mark.parametrize(
    ("level", "damage", "found"),
    [
        (0, "changed", "tile"),
        (1, "changed", "tile"),
        (1, "missing", "missing"),
        (0, "cut", "tile"),
        (1, "longer", "tile"),
    ],
)
def test_a_damaged_tile_is_named(tmp_path: Path, level: int, damage: str, found: str) -> None:
    ledger = an_empty_ledger()
    for _ in range(300):
        act(ledger, "batch/B-1")
    ledger.seal(LOG_KEY)
    export = an_export(tmp_path, ledger)
    path = export / tile_path(level, 0, 256 if level == 0 else 1)
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        changed = bytes([content[0] ^ 1]) + content[1:]
        path.write_bytes({"changed": changed, "cut": content[:-1]}.get(damage, content * 2))
    assert kinds(verify_export(export, POLICY)) == [found]


@pytest.mark.parametrize(
    "note", [b"", b"\xff", b"no note\n", b"a\n1\n\n\xe2\x80\x94 x AAAAAAAA\n", None]
)
def test_without_a_checkpoint_nothing_is_believed(export: Path, note: bytes | None) -> None:
    (export / "checkpoint").unlink()
    if note is not None:
        (export / "checkpoint").write_bytes(note)
    report = verify_export(export, POLICY)
    assert kinds(report) == ["checkpoint"]
    assert report.counts["entries"] == 0


def test_a_retained_checkpoint_that_we_cannot_trust_is_named(export: Path) -> None:
    foreign = Checkpoint(ORIGIN, 3, bytes(32)).sign(SigningKey(ORIGIN, bytes(32)))
    assert kinds(verify_export(export, POLICY, {"found": foreign})) == ["retained"]


def test_a_log_key_is_good_only_for_its_sizes(export: Path) -> None:
    for last, good in ((11, False), (12, True)):
        policy = replace(POLICY, log_keys=(KeyPeriod(LOG_KEY.verifying, 0, last),))
        assert verify_export(export, policy).holds is good


@verifies("P11-70-1")
def test_the_policy_in_the_export_is_compared_and_never_trusted(export: Path) -> None:
    path = export / "policy.json"
    thief = SigningKey(ORIGIN, bytes(32))
    path.write_bytes(Policy.of(ORIGIN, [thief.verifying], []).text)
    assert kinds(verify_export(export, POLICY)) == ["policy"]
    path.write_bytes(b"{}")
    assert kinds(verify_export(export, POLICY)) == ["policy"]
    path.write_bytes(POLICY.text + b"\n")
    assert kinds(verify_export(export, POLICY)) == ["policy"]
    path.write_bytes(replace(POLICY, signature_keys=()).text)
    report = verify_export(export, POLICY)
    assert report.holds
    assert "differs from the pinned policy" in report.notes[0]
    path.unlink()
    report = verify_export(export, POLICY)
    assert report.holds
    assert "policy.json: there is no such file" in report.notes[0]


def test_files_that_belong_to_no_entry_are_told(export: Path) -> None:
    (export / "readme.txt").write_text("trust me")
    (export / "link").symlink_to("/")
    stray = export / "blob" / "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    stray.write_bytes(b"")
    report = verify_export(export, POLICY)
    assert report.holds
    assert report.notes == (
        f"1 blobs are referred to by no entry, first {stray.name}",
        "2 files belong to no export of this size, first 'link'",
    )
    stray.write_bytes(b"not what it is called")
    assert kinds(verify_export(export, POLICY)) == ["blob"]


def test_a_blob_that_cannot_be_read_is_named(export: Path) -> None:
    class Failing(Directory):
        def blob(self, digest: str) -> Iterator[bytes]:
            yield digest.encode()
            raise OSError(5, "Input/output error")

    report = verify(Failing(export), POLICY)
    assert kinds(report) == ["blob"]
    assert "cannot be read: Input/output error" in str(report.breaches[0][0])


def test_a_source_that_loses_its_place_is_still_read_to_the_end() -> None:
    class Stuck(MemoryLedger):
        def leaves(self, start: int, end: int) -> Iterator[bytes]:
            yield from super().leaves(start, start)
            raise Unreadable(start, start, "somewhere", "stuck")

    ledger = Stuck(ORIGIN, an_empty_ledger()._clock)
    act(ledger, "batch/B-1")
    act(ledger, "batch/B-1")
    ledger.seal(LOG_KEY)
    report = verify(ledger, POLICY)
    assert kinds(report) == ["missing"]
    assert report.breaches[0][1] == 2


def test_a_report_cannot_command_a_terminal(export: Path) -> None:
    leaves = leaves_of(export)
    leaves[-1] = leaves[-1].replace(b"batchline_app", b"\x1b[2Jgone")
    sealed_anew(export, leaves)
    lines = "\n".join(verify_export(export, POLICY).lines())
    assert "\x1b" not in lines
    assert "DOES NOT HOLD" in lines


def test_a_report_can_be_read_by_programs(export: Path) -> None:
    (export / "checkpoint").unlink()
    plain = verify_export(export, POLICY).plain()
    assert canonical(plain)
    assert plain["holds"] is False


def test_two_processes_find_what_one_finds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("audit.verify.STRETCH", 512)
    ledger = an_empty_ledger()
    ledger.capture(a_change())
    streams = ["batch/B-0", "batch/B-1", "lot/L-1"]
    for number in range(1_300):
        act(ledger, streams[number % 3])
    early = ledger.seal(LOG_KEY)
    signed_act(ledger, "batch/B-0")
    ledger.seal(LOG_KEY)
    export = an_export(tmp_path, ledger)
    alone = verify_export(export, POLICY, {"early": early})
    assert alone.holds, list(alone.lines())
    assert verify_export(export, POLICY, {"early": early}, processes=2) == alone
    path = export / tile_path(None, 2)
    path.write_bytes(path.read_bytes().replace(b'"seq":2', b'"seq":3', 1))
    alone = verify_export(export, POLICY)
    assert kinds(alone) == ["root", "tile", "sequence", "chain"]
    assert verify_export(export, POLICY, processes=2) == alone


def test_a_folder_made_from_a_folder_is_the_same(export: Path, tmp_path: Path) -> None:
    again = tmp_path / "again"
    write_export(Directory(export), again, POLICY)
    for path in Directory(export).files():
        assert (again / path).read_bytes() == (export / path).read_bytes()
