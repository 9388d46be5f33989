import json
from dataclasses import replace
from pathlib import Path

import pytest

from audit.policy import POLICY_BYTES_MOST, KeyPeriod, Policy, PolicyError
from audit.required import Required
from tests.builders.ledger import LOG_KEY, ORIGIN, POLICY, SIGNATURE_KEY

LOG, SIGNATURES = LOG_KEY.vkey, SIGNATURE_KEY.vkey
RULES = (
    Required("batch.released", ("released",), apart=("reviewer",)),
    Required("lot.decided", ("decided", "decided"), when={"verb": ("block", None)}),
    Required("value.corrected", ("corrected",), unless={"signed": (False,)}),
)
RULE = {"kind": "batch.released", "meanings": ["released"]}


def told(**parts: object) -> bytes:
    whole = {"origin": ORIGIN, "vkeys": [LOG], "signature_vkeys": [SIGNATURES], **parts}
    return json.dumps(whole).encode()


def test_a_policy_is_read_as_it_was_written(tmp_path: Path) -> None:
    bounded = Policy(
        ORIGIN,
        (KeyPeriod(LOG_KEY.verifying, 0, 99), KeyPeriod(LOG_KEY.verifying, 100)),
        (KeyPeriod(SIGNATURE_KEY.verifying, 5),),
    )
    ruled = replace(bounded, required=RULES)
    for policy in (POLICY, bounded, ruled):
        assert Policy.parse(policy.text) == policy
    path = tmp_path / "policy.json"
    path.write_bytes(POLICY.text)
    assert Policy.load(path) == POLICY
    assert POLICY.vkeys() == {LOG, SIGNATURES}


def test_a_key_is_good_for_its_sizes_only() -> None:
    policy = Policy.parse(
        told(
            vkeys=[{"vkey": LOG, "from": 10, "to": 20}],
            signature_vkeys=[{"vkey": SIGNATURES, "from": 3}],
        )
    )
    assert [len(policy.log_keys_for(size)) for size in (9, 10, 20, 21)] == [0, 1, 1, 0]
    assert [len(policy.signature_keys_for(size)) for size in (2, 3, 2**52)] == [0, 1, 1]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"\xff", "not JSON"),
        (b" " * (POLICY_BYTES_MOST + 1), "more than any policy"),
        (b"[]", "exactly the members"),
        (told(more=1), "exactly the members"),
        (told(origin=1), "the origin is"),
        (told(origin="Upper.example/x"), "the origin is"),
        (told(vkeys=LOG), "are lists"),
        (told(signature_vkeys={}), "are lists"),
        (told(vkeys=[1]), "a key is its text form"),
        (told(vkeys=[{"from": 1}]), "a key is its text form"),
        (told(vkeys=[{"vkey": LOG, "until": 1}]), "a key is its text form"),
        (told(vkeys=[{"vkey": LOG, "from": -1}]), "sizes of the log"),
        (told(vkeys=[{"vkey": LOG, "from": "1"}]), "sizes of the log"),
        (told(vkeys=[{"vkey": LOG, "to": None}]), "sizes of the log"),
        (told(vkeys=[{"vkey": LOG, "to": 2**53}]), "sizes of the log"),
        (told(vkeys=["x"]), "no key of the form"),
        (told(vkeys=[SIGNATURES]), "stands where one of"),
        (told(signature_vkeys=[LOG]), "stands where one of"),
        (told(signatures=7), "signatures: "),
        (told(signatures=["batch.released"]), "a rule has the members"),
        (told(signatures=[{"kind": "batch.released"}]), "a rule has the members"),
        (told(signatures=[{**RULE, "more": 1}]), "a rule has the members"),
        (told(signatures=[{**RULE, "kind": "Batch released"}]), "words joined by points"),
        (told(signatures=[{**RULE, "kind": 7}]), "words joined by points"),
        (told(signatures=[{**RULE, "meanings": []}]), "1 to 4 signatures"),
        (told(signatures=[{**RULE, "meanings": ["released"] * 5}]), "1 to 4 signatures"),
        (told(signatures=[{**RULE, "meanings": "released"}]), "lists of words"),
        (told(signatures=[{**RULE, "apart": [1]}]), "lists of words"),
        (told(signatures=[{**RULE, "when": ["verb"]}]), "each with a list of values"),
        (told(signatures=[{**RULE, "when": {"verb": "release"}}]), "each with a list of values"),
        (told(signatures=[{**RULE, "unless": {"verb": [{}]}}]), "each with a list of values"),
        (told(signatures=[{**RULE, "when": {"Verb": []}}]), "does not match"),
        (told(signatures=[{**RULE, "when": {"verb": ["\ud800"]}}]), "signatures: "),
        (told(signatures=[{**RULE, "when": {"verb": [1.5]}}]), "is a float"),
    ],
)
def test_a_policy_is_read_strictly(text: bytes, reason: str) -> None:
    with pytest.raises(PolicyError, match=reason):
        Policy.parse(text)


def test_a_policy_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot be read"):
        Policy.load(tmp_path / "none.json")
