"""Logins and printed names: one human, one login, however it is typed."""

import pytest

from ebr.identity.logins import may_be_login, normalised, printed_name, skeleton
from ebr.identity.rules import IdentityCode, reasons_against_login, reasons_against_name
from tests.plugin import verifies


@verifies("P11-100a-1")
@pytest.mark.parametrize(
    "typed", ["m.keller", "M.Keller", " m.keller ", "M.KELLER\t", "\uff4d.keller", "\u00a0m.keller"]
)
def test_a_login_is_one_however_it_is_typed(typed: str) -> None:
    assert normalised(typed) == "m.keller"


@verifies("P11-100a-1")
@pytest.mark.parametrize(
    "typed",
    [
        "м.keller",  # a Cyrillic em
        "m.ke\u200bller",  # a space of no width
        "m.kеller",  # a Cyrillic ie
        "m keller",
        "mkellеr",
        "m.kéller",
        "",
        ".keller",
        "keller.",
        "m/keller",
        "m" * 65,
    ],
)
def test_signs_that_imitate_others_make_no_login(typed: str) -> None:
    assert not may_be_login(normalised(typed))
    (reason,) = reasons_against_login(normalised(typed), None)
    assert reason.code == IdentityCode.LOGIN_UNREADABLE


@verifies("P11-100a-1")
@pytest.mark.parametrize(
    ("one", "other"),
    [("b.arnold", "b.amold"), ("l.vv", "1.w"), ("t.okafor", "t.0kaf0r"), ("j-brandt", "j.brandt")],
)
def test_two_logins_that_look_alike_have_one_skeleton(one: str, other: str) -> None:
    assert skeleton(one) == skeleton(other)
    (reason,) = reasons_against_login(other, one)
    assert reason.code == IdentityCode.LOGIN_TAKEN
    assert one in reason.text


def test_a_taken_login_is_called_taken() -> None:
    (reason,) = reasons_against_login("m.keller", "m.keller")
    assert "is taken" in reason.text


def test_a_free_login_is_accepted() -> None:
    assert reasons_against_login("s.lindqvist-2", None) == ()


@pytest.mark.parametrize(
    ("typed", "printed"),
    [("  Šárka   O'Neill-Żak ", "Šárka O'Neill-Żak"), ("李 小龍", "李 小龍"), ("Ö", "Ö")],
)
def test_a_name_is_printed_as_people_write_it(typed: str, printed: str) -> None:
    assert printed_name(typed) == printed
    assert reasons_against_name(typed) == ()


@pytest.mark.parametrize("typed", ["", "  ", "42", "A" * 121, "A\u202eB", "A\0B", "A\u200bB"])
def test_a_name_that_cannot_be_printed_is_refused(typed: str) -> None:
    (reason,) = reasons_against_name(typed)
    assert reason.code == IdentityCode.NAME_UNREADABLE
