from collections.abc import Mapping

import pytest

from audit.canonical import CanonicalError, Plain, canonical
from audit.entry import (
    LEAF_BYTES_BELOW,
    EntryError,
    Header,
    Reference,
    abridge,
    checked_body,
    checked_changes,
    compose_body,
    entry_hash,
    genesis,
    is_stand_in,
    leaf,
    parse_leaf,
)
from audit.merkle import leaf_hash
from audit.signature import SignedAct, prove
from tests.builders.ledger import (
    KELLER,
    ORIGIN,
    SIGNATURE_KEY,
    a_body,
    a_change,
    a_draft,
    an_event,
)
from tests.plugin import verifies

STREAM = "batch/B-1"
HEADER = Header(
    at="2026-01-31T12:00:00.000000Z",
    prev=genesis(ORIGIN, STREAM).hex(),
    seq=1,
    site=ORIGIN,
    stream=STREAM,
    user="batchline_app",
    xid="742",
)
NAMED = "ab" * 32
STAND_IN: dict[str, Plain] = {"sha256": NAMED, "size": 5000}
LEAF = leaf(HEADER, a_body(), [a_change()])


def with_line(number: int, text: bytes) -> bytes:
    lines = LEAF.split(b"\n")
    lines[number] = text
    return b"\n".join(lines)


def test_an_entry_is_read_as_it_was_written() -> None:
    signed = prove(SIGNATURE_KEY, a_draft(NAMED), SignedAct((an_event(),), "r-1", ORIGIN, STREAM))
    body = a_body(signatures=(signed,), refs=("lot/L-1",))
    entry = parse_leaf(leaf(HEADER, body, []))
    assert entry.header == HEADER
    assert entry.body == body
    assert entry.act == "batch.value.recorded"
    assert entry.events == [an_event()]
    assert entry.actor == KELLER
    assert entry.refs == ["lot/L-1"]
    assert (entry.request, entry.station) == ("r-1", "DB-2")
    assert entry.signatures == (signed,)
    assert entry.references == (Reference(NAMED),)
    assert entry.hash == entry_hash(entry.leaf) == leaf_hash(entry.leaf)


def test_the_user_may_have_any_name_a_database_allows() -> None:
    for user in ('dr "who"\\', "Müller", "tab\there", "a b"):
        assert parse_leaf(leaf(HEADER._replace(user=user), a_body())).header.user == user


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "four lines"),
        (LEAF + b"\n", "four lines"),
        (LEAF + b"\xff", "not UTF-8"),
        (b"x" * LEAF_BYTES_BELOW, "a leaf of 65536 bytes"),
        (with_line(0, b"batchline-entry/v2"), "version 'batchline-entry/v2'"),
        (with_line(0, b""), "version ''"),
        (with_line(1, b"{}"), "not as the database writes it"),
        (with_line(1, LEAF.split(b"\n")[1].replace(b":", b": ", 1)), "not as the database"),
        (with_line(1, LEAF.split(b"\n")[1].replace(b"01-31T", b"02-31T")), "no day"),
        (with_line(1, LEAF.split(b"\n")[1].replace(b"line_app", b"\\u0041")), "the user"),
        (with_line(1, LEAF.split(b"\n")[1].replace(b"line_app", b"\x01")), "the user"),
        (with_line(1, LEAF.split(b"\n")[1].replace(b'"seq":1', b'"seq":0')), "not as the"),
        (with_line(2, b"{"), "body or changes"),
        (with_line(2, b"[]"), "a body has exactly"),
        (with_line(2, LEAF.split(b"\n")[2] + b" "), "body or changes"),
        (with_line(3, b"null"), "changes are an array"),
        (with_line(3, b""), "body or changes"),
        (with_line(3, b"{}"), "changes are an array"),
    ],
)
def test_a_leaf_is_read_strictly(content: bytes, reason: str) -> None:
    with pytest.raises(EntryError, match=reason):
        parse_leaf(content)


def test_a_leaf_that_could_not_be_read_again_is_not_written() -> None:
    with pytest.raises(EntryError, match="a leaf of"):
        leaf(HEADER, a_body(an_event(text="x" * 65_536)))
    with pytest.raises(EntryError, match="not as the database"):
        leaf(HEADER._replace(stream="no stream"), a_body())
    with pytest.raises(CanonicalError, match="float"):
        leaf(HEADER, a_body(an_event(weight=1.5)))  # type: ignore[arg-type]  # that is tried


def body_with(**parts: Plain) -> Mapping[str, Plain]:
    return {**a_body(), **parts}


SERVICE: dict[str, Plain] = {**KELLER, "kind": "service", "person": None}


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (None, "a body has exactly"),
        ({**a_body(), "more": 1}, "a body has exactly"),
        (body_with(request=None), "request and station"),
        (body_with(station=1), "request and station"),
        (body_with(actor=None), "an actor has exactly"),
        (body_with(actor={"name": "M. Keller"}), "an actor has exactly"),
        (body_with(actor={**KELLER, "name": None}), "name and a role"),
        (body_with(actor={**KELLER, "role": 1}), "name and a role"),
        (body_with(actor={**KELLER, "person": 1}), "the person of an actor"),
        (body_with(actor={**KELLER, "account": []}), "the account of an actor"),
        (body_with(actor={**KELLER, "kind": "robot"}), "human or service"),
        (body_with(actor={**KELLER, "kind": []}), "human or service"),
        (body_with(events=[]), "at least one event"),
        (body_with(events={}), "at least one event"),
        (body_with(events=[1]), "an event has exactly"),
        (body_with(events=[{"kind": "a", "v": 1}]), "an event has exactly"),
        (body_with(events=[{**an_event(), "kind": 1}]), "words joined"),
        (body_with(events=[{**an_event(), "kind": "a..b"}]), "words joined"),
        (body_with(events=[{**an_event(), "v": 0}]), "a number from 1"),
        (body_with(events=[{**an_event(), "v": True}]), "a number from 1"),
        (body_with(events=[{**an_event(), "v": "1"}]), "a number from 1"),
        (body_with(events=[{**an_event(), "data": []}]), "is an object"),
        (body_with(act="batch.started"), "the act is 'batch.started'"),
        (body_with(act=[]), "the act is"),
        (body_with(reason="because"), "a reason is null"),
        (body_with(reason={"text": "because"}), "a reason is null"),
        (body_with(reason={"code": 1, "text": "because"}), "the code of a reason"),
        (body_with(reason={"code": None, "text": None}), "the text of a reason"),
        (body_with(signatures=None), "signatures are a list"),
        (body_with(refs=None), "refs are a list of streams"),
        (body_with(refs=[1]), "refs are a list of streams"),
        (body_with(refs=["lot"]), "refs are a list of streams"),
    ],
)
def test_a_body_has_the_promised_form(body: Plain, reason: str) -> None:
    with pytest.raises(EntryError, match=reason):
        checked_body(body)


