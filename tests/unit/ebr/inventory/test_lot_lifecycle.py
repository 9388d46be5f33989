"""The life of a lot: every decision that is not in the table is refused."""

from datetime import date, timedelta
from itertools import product
from typing import Any

import pytest

from ebr.identity import Right
from ebr.inventory import rules
from ebr.inventory.labels import Label
from ebr.inventory.lifecycle import LOT, LotStatus, LotVerb
from tests.plugin import verifies
from workflows.recipe import Meaning

TODAY = date(2026, 11, 21)
YESTERDAY = TODAY - timedelta(days=1)
TABLE = """
    quarantine  release  released    released
    quarantine  reject   rejected    rejected
    quarantine  block    blocked     decided
    released    block    blocked     decided
    released    reject   rejected    rejected
    blocked     unblock  quarantine  decided
    blocked     reject   rejected    rejected
"""
ALLOWED = {
    (LotStatus(state), LotVerb(verb)): (LotStatus(becomes), Meaning(meaning))
    for state, verb, becomes, meaning in (line.split() for line in TABLE.strip().splitlines())
}


def _codes(status: LotStatus, verb: LotVerb, **facts: Any) -> list[str]:
    given: dict[str, Any] = {
        "reason": "dented drum",
        "awaits_batch": False,
        "expires_on": None,
        "retest_on": None,
        "today": TODAY,
    }
    found = rules.reasons_against_verb(status, verb, **given | facts)
    return [one.code for one in found]


@verifies("EU5-5-1", "C211-22a-1")
@pytest.mark.parametrize(("state", "verb"), list(product(LotStatus, LotVerb)))
def test_only_the_decisions_in_the_table_can_be_taken(state: LotStatus, verb: LotVerb) -> None:
    if (state, verb) not in ALLOWED:
        assert _codes(state, verb) == ["transition_not_allowed"]
        return
    assert _codes(state, verb) == []
    way = LOT.after(state, verb, reason="dented drum")
    assert (way.becomes, way.meaning) == ALLOWED[state, verb]
    assert way.right == Right.SET_LOT_STATUS


def test_every_decision_but_a_release_says_why() -> None:
    assert all(way.needs_reason is (way.verb is not LotVerb.RELEASE) for way in LOT.transitions)
    assert _codes(LotStatus.RELEASED, LotVerb.BLOCK, reason="…") == ["reason_thin"]


@verifies("C211-86-1")
@pytest.mark.parametrize(
    ("facts", "codes"),
    [
        ({"expires_on": TODAY, "retest_on": TODAY}, []),
        ({"expires_on": YESTERDAY}, ["lot_expired"]),
        ({"retest_on": YESTERDAY}, ["retest_due"]),
        ({"awaits_batch": True}, ["batch_decides"]),
        (
            {"awaits_batch": True, "expires_on": YESTERDAY, "retest_on": YESTERDAY},
            ["batch_decides", "lot_expired", "retest_due"],
        ),
    ],
)
def test_a_release_is_refused_with_every_reason(facts: dict[str, Any], codes: list[str]) -> None:
    assert _codes(LotStatus.QUARANTINE, LotVerb.RELEASE, **facts) == codes


@pytest.mark.parametrize(
    ("becomes", "expires_on", "codes"),
    [
        (TODAY + timedelta(days=90), None, []),
        (TODAY, None, ["retest_in_past"]),
        (TODAY + timedelta(days=90), TODAY, ["retest_after_expiry"]),
        (YESTERDAY, date(2026, 1, 1), ["retest_in_past", "retest_after_expiry"]),
    ],
)
def test_a_retest_lies_ahead_and_never_past_the_expiry(
    becomes: date, expires_on: date | None, codes: list[str]
) -> None:
    found = rules.reasons_against_retest(becomes, expires_on, TODAY)
    assert [one.code for one in found] == codes


@verifies("C211-86-1")
@pytest.mark.parametrize(
    ("becomes", "expires_on", "codes"),
    [
        (YESTERDAY, TODAY, []),
        (TODAY, None, []),
        (TODAY, TODAY, ["expiry_not_earlier"]),
        (TODAY, YESTERDAY, ["expiry_not_earlier"]),
    ],
)
def test_an_expiry_is_brought_forward_and_never_extended(
    becomes: date, expires_on: date | None, codes: list[str]
) -> None:
    assert [one.code for one in rules.reasons_against_expiry(becomes, expires_on)] == codes


@verifies("C211-101d-1")
@pytest.mark.parametrize(
    ("label", "told"),
    [
        (Label("C-1"), []),
        (Label("C-1", "09506000134352", "A", TODAY), []),
        (Label("C-1", "", "B"), ["lot B; the record says A"]),
        (Label("C-1", "00000000000000"), ["GTIN 00000000000000; the record says 09506000134352"]),
        (
            Label("C-1", "", "B", YESTERDAY),
            ["lot B; the record says A", "expiry 2026-11-20; the record says 2026-11-21"],
        ),
    ],
)
def test_a_label_that_says_otherwise_than_the_record_is_told(label: Label, told: list[str]) -> None:
    found = rules.reasons_against_label(label, lot="A", expires_on=TODAY, gtin="09506000134352")
    assert [one.text.partition("says ")[2].rstrip(".") for one in found] == told
