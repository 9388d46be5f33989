"""What a barcode says, and when it says nothing that could be trusted."""

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ebr.inventory.labels import Label, Unreadable, is_gtin, read
from tests.plugin import verifies

GTIN = "09506000134352"
FULL = Label("C-000123", GTIN, "ETH96-1", date(2027, 12, 31))


@verifies("C211-101d-1")
@pytest.mark.parametrize(
    ("scanned", "said"),
    [
        ("C-000123", Label("C-000123")),
        ("  C-000123\r\n", Label("C-000123")),
        ("]C0C-000123", Label("C-000123")),
        ("]Q1C-000123", Label("C-000123")),
        (f"]C101{GTIN}17271231{'10ETH96-1'}\x1d21C-000123", FULL),
        (f"]d2\x1d01{GTIN}10ETH96-1\x1d1727123121C-000123", FULL),
        (f"]Q301{GTIN}10ETH96-1\x1d1727123121C-000123\x1d", FULL),
        (f"01{GTIN}1727123110ETH96-1\x1d21C-000123", FULL),
        (f"(01){GTIN}(17)271231(10)ETH96-1(21)C-000123", FULL),
        (f"]C101{GTIN}1727020010ETH96-1", Label("", GTIN, "ETH96-1", date(2027, 2, 28))),
        (f"01{GTIN}", Label("", GTIN)),
        ("0950600013435", Label("0950600013435")),
    ],
)
def test_a_label_says_what_stands_on_it(scanned: str, said: Label) -> None:
    assert read(scanned) == said


@pytest.mark.parametrize(
    ("scanned", "because"),
    [
        ("", "0"),
        ("   ", "0"),
        ("C" * 201, "201"),
        ("C-0001 23", "no code of ours"),
        ("C-000123\x1b", "control characters"),
        ("C-000\x00123", "control characters"),
        ("Ü-000123", "no code of ours"),
        ("]C1", "empty"),
        ("](01)123", "no code of ours"),
        (f"]C101{GTIN[:-1]}3", "check digit"),
        (f"]C101{GTIN}17271331", "cannot be read"),
        (f"]C101{GTIN}10A\x1d10B", "twice"),
        (f"]C101{GTIN}10{'A' * 21}", "cannot be read"),
        ("]C1XX99", "cannot be read"),
        (f"(01){GTIN}(10)", "no field"),
        (f"(01){GTIN} (10)A", "no field"),
        (f"(01){GTIN[:-1]}3", "check digit"),
        ("(", "cannot be read"),
    ],
)
def test_a_damaged_label_is_never_half_read(scanned: str, because: str) -> None:
    with pytest.raises(Unreadable, match=because):
        read(scanned)


@given(st.text(max_size=220))
def test_whatever_is_scanned_is_read_or_refused_and_nothing_else(scanned: str) -> None:
    with contextlib.suppress(Unreadable):
        assert isinstance(read(scanned), Label)


codes = st.from_regex(r"[A-Z0-9][A-Z0-9-]{0,19}", fullmatch=True)


@given(codes, codes, st.dates(date(2000, 1, 1), date(2049, 12, 31)))
def test_a_printed_label_reads_back_as_it_was_written(
    lot: str, serial: str, expires_on: date
) -> None:
    printed = f"]d201{GTIN}17{expires_on:%y%m%d}10{lot}\x1d21{serial}"
    assert read(printed) == Label(serial, GTIN, lot, expires_on)


def test_a_gtin_has_fourteen_digits_and_its_check_digit() -> None:
    assert is_gtin(GTIN)
    assert not any(map(is_gtin, (GTIN[1:], GTIN[:-1] + "3", "abcdefghijklmn", "")))
