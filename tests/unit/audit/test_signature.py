from dataclasses import replace

import pytest

from audit.canonical import Plain
from audit.checkpoint import SigningKey
from audit.signature import Signature, SignatureError, SignedAct, check, payload, prove
from tests.builders.ledger import ORIGIN, SIGNATURE_KEY, a_draft, an_event
from tests.plugin import verifies

SHOWN = "ab" * 32
ACT = SignedAct((an_event(),), "r-1", ORIGIN, "batch/B-1")
KEYS = [SIGNATURE_KEY.verifying]
SIGNED = prove(SIGNATURE_KEY, a_draft(SHOWN), ACT)


def test_a_proved_signature_is_good_where_it_was_given() -> None:
    assert check(KEYS, SIGNED, ACT) == SIGNATURE_KEY.verifying
    assert Signature.parse(SIGNED.plain()) == SIGNED


def test_the_payload_is_the_one_that_was_published() -> None:
    message = payload(ACT.events, ACT.request, SIGNED, ACT.site, ACT.stream)
    assert message.startswith(b'batchline-signature/v1\n{"events":"')
    assert b"proof" not in message


@verifies("P11-70-1")
@pytest.mark.parametrize(
    "moved",
    [
        ACT._replace(events=(an_event(value={"value": "12.51", "unit": "kg"}),)),
        ACT._replace(events=(an_event(), an_event())),
        ACT._replace(request="r-2"),
        ACT._replace(site="batchline.example/other/audit"),
        ACT._replace(stream="batch/B-2"),
    ],
)
def test_a_signature_cannot_be_lifted_into_another_act(moved: SignedAct) -> None:
    with pytest.raises(SignatureError, match="does not hold"):
        check(KEYS, SIGNED, moved)


@verifies("P11-70-1")
@pytest.mark.parametrize(
    "part", ["meaning", "person", "account", "name", "role", "method", "station"]
)
def test_no_word_of_a_signature_can_be_changed(part: str) -> None:
    with pytest.raises(SignatureError, match="does not hold"):
        check(KEYS, replace(SIGNED, **{part: "another"}), ACT)  # type: ignore[arg-type]  # texts


@verifies("P11-70-1")
def test_instant_components_and_what_was_shown_cannot_be_changed() -> None:
    for changed in (
        replace(SIGNED, at="2026-01-31T11:59:00.000001Z"),
        replace(SIGNED, components=("password",)),
        replace(SIGNED, shown="cd" * 32),
    ):
        with pytest.raises(SignatureError, match="does not hold"):
            check(KEYS, changed, ACT)


@pytest.mark.parametrize(
    ("proof", "reason"),
    [
        (None, "no proof"),
        ("", "has 0 bytes"),
        ("!", "not base64"),
        (str(SIGNED.proof)[:-2] + "R=", "not base64"),
        ("AAAA", "has 3 bytes"),
        ("A" + str(SIGNED.proof)[1:], "not known"),
    ],
)
def test_a_proof_is_read_strictly(proof: str | None, reason: str) -> None:
    with pytest.raises(SignatureError, match=reason):
        check(KEYS, replace(SIGNED, proof=proof), ACT)


def test_a_proof_by_a_key_of_another_is_refused() -> None:
    foreign = prove(SigningKey(SIGNATURE_KEY.name, bytes(32)), a_draft(SHOWN), ACT)
    with pytest.raises(SignatureError, match="not known"):
        check(KEYS, foreign, ACT)


@verifies("P11-50a-1")
@pytest.mark.parametrize(
    ("part", "value", "reason"),
    [
        ("name", "", "empty name"),
        ("meaning", "", "empty meaning"),
        ("person", "", "empty person"),
        ("components", (), "empty components"),
        ("at", "2026-01-31", "no instant"),
        ("shown", "ab", "no SHA-256"),
        ("shown", "AB" * 32, "no SHA-256"),
    ],
)
def test_a_signature_without_name_instant_or_meaning_is_none(
    part: str, value: object, reason: str
) -> None:
    draft = replace(a_draft(SHOWN), **{part: value})  # type: ignore[arg-type]  # that is tried
    with pytest.raises(SignatureError, match=reason):
        prove(SIGNATURE_KEY, draft, ACT)


def without(part: str) -> dict[str, Plain]:
    return {key: text for key, text in SIGNED.plain().items() if key != part}


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, "exactly the members"),
        ([], "exactly the members"),
        (without("name"), "exactly the members"),
        ({**SIGNED.plain(), "more": "x"}, "exactly the members"),
        ({**SIGNED.plain(), "components": "password"}, "list of words"),
        ({**SIGNED.plain(), "components": ["password", 1]}, "list of words"),
        ({**SIGNED.plain(), "name": None}, "without name"),
        ({**SIGNED.plain(), "proof": None}, "without proof"),
        ({**SIGNED.plain(), "at": 7}, "without at"),
        ({**SIGNED.plain(), "meaning": ""}, "empty meaning"),
    ],
)
def test_a_signature_is_read_strictly(value: Plain, reason: str) -> None:
    with pytest.raises(SignatureError, match=reason):
        Signature.parse(value)