@verifies("P11-100a-1")
def test_a_service_never_carries_a_persons_name() -> None:
    checked_body(body_with(actor=SERVICE))
    with pytest.raises(EntryError, match="a service acts under a person"):
        checked_body(body_with(actor={**SERVICE, "person": KELLER["person"]}))


def test_a_reason_may_be_long_or_without_a_code() -> None:
    checked_body(body_with(reason={"code": None, "text": STAND_IN}))
    checked_body(body_with(reason={"code": "typing", "text": "misread"}))


def test_a_body_without_events_is_not_composed() -> None:
    with pytest.raises(EntryError, match="at least one event"):
        compose_body([], actor=KELLER, station="DB-2", request="r-1")


def without(part: str) -> dict[str, Plain]:
    return {key: cell for key, cell in a_change().items() if key != part}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (1, "a change has exactly"),
        (without("key"), "a change has exactly"),
        ({**a_change(), "table": "step"}, "schema.table"),
        ({**a_change(), "table": None}, "schema.table"),
        ({**a_change(), "key": "7"}, "the key of a change"),
        ({**a_change(), "key": {"id": 7}}, "the key of a change"),
        ({**a_change(), "op": "TRUNCATE"}, "INSERT, UPDATE or DELETE"),
        ({**a_change(), "op": []}, "INSERT, UPDATE or DELETE"),
        ({**a_change(), "op": "INSERT"}, "do not fit INSERT"),
        ({**a_change(), "op": "DELETE"}, "do not fit DELETE"),
        ({**a_change(), "old": None}, "do not fit UPDATE"),
        ({**a_change(), "new": {"status": 1}}, "texts, stand-ins or null"),
        ({**a_change(), "new": ["done"]}, "texts, stand-ins or null"),
        ({**a_change(), "new": {"status": {**STAND_IN, "count": 1}}}, "texts, stand-ins"),
        ({**a_change(), "new": {"note": "x"}}, "the same cells before and after"),
    ],
)
def test_a_change_has_the_promised_form(change: Plain, reason: str) -> None:
    with pytest.raises(EntryError, match=reason):
        checked_changes([change])


def test_changes_are_told_or_stood_in_for() -> None:
    told = [a_change("INSERT"), a_change("UPDATE", note=STAND_IN, gone=None), a_change("DELETE")]
    assert checked_changes(told) == told
    assert checked_changes([]) == []
    whole: Plain = {**STAND_IN, "count": 400}
    assert checked_changes(whole) == whole
    entry = parse_leaf(leaf(HEADER, a_body(), {**STAND_IN, "count": 400}))
    assert entry.references == (Reference(NAMED, 5000, 400),)


@pytest.mark.parametrize(
    "changes",
    [
        STAND_IN,
        {**STAND_IN, "count": "1"},
        {**STAND_IN, "count": -1},
        {**STAND_IN, "count": None},
        {"count": 1, "sha256": NAMED, "size": True},
        {"count": 1, "sha256": "ab", "size": 1},
        {"count": 1, "sha256": 1, "size": 1},
    ],
)
def test_only_a_whole_stand_in_stands_for_changes(changes: Plain) -> None:
    with pytest.raises(EntryError, match="changes are an array"):
        checked_changes(changes)


def test_every_blob_an_entry_refers_to_is_found() -> None:
    data = an_event(pictures=[STAND_IN, {"note": STAND_IN}], other={"sha256": "no", "size": 1})
    assert is_stand_in(STAND_IN)
    body: dict[str, Plain] = {
        **a_body(data),
        "signatures": [{"shown": "cd" * 32}, {"shown": "no"}, 7],
    }
    entry = parse_leaf(leaf(HEADER, body, [a_change(note=STAND_IN)]))
    assert [reference.digest for reference in entry.references] == ["cd" * 32, *[NAMED] * 4]


def test_long_strings_are_kept_once_and_replaced() -> None:
    kept: list[bytes] = []

    def keep(content: bytes) -> str:
        kept.append(content)
        return NAMED

    value: Plain = {"short": "x" * 4096, "long": ["µ" * 2049], "number": 1, "none": None}
    assert abridge(value, keep) == {
        "short": "x" * 4096,
        "long": [{"sha256": NAMED, "size": 4098}],
        "number": 1,
        "none": None,
    }
    assert kept == ["µ".encode() * 2049]


def test_the_lines_of_a_leaf_are_canonical() -> None:
    version, header, body, changes = LEAF.split(b"\n")
    assert version == b"batchline-entry/v1"
    assert header == canonical(HEADER._asdict())
    assert body == canonical(a_body())
    assert changes == canonical([a_change()])
