"""Attack by attack: what somebody with the files, but without the keys, could try."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from audit.canonical import Plain
from audit.checkpoint import Checkpoint, SigningKey
from audit.entry import Header, entry_hash, genesis, leaf, parse_leaf
from audit.layout import tile_path
from audit.ledger import BreachKind
from audit.policy import KeyPeriod
from audit.required import Required
from audit.signature import SignedAct, prove
from audit.verify import Report, verify, verify_export
from tests.builders.ledger import (
    LOG_KEY,
    ORIGIN,
    POLICY,
    SIGNATURE_KEY,
    a_body,
    a_draft,
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


KELLER, BRANDT = "M. Keller", "J. Brandt"
RULES = (
    Required("step.witnessed", ("witnessed",), apart=("performer",)),
    Required("value.corrected", ("corrected", "witnessed"), unless={"weighing": (None,)}),
    Required("lot.decided", ("decided", "decided"), when={"verb": ("block",)}),
    Required("lot.counted", ("decided",), when={"by_hand": (True,)}),
)
KEPT = {"performer": {"person": KELLER}}


@verifies("P11-70-1", "P11-200a2-1")
@pytest.mark.parametrize(
    ("kind", "data", "signed", "found"),
    [
        ("step.witnessed", KEPT, ["witnessed J. Brandt"], ""),
        ("step.witnessed", KEPT, [], "not signed as 'witnessed'"),
        ("step.witnessed", KEPT, ["performed J. Brandt"], "not signed as 'witnessed'"),
        ("step.witnessed", KEPT, ["witnessed M. Keller"], "as 'witnessed' by performer alone"),
        ("step.witnessed", KEPT, ["witnessed M. Keller", "witnessed J. Brandt"], ""),
        ("step.witnessed", {"performer": 7}, ["witnessed J. Brandt"], "whom its signer must not"),
        ("step.witnessed", {"performer": {}}, ["witnessed J. Brandt"], "whom its signer must not"),
        ("value.corrected", {"weighing": 1}, ["corrected M. Keller", "witnessed J. Brandt"], ""),
        (
            "value.corrected",
            {"weighing": 1},
            ["corrected M. Keller", "witnessed M. Keller"],
            "not signed by 2 different persons",
        ),
        ("value.corrected", {"weighing": 1}, ["corrected M. Keller"], "as 'witnessed'"),
        ("value.corrected", {"was": "1"}, [], ""),
        ("lot.decided", {"verb": "block"}, ["decided M. Keller"], "by 2 different persons"),
        ("lot.decided", {"verb": "block"}, ["decided M. Keller", "decided J. Brandt"], ""),
        ("lot.decided", {"verb": "unblock"}, [], ""),
        ("lot.counted", {"by_hand": 1}, [], ""),
        ("lot.counted", {"by_hand": True}, [], "not signed as 'decided'"),
        ("lot.moved", {"by_hand": True}, [], ""),
    ],
)
def test_an_act_without_the_signatures_of_the_policy_is_named(
    kind: str, data: dict[str, Plain], signed: list[str], found: str
) -> None:
    ledger = an_empty_ledger()
    events, shown = [an_event(kind, **data)], ledger.keep(b"what was shown")
    bound = SignedAct(events, "r-1", ORIGIN, "batch/1")
    signatures = [
        prove(SIGNATURE_KEY, a_draft(shown, meaning=meaning, person=person), bound)
        for meaning, _, person in (each.partition(" ") for each in signed)
    ]
    act(ledger, "batch/1", *events, request="r-1", signatures=signatures)
    ledger.seal(LOG_KEY)
    report = verify(ledger, replace(POLICY, required=RULES))
    assert verify(ledger, POLICY).holds
    assert kinds(report) == (["unsigned"] if found else [])
    if found:
        said = text_of(report, BreachKind.UNSIGNED)
        assert said.startswith(f"unsigned: entry 0 (batch/1, sequence 1): {kind} ")
        assert found in said


def test_signatures_that_are_none_count_as_missing() -> None:
    ledger = an_empty_ledger()
    body = a_body(an_event("lot.counted", by_hand=True))
    body["signatures"] = [7, {"meaning": "decided"}, {"meaning": "decided", "person": None}]
    ledger.append("batch/1", 0, body)
    ledger.seal(LOG_KEY)
    report = verify(ledger, replace(POLICY, required=RULES))
    assert kinds(report) == ["signature", "unsigned"]
