"""The bytes that were promised for ever: a change here is a new version, never an edit.

`ledger/` holds them as files, made from fixed keys and a fixed clock; another program in another
language can use the same files.
"""

from pathlib import Path

import pytest

from audit.canonical import Plain, canonical
from audit.checkpoint import Checkpoint, VerifyingKey, open_checkpoint
from audit.entry import Header, entry_hash, genesis, leaf, parse_leaf
from audit.signature import SignedAct, check, payload, prove
from tests.builders.ledger import (
    LOG_KEY,
    ORIGIN,
    POLICY,
    SIGNATURE_KEY,
    a_body,
    a_change,
    a_draft,
    an_event,
)

FOLDER = Path(__file__).with_name("ledger")
STREAM = "batch/0199d3a8-0000-7000-8000-0000000000b1"
VALUE: Plain = {
    "text": 'quote " backslash \\ slash / tab \t newline \n bell \x07 del \x7f',
    "beyond": "µg – 😀 e\u0301 \u2028 \ufffd \U0010ffff",
    "numbers": [0, -1, 9007199254740991, -9007199254740991],
    "others": [None, True, False, [], {}, ""],
    "weight": {"value": "12.50", "unit": "kg"},
    "_1": "first key of all",
}
EVENTS = (an_event("batch.step.weighed", step="charge-ethanol", value="6.583", unit="kg"),)
ACT = SignedAct(EVENTS, "0199d3a8-0000-7000-8000-0000000000e1", ORIGIN, STREAM)
SIGNED = prove(SIGNATURE_KEY, a_draft("ab" * 32), ACT)
LEAF = leaf(
    Header(
        at="2026-01-31T12:00:00.000001Z",
        prev=genesis(ORIGIN, STREAM).hex(),
        seq=1,
        site=ORIGIN,
        stream=STREAM,
        user="batchline_app",
        xid="742",
    ),
    a_body(
        *EVENTS,
        request=ACT.request,
        reason={"code": "typing", "text": "the balance was not connected"},
        signatures=(SIGNED,),
        refs=("lot/0199d3a8-0000-7000-8000-0000000000c1",),
    ),
    [a_change("INSERT"), a_change("UPDATE", note=None), a_change("DELETE")],
)
CHECKPOINT = Checkpoint(ORIGIN, 1, entry_hash(LEAF))

GOLDEN = {
    "canonical.json": canonical(VALUE),
    "checkpoint.note": CHECKPOINT.sign(LOG_KEY),
    "entry.hash": entry_hash(LEAF).hex().encode(),
    "entry.leaf": LEAF,
    "genesis.hash": genesis(ORIGIN, STREAM).hex().encode(),
    "policy.json": POLICY.text,
    "signature.payload": payload(ACT.events, ACT.request, SIGNED, ACT.site, ACT.stream),
    "signature.proof": str(SIGNED.proof).encode(),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_the_bytes_are_those_that_were_promised(name: str) -> None:
    assert GOLDEN[name] == (FOLDER / name).read_bytes()


def test_every_promised_file_is_kept() -> None:
    assert {path.name for path in FOLDER.iterdir()} == set(GOLDEN)


def test_what_was_written_then_is_read_today() -> None:
    entry = parse_leaf((FOLDER / "entry.leaf").read_bytes())
    assert entry.hash.hex() == (FOLDER / "entry.hash").read_text("ascii")
    (signature,) = entry.signatures
    act = SignedAct(entry.events, entry.request, entry.header.site, entry.header.stream)
    assert check([SIGNATURE_KEY.verifying], signature, act) == SIGNATURE_KEY.verifying
    note = (FOLDER / "checkpoint.note").read_bytes()
    assert open_checkpoint(note, ORIGIN, [VerifyingKey.parse(LOG_KEY.vkey)]) == CHECKPOINT
