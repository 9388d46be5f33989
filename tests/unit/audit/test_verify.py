"""Attack by attack: what somebody with the files, but without the keys, could try."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from audit.canonical import Plain, canonical
from audit.checkpoint import Checkpoint, SigningKey
from audit.entry import Header, entry_hash, genesis, leaf, parse_leaf
from audit.export import write_export
from audit.layout import Directory, pack, tile_path, unpack
from audit.ledger import BreachKind, Unreadable
from audit.memory import MemoryLedger
from audit.merkle import Frontier
from audit.policy import KeyPeriod, Policy
from audit.signature import SignedAct, prove
from audit.verify import Report, verify, verify_export
from tests.builders.ledger import (
    LOG_KEY,
    ORIGIN,
    POLICY,
    SIGNATURE_KEY,
    a_body,
    a_change,
    a_draft,
    a_ledger,
    act,
    an_empty_ledger,
    an_event,
    an_export,
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


def sealed_anew(folder: Path, leaves: list[bytes], key: SigningKey = LOG_KEY) -> None:
    """Rewrite everything that an intruder with the log's key could: bundles, tiles, checkpoint."""
    shutil.rmtree(folder / "tile")
    frontier = Frontier()
    for start in range(0, len(leaves), 256):
        row = leaves[start : start + 256]
        write(folder / tile_path(None, start // 256, len(row)), pack(row))
        for tile in frontier.extend(map(entry_hash, row)):
            write(folder / tile_path(tile.level, tile.index), tile.content)
    for tile in frontier.tiles():
        write(folder / tile_path(tile.level, tile.index, len(tile.hashes)), tile.content)
    checkpoint = Checkpoint(ORIGIN, frontier.size, frontier.root())
    (folder / "checkpoint").write_bytes(checkpoint.sign(key))


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def leaves_of(folder: Path) -> list[bytes]:
    return unpack((folder / BUNDLE).read_bytes(), SIZE)


def test_a_whole_ledger_holds(export: Path) -> None:
    report = verify_export(export, POLICY, {"mine": (export / "checkpoint").read_bytes()})
    assert report.holds, list(report.lines())
    assert report.notes == ()
    assert report.counts == {
        "entries": SIZE,
        "streams": 6,
        "signatures": 2,
        "changes": 306,
        "blobs": 6,
    }
    assert verify(a_ledger(), POLICY) == report
    assert list(report.lines())[-1].endswith(f"root {report.root}: holds")


def test_an_empty_ledger_holds() -> None:
    ledger = an_empty_ledger()
    note = ledger.seal(LOG_KEY)
    assert verify(ledger, POLICY, {"first": note}).holds
    forged = Checkpoint(ORIGIN, 0, bytes(32)).sign(LOG_KEY)
    assert kinds(verify(ledger, POLICY, {"first": forged})) == ["retained"]


@verifies("P11-10e-1", "P11-70-1")
def test_an_edited_entry_is_named(export: Path) -> None:
    content = (export / BUNDLE).read_bytes()
    (export / BUNDLE).write_bytes(content.replace(b"12.50", b"12.60", 1))
    report = verify_export(export, POLICY)
    assert kinds(report) == ["root", "tile", "chain"]
    assert text_of(report, BreachKind.TILE).startswith("tile: entry 0: its bytes have the hash")


@verifies("P11-10e-1")
def test_an_entry_edited_with_all_hashes_after_it_is_found(export: Path) -> None:
    leaves = leaves_of(export)
    leaves[0] = leaves[0].replace(b"12.50", b"12.60")
    sealed_anew(export, leaves, SigningKey(ORIGIN, bytes(32)))
    assert kinds(verify_export(export, POLICY)) == ["checkpoint"]
    sealed_anew(export, leaves)
    assert kinds(verify_export(export, POLICY)) == ["chain"]


def rewritten(leaves: list[bytes]) -> list[bytes]:
    """All chains made to fit again, as a thief of every key but the signatures' could."""
    heads: dict[str, bytes] = {}
    result = []
    for one in leaves:
        entry = parse_leaf(one)
        stream = entry.header.stream
        prev = heads.get(stream, genesis(ORIGIN, stream)).hex()
        again = leaf(entry.header._replace(prev=prev), entry.body, entry.changes)
        heads[stream] = entry_hash(again)
        result.append(again)
    return result


@verifies("P11-10e-1")
def test_a_log_rewritten_with_a_stolen_key_is_seen_by_who_kept_a_checkpoint(export: Path) -> None:
    kept = (export / "checkpoint").read_bytes()
    leaves = leaves_of(export)
    leaves[1] = leaves[1].replace(b"12.50", b"12.60")
    sealed_anew(export, rewritten(leaves))
    assert verify_export(export, POLICY).holds
    report = verify_export(export, POLICY, {"in the safe": kept})
    assert kinds(report) == ["retained"]
    assert "in the safe: its first 12 entries are not those" in str(report.breaches[0][0])


@verifies("P11-10e-1")
def test_a_tail_cut_off_is_seen_by_who_kept_a_checkpoint(export: Path) -> None:
    kept = (export / "checkpoint").read_bytes()
    sealed_anew(export, leaves_of(export)[:-2])
    report = verify_export(export, POLICY, {"in the safe": kept})
    assert kinds(report) == ["retained"]
    assert "it saw 12 entries, the log ends at 10" in str(report.breaches[0][0])


def test_every_earlier_checkpoint_is_a_beginning() -> None:
    ledger = an_empty_ledger()
    kept = {"at 0": ledger.seal(LOG_KEY)}
    for size in (1, 255, 256, 257, 512, 520):
        while sum(head.seq for head in map(ledger.head, ("batch/B-0", "batch/B-1"))) < size:
            act(ledger, f"batch/B-{len(kept) % 2}")
        kept[f"at {size}"] = ledger.seal(LOG_KEY)
    assert verify(ledger, POLICY, kept).holds
    other = an_empty_ledger()
    for _ in range(300):
        act(other, "lot/L-1")
    report = verify(ledger, POLICY, {**kept, "of another log": other.seal(LOG_KEY)})
    assert kinds(report) == ["retained"]


@pytest.mark.parametrize(
    ("attack", "found"),
    [
        (lambda leaves: leaves[:3] + leaves[4:], ["sequence", "chain"]),
        (lambda leaves: leaves[1:], ["sequence", "chain"]),
        (lambda leaves: [*leaves, leaves[-1]], ["sequence", "chain"]),
        (lambda leaves: [leaves[3], leaves[0], *leaves[1:3], *leaves[4:]], ["sequence", "chain"]),
    ],
)
@verifies("P11-10e-1")
def test_an_entry_dropped_doubled_or_moved_is_found_even_with_the_logs_key(
    export: Path, attack: Callable[[list[bytes]], list[bytes]], found: list[str]
) -> None:
    sealed_anew(export, attack(leaves_of(export)))
    report = verify_export(export, POLICY)
    assert [kind for kind in kinds(report) if kind != "time"] == found


@verifies("P11-70-1")
def test_a_signed_act_replayed_into_another_stream_is_found() -> None:
    ledger = an_empty_ledger()
    signed_act(ledger, "batch/B-0")
    (entry,) = ledger.read("batch/B-0")
    ledger.append("batch/B-1", 0, entry.body)
    ledger.seal(LOG_KEY)
    report = verify(ledger, POLICY)
    assert kinds(report) == ["signature"]
    assert "entry 1 (batch/B-1, sequence 1)" in str(report.breaches[0][0])


@verifies("P11-70-1")
def test_signatures_swapped_between_two_acts_are_found() -> None:
    ledger = an_empty_ledger()
    signed_act(ledger, "batch/B-0", "r-1")
    signed_act(ledger, "batch/B-1", "r-2")
    (one,), (two,) = ledger.read("batch/B-0"), ledger.read("batch/B-1")
    ledger.append("batch/B-0", 1, {**one.body, "signatures": two.body["signatures"]})
    ledger.seal(LOG_KEY)
    assert kinds(verify(ledger, POLICY)) == ["signature"]


@verifies("P11-70-1", "P11-50b-1")
@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("proof", None),
        ("name", ""),
        ("name", "J. Brandt"),
        ("meaning", "witnessed"),
        ("meaning", ""),
        ("at", "2026-01-31T12:00:00.000001Z"),
        ("at", "yesterday"),
    ],
)
def test_a_signature_without_its_own_name_instant_meaning_or_proof_is_named(
    part: str, value: str | None
) -> None:
    ledger = an_empty_ledger()
    events = (an_event(),)
    shown = ledger.keep(b"{}")
    signed = prove(SIGNATURE_KEY, a_draft(shown), SignedAct(events, "r-1", ORIGIN, "batch/B-1"))
    body = {**a_body(*events), "signatures": [{**signed.plain(), part: value}]}
    ledger.append("batch/B-1", 0, body)
    ledger.seal(LOG_KEY)
    report = verify(ledger, POLICY)
    assert kinds(report) == ["signature"]
    assert report.counts["signatures"] == 1


