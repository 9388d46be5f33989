"""The ceremony as a table: state of the period × what was given → accepted, or refused and why."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebr.identity.signing import Ceremony, SigningCode, reasons_against_ceremony
from tests.plugin import verifies

OWNER = "m.keller"
BOTH, ALONE = ("login", "secret"), ("secret",)

# period       login typed   secret   → components, or the refusals in order of precedence
TABLE = """
first          none          given    login_missing
first          none          blank    secret_missing login_missing
first          own           given    done login secret by owner
first          own           blank    secret_missing
first          other         given    done login secret by other
first          other         blank    secret_missing
continuous     none          given    done secret by owner
continuous     none          blank    secret_missing
continuous     own           given    done login secret by owner
continuous     own           blank    secret_missing
continuous     other         given    done login secret by other
continuous     other         blank    secret_missing
"""
ROWS = [line.split(maxsplit=3) for line in TABLE.strip().splitlines()]
LOGINS = {"none": "", "own": OWNER, "other": "j.brandt"}


def ceremony(
    period: str, login: str, secret: str, *, meaning: bool = True, shown: bool = True
) -> Ceremony:
    return Ceremony(
        owner=OWNER,
        continuous=period == "continuous",
        login=LOGINS[login],
        secret=secret == "given",
        meaning_confirmed=meaning,
        content_shown=shown,
    )


@verifies("P11-200a1-1", "P11-200a1i-1", "P11-200a1ii-1")
@pytest.mark.parametrize(("period", "login", "secret", "outcome"), ROWS)
def test_what_was_given_is_accepted_or_refused_as_the_table_says(
    period: str, login: str, secret: str, outcome: str
) -> None:
    facts = ceremony(period, login, secret)
    refused = " ".join(reason.code for reason in reasons_against_ceremony(facts))
    by = "owner" if facts.by_owner else "other"
    assert (refused or f"done {' '.join(facts.components)} by {by}") == outcome


def test_the_table_has_every_case() -> None:
    listed = {tuple(row[:3]) for row in ROWS}
    assert listed == set(product(("first", "continuous"), LOGINS, ("given", "blank")))


@verifies("P11-50a-1", "SIG-WYS-1")
@pytest.mark.parametrize("row", ROWS)
def test_content_and_meaning_are_asked_of_every_signing(row: list[str]) -> None:
    period, login, secret, _ = row
    codes = [
        reason.code
        for reason in reasons_against_ceremony(
            ceremony(period, login, secret, meaning=False, shown=False)
        )
    ]
    assert codes[:2] == [SigningCode.MEANING_NOT_CONFIRMED, SigningCode.CONTENT_CHANGED]


@verifies("P11-200a1-1", "P11-200a1ii-1")
@given(
    continuous=st.booleans(),
    login=st.text(max_size=12),
    secret=st.booleans(),
    meaning=st.booleans(),
    shown=st.booleans(),
)
def test_one_component_ever_suffices_only_for_the_owner_in_a_continuous_period(
    *, continuous: bool, login: str, secret: bool, meaning: bool, shown: bool
) -> None:
    facts = Ceremony(
        owner=OWNER,
        continuous=continuous,
        login=login,
        secret=secret,
        meaning_confirmed=meaning,
        content_shown=shown,
    )
    if reasons_against_ceremony(facts):
        return
    assert secret
    assert meaning
    assert shown
    if facts.components == ALONE:
        assert continuous
        assert facts.by_owner
    else:
        assert facts.components == BOTH
