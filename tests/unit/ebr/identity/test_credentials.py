"""Passwords: what is good enough, what is refused and why, how they are kept."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ebr.identity import credentials
from ebr.identity.credentials import PasswordFault
from tests.plugin import verifies

CONTEXT = ("m.keller", "M. Keller", "Plant 2", "batchline.example")
LONG = "seven brown otters carry ink across the frozen harbour at dawn.."


def faults(password: str) -> list[str]:
    return [reason.code for reason in credentials.reasons_against_password(password, CONTEXT)]


@verifies("NIST-63B-1")
def test_a_passphrase_of_64_characters_with_spaces_is_accepted() -> None:
    assert len(LONG) == 64
    assert faults(LONG) == []


@verifies("NIST-63B-1")
@pytest.mark.parametrize(
    "password",
    [
        "moss kettle ivory",  # 15 and more, lower case and spaces only: no rule of composition
        "zwölf Möwen über Kai",
        "кит плывёт к берегу",
        "七つの海を渡る白い鯨の歌声が聞こえる夜",
        "otter ☕ lantern 🐋 rust",
        "O'Brien;DROP--\"\\%_<b>",
        "v" * 3 + "exocarp plinth" + "x" * 400,
    ],
)
def test_every_character_may_stand_in_a_password(password: str) -> None:
    assert faults(password) == []


@verifies("NIST-63B-1")
@pytest.mark.parametrize(
    ("password", "fault"),
    [
        ("moss kettle iv", PasswordFault.TOO_SHORT),
        ("", PasswordFault.TOO_SHORT),
        ("moss kettle ivory" * 61, PasswordFault.TOO_LONG),
        ("correct horse battery staple", PasswordFault.COMMON),
        ("Password123456789!", PasswordFault.COMMON),
        ("P4ssw0rdP4ssw0rd", PasswordFault.COMMON),
        ("Summer!Summer!2026", PasswordFault.COMMON),
        ("qwertyuiopasdfghjkl", PasswordFault.COMMON),
        ("lkjhgfdsapoiuytrewq", PasswordFault.COMMON),
        ("1234567890123456", PasswordFault.COMMON),
        ("abcdefghijklmnopqrstuvwxyz", PasswordFault.COMMON),
        ("iloveyouforever", PasswordFault.COMMON),
        ("xyxyxyxyxyxyxyxyxyxy", PasswordFault.REPETITIVE),
        ("m.keller in August", PasswordFault.CONTEXT),
        ("the keller is closed", PasswordFault.CONTEXT),
        ("MKELLER flies to Oslo", PasswordFault.CONTEXT),
        ("Plant 2, my second home", PasswordFault.CONTEXT),
        ("batchline otters sing", PasswordFault.CONTEXT),
        ("a long walk of forty otters past the keller door in August rain", PasswordFault.CONTEXT),
        ("moss kettle ivory lantern harbour violet m.keller", PasswordFault.CONTEXT),
        ("\ud800" * 20, PasswordFault.UNREADABLE),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(password: str, fault: PasswordFault) -> None:
    assert fault in faults(password)


@verifies("NIST-63B-1")
def test_a_refusal_says_numbers_remedy_and_requirement() -> None:
    (reason,) = credentials.reasons_against_password("moss kettle iv", CONTEXT)
    assert "14 characters; at least 15" in reason.text
    assert reason.remedy
    assert reason.requirement == "NIST-63B-1"


@verifies("NIST-63B-1")
def test_the_first_63_of_64_characters_do_not_match() -> None:
    kept = credentials.hashed(LONG, "test")
    assert credentials.matches(LONG, kept, "test")
    assert not credentials.matches(LONG[:63], kept, "test")
    assert not credentials.matches(LONG + " ", kept, "test")


@verifies("NIST-63B-1")
def test_even_the_thousandth_character_counts() -> None:
    password = "moss kettle ivory " * 56 + "end"
    kept = credentials.hashed(password, "test")
    assert not credentials.matches(password[:-1] + "D", kept, "test")


@verifies("NIST-63B-1")
def test_what_is_kept_tells_nothing_of_the_password_and_differs_each_time() -> None:
    first, second = (credentials.hashed(LONG, "normal") for _ in range(2))
    assert first != second
    assert first.startswith("$argon2id$v=19$m=47104,t=2,p=1$")
    assert not any(word in first for word in LONG.split())


def test_one_password_written_in_two_ways_of_unicode_is_one_password() -> None:
    kept = credentials.hashed("zwo\u0308lf Mo\u0308wen am Kai", "test")
    assert credentials.matches("zwölf Möwen am Kai", kept, "test")


def test_a_hash_of_another_cost_has_aged() -> None:
    kept = credentials.hashed(LONG, "test")
    assert not credentials.aged(kept, "test")
    assert credentials.aged(kept, "normal")
    assert credentials.matches(LONG, kept, "normal")


def test_nobody_is_found_by_any_password() -> None:
    assert not credentials.matches("nobody has this password", None, "test")


def test_a_hash_that_is_none_matches_nothing() -> None:
    assert not credentials.matches(LONG, "no hash at all", "test")


def test_a_password_that_no_computer_can_write_matches_nothing() -> None:
    assert not credentials.matches("\ud800", credentials.hashed(LONG, "test"), "test")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=80))
def test_any_text_is_judged_without_failing(text: str) -> None:
    found = faults(text)
    if len(text) >= credentials.LEAST:
        assert PasswordFault.TOO_SHORT not in found
