from datetime import UTC, datetime, timedelta, timezone

import pytest
import rfc8785

from audit.canonical import (
    DEPTH_MOST,
    CanonicalError,
    Plain,
    canonical,
    digest,
    instant,
    is_canonical,
    is_instant,
    parse,
)

VALUES: list[Plain] = [
    None,
    True,
    0,
    -(2**53) + 1,
    2**53 - 1,
    "",
    'quote " backslash \\ slash / tab \t newline \n return \r \b \f \x01 \x1f \x7f',
    "µg, –, 😀, e\u0301, \u2028, \ufffd, \ue000, \U0010ffff",
    [],
    {},
    [1, [2, [3, None]]],
    {"b": 1, "a": {"z": [], "y": "1.50"}, "a_1": False, "a1": None},
]


@pytest.mark.parametrize("value", VALUES)
def test_the_written_form_is_that_of_rfc_8785(value: Plain) -> None:
    assert canonical(value) == rfc8785.dumps(value)
    assert parse(canonical(value)) == value
    assert is_canonical(canonical(value))


def nested(levels: int) -> object:
    value: object = "core"
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (1.0, "float"),
        ({"weight": 12.5}, "float"),
        (float("nan"), "float"),
        (2**53, "below 2.53"),
        (-(2**53), "below 2.53"),
        ("a\0b", "U\\+0000"),
        ("\ud800", "surrogate"),
        ({"Key": 1}, "does not match"),
        ({"": 1}, "does not match"),
        ({"a-b": 1}, "does not match"),
        ({"a\n": 1}, "does not match"),
        ({"é": 1}, "does not match"),
        ({1: 1}, "does not match"),
        (b"bytes", "bytes has no canonical form"),
        ({1, 2}, "set has no canonical form"),
        (nested(DEPTH_MOST + 1), "nested deeper"),
    ],
)
def test_what_the_profile_does_not_hold_is_refused(value: object, reason: str) -> None:
    with pytest.raises(CanonicalError, match=reason):
        canonical(value)  # type: ignore[arg-type]  # that is what is tried


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b" 1",
        b"1 ",
        b"1\n",
        b"[1, 2]",
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"A":1}',
        b'{"":1}',
        b'{"a\\u0062":1}',
        b"1.0",
        b"1e3",
        b"-0",
        b"01",
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"9007199254740992",
        b"-9007199254740992",
        b"9" * 5000,
        b'"\\u0000"',
        b'"\x00"',
        b'"\n"',
        b'"\\/"',
        b'"\\u0041"',
        b'"\\u001F"',
        b'"\\ud800"',
        b'"\\ud83d\\ude00"',
        b'"\xed\xa0\x80"',
        b'"\xff"',
        b"\xef\xbb\xbf1",
        b"'a'",
        b"[1,]",
        b"nul",
        b"[" * 100_000,
        b"[" * 65 + b"]" * 65,
        b'{"a":' * 65 + b"1" + b"}" * 65,
    ],
)
def test_a_text_that_would_not_be_written_again_is_refused(text: bytes) -> None:
    assert not is_canonical(text)
    with pytest.raises(CanonicalError):
        parse(text)


def test_as_many_levels_as_allowed_are_read_and_written() -> None:
    value = nested(DEPTH_MOST)
    text = canonical(value)  # type: ignore[arg-type]  # lists in lists
    assert parse(text) == value


def test_many_brackets_need_not_be_deep() -> None:
    assert parse(canonical([[1]] * 200)) == [[1]] * 200


def test_a_text_that_tells_of_an_escaped_nul_is_no_nul() -> None:
    assert parse(canonical("\\u0000")) == "\\u0000"


def test_keys_beyond_those_remembered_are_still_checked() -> None:
    for start in range(0, 12_000, 3_000):
        value = {f"k{number}": number for number in range(start, start + 3_000)}
        assert parse(canonical(value)) == value
    with pytest.raises(CanonicalError, match="does not match"):
        parse(b'{"k1":1,"k-2":2}')


def test_a_digest_is_sha_256_in_hex() -> None:
    assert digest(b"") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_an_instant_is_written_in_utc_with_microseconds() -> None:
    berlin = timezone(timedelta(hours=1))
    assert instant(datetime(2026, 1, 31, 13, 0, tzinfo=berlin)) == "2026-01-31T12:00:00.000000Z"
    assert instant(datetime(999, 1, 1, tzinfo=UTC)) == "0999-01-01T00:00:00.000000Z"
    with pytest.raises(CanonicalError, match="time zone"):
        instant(datetime(2026, 1, 31))  # noqa: DTZ001  that is what is refused
    east = timezone(timedelta(hours=5))
    with pytest.raises(CanonicalError, match="before or after the calendar"):
        instant(datetime(1, 1, 1, tzinfo=east))


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("2026-01-31T12:00:00.000000Z", True),
        ("2024-02-29T23:59:59.999999Z", True),
        ("2026-02-29T12:00:00.000000Z", False),
        ("2026-13-01T12:00:00.000000Z", False),
        ("0000-01-01T12:00:00.000000Z", False),
        ("2026-01-31T24:00:00.000000Z", False),
        ("2026-01-31T12:00:60.000000Z", False),
        ("2026-01-31T12:00:00Z", False),
        ("2026-01-31T12:00:00.000000+00:00", False),
        ("2026-01-31 12:00:00.000000Z", False),
        ("２026-01-31T12:00:00.000000Z", False),
        (None, False),
    ],
)
def test_an_instant_is_read_in_one_form_only(text: str | None, *, good: bool) -> None:
    assert is_instant(text) is good


def test_a_key_is_judged_also_when_no_more_keys_are_remembered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("audit.canonical._KEYS_REMEMBERED_MOST", 0)
    assert parse(b'{"never_seen_before":1}') == {"never_seen_before": 1}
    with pytest.raises(CanonicalError, match="does not match"):
        parse(b'{"Never seen":1}')