@verifies("P11-70-1")
def test_a_signature_is_good_only_under_a_key_of_its_time() -> None:
    ledger = a_ledger()
    for first, last, good in ((0, 7, False), (7, 8, True), (8, None, False)):
        period = KeyPeriod(SIGNATURE_KEY.verifying, first, last)
        report = verify(ledger, replace(POLICY, signature_keys=(period,)))
        assert report.holds is good
    assert kinds(verify(ledger, replace(POLICY, signature_keys=()))) == ["signature"]


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


def test_changes_larger_than_a_database_can_hold_are_not_loaded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("audit.verify.CHANGES_BYTES_MOST", 1)
    report = verify(Forged(b"[]", 0, 2), POLICY)
    assert "2 bytes are more than an array of changes can have" in str(report.breaches[0][0])


def test_an_entry_of_another_site_is_named() -> None:
    ledger = an_empty_ledger()
    act(ledger, "batch/B-1")
    ledger.seal(LOG_KEY)
    (entry,) = ledger.read("batch/B-1")
    foreign = entry.header._replace(site="batchline.example/other/audit")
    ledger._entries[0] = parse_leaf(leaf(foreign, entry.body))
    assert "site" in kinds(verify(ledger, POLICY))


def test_a_clock_that_ran_back_is_named() -> None:
    ledger = an_empty_ledger()
    act(ledger, "batch/B-1")
    ledger._streams["batch/B-1"][0] = late = parse_leaf(
        leaf(
            Header(
                "2026-02-01T00:00:00.000000Z",
                genesis(ORIGIN, "batch/B-1").hex(),
                1,
                ORIGIN,
                "batch/B-1",
                "batchline_app",
                "1",
            ),
            a_body(),
        )
    )
    ledger._entries[0] = late
    early = Header(
        "2026-01-31T00:00:00.000000Z",
        late.hash.hex(),
        2,
        ORIGIN,
        "batch/B-1",
        "batchline_app",
        "2",
    )
    ledger._entries.append(parse_leaf(leaf(early, a_body())))
    ledger.seal(LOG_KEY)
    assert kinds(verify(ledger, POLICY)) == ["time"]


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
    assert "reading stopped at entry 0" in report.notes


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
