"""Amounts and expressions: exact, with units, bounded, and never a silent number."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.plugin import verifies
from workflows.expressions import (
    ExpressionError,
    check_units,
    compute,
    names_in,
    parse,
    round_exactly,
)
from workflows.quantity import Quantity, Rounding, added, plain, rounded
from workflows.quantity import parse as amount


def worked(expression: str, unit: str = "1", decimals: int = 2, **operands: str) -> str:
    """The result of an expression."""
    values = {name: amount(text) for name, text in operands.items()}
    return compute(
        expression, values, unit=unit, decimals=decimals, rounding=Rounding.HALF_UP
    ).value


@verifies("C211-68b-2")
@pytest.mark.parametrize(
    ("expression", "operands", "unit", "decimals", "result"),
    [
        ("a + b", {"a": "0.1", "b": "0.2"}, "1", 1, "0.3"),
        ("volume * density", {"volume": "8333 mL", "density": "0.8074 g/mL"}, "g", 1, "6728.1"),
        ("volume * density", {"volume": "10 L", "density": "0.8074 kg/L"}, "kg", 4, "8.0740"),
        ("mass / volume", {"mass": "1 kg", "volume": "1 L"}, "g/mL", 3, "1.000"),
        ("a / b", {"a": "19", "b": "20"}, "%", 1, "95.0"),
        ("a / b * whole", {"a": "19", "b": "20", "whole": "100 %"}, "%", 1, "95.0"),
        ("(a − b) × 2 ÷ 4", {"a": "1", "b": "3"}, "1", 1, "-1.0"),
        ("-a + abs(-b) · 2", {"a": "1.5", "b": "2"}, "1", 1, "2.5"),
        ("min(a, b, c)", {"a": "3 g", "b": "0.002 kg", "c": "2500 mg"}, "g", 1, "2.0"),
        ("max(a, b)", {"a": "3 g", "b": "0.002 kg"}, "g", 1, "3.0"),
        ("2 * (1 + 1.5)", {}, "1", 0, "5"),
        ("a / 3", {"a": "1"}, "1", 0, "0"),
        ("a", {"a": "-0.001"}, "1", 2, "0.00"),
        ("t / u", {"t": "90 min", "u": "1 h"}, "1", 1, "1.5"),
    ],
)
def test_worked_examples_give_what_the_hand_calculation_gives(
    expression: str, operands: dict[str, str], unit: str, decimals: int, result: str
) -> None:
    assert worked(expression, unit, decimals, **operands) == result


@verifies("C211-68b-2")
@pytest.mark.parametrize(
    ("expression", "message"),
    [
        ("", "ends where a value was expected"),
        ("a +", "ends where a value was expected"),
        ("a b", "unexpected 'b' at character 3"),
        ("1e3", "unexpected 'e3' at character 2"),
        ("a.b", r"cannot read '\.b' at character 2"),
        ("__import__", "cannot read '__import__' at character 1"),
        ("(a", r"'\)' was expected, not the end"),
        ("(a a", r"'\)' was expected, not 'a' at character 4"),
        ("* a", r"a value was expected, not '\*' at character 1"),
        ("min(a)", "min takes 2 to 10 values"),
        ("abs(a, a)", "abs takes 1 to 1 values"),
        ("b", "b is not declared as an operand"),
        ("a / (a - a)", "division by zero"),
        ("a" * 501, r"longer than 500 characters \(501\)"),
        ("+".join(["a"] * 60), "more than 100 parts"),
        ("(" * 21 + "a" + ")" * 21, "nested more than 20 deep"),
        ("*".join(["n"] * 45), "more than 400 digits"),
        ("n * 10", "too large to be written down"),
        ("m", "yields mass, which is not 1"),
        ("m / v / v", r"yields mass·volume\^-2, which is not 1"),
        ("a + m", "mass cannot be added to a pure number"),
        ("m - v", "volume cannot be subtracted from mass"),
        ("max(m, v)", "max cannot compare mass and volume"),
    ],
)
def test_what_has_no_result_says_where_and_why(expression: str, message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        worked(expression, a="1", m="1 g", v="1 mL", n="99999999999999999999")


def test_the_exact_result_is_kept_beside_the_rounded_one() -> None:
    third = compute("a / 3", {"a": amount("1")}, unit="1", decimals=2, rounding=Rounding.HALF_UP)
    assert (third.exact, third.value) == ("0.333333333333333333333333333333…", "0.33")
    half = compute("a / 8", {"a": amount("1")}, unit="1", decimals=2, rounding=Rounding.HALF_EVEN)
    assert (half.exact, half.value) == ("0.125", "0.12")


def test_units_are_checked_without_numbers() -> None:
    check_units("v * d - min(m, m) + abs(-m) / 2 - m", {"v": "mL", "d": "kg/L", "m": "g"}, "g")
    check_units("a / (a - a)", {"a": "g"}, "%")
    with pytest.raises(ExpressionError, match="yields mass, which is not L"):
        check_units("v * d", {"v": "mL", "d": "g/L"}, "L")


def test_the_names_in_an_expression_are_found_everywhere() -> None:
    assert names_in("-a + min(b, 2 * c) / (d - 1)") == {"a", "b", "c", "d"}
    assert parse("a") == parse(" a ")


@given(
    st.fractions(max_denominator=10**6).filter(lambda each: abs(each) < 10**12),
    st.integers(0, 6),
    st.sampled_from(Rounding),
)
def test_rounding_a_fraction_is_what_decimal_rounding_is(
    number: Fraction, decimals: int, mode: Rounding
) -> None:
    found = Fraction(round_exactly(number, decimals, mode))
    step = Fraction(1, 10**decimals)
    assert abs(found - number) * 2 <= step
    exact = Decimal(number.numerator)
    if number.denominator == 1:
        assert found == Fraction(rounded(exact, decimals, mode))


@pytest.mark.parametrize(
    ("number", "mode", "result"),
    [
        ("0.125", Rounding.HALF_UP, "0.13"),
        ("0.125", Rounding.HALF_EVEN, "0.12"),
        ("0.135", Rounding.HALF_EVEN, "0.14"),
        ("-0.125", Rounding.HALF_UP, "-0.13"),
        ("-0.001", Rounding.HALF_UP, "0.00"),
    ],
)
def test_halves_go_where_the_declared_mode_says(number: str, mode: Rounding, result: str) -> None:
    assert round_exactly(Fraction(number), 2, mode) == result


@verifies("A11D-10.1-1")
@pytest.mark.parametrize("text", ["1,0", "1e3", "", ".5", "1.", "+1", "١", "1 000", "0x1", "NaN"])
def test_a_number_is_plain_or_it_is_none(text: str) -> None:
    with pytest.raises(ValueError, match="not a plain decimal number"):
        Quantity(text, "g")


def test_amounts_keep_their_digits_through_conversion_and_sums() -> None:
    assert str(Quantity("6.7281", "kg").to("g")) == "6728.1 g"
    assert str(Quantity("6728.10", "g").to("kg")) == "6.72810 kg"
    assert str(Quantity("1.0", "h").to("min")) == "60.0 min"
    assert str(Quantity("5", "g").to("g")) == "5 g"
    assert str(added(amount("1.05 g"), amount("0.001 kg"))) == "2.05 g"
    assert (Quantity("1.0", "g") == Quantity("1.00", "g")) is False
    assert (amount("12.50 kg").decimals, amount("3").unit) == (2, "1")
    assert plain(Decimal("1E+3")) == "1000"
    assert rounded(Decimal("2.5"), 0, Rounding.HALF_EVEN) == "2"


def test_amounts_of_unlike_kind_do_not_meet() -> None:
    with pytest.raises(ValueError, match="g cannot be expressed in mL"):
        amount("1 g").to("mL")
    with pytest.raises(ValueError, match="g cannot be expressed in parsec"):
        amount("1 g").to("parsec")
    with pytest.raises(ValueError, match="g cannot be compared with mL"):
        amount("1 g").compare(amount("1 mL"))
    with pytest.raises(ValueError, match="unknown unit 'parsec'"):
        Quantity("1", "parsec")
    with pytest.raises(ValueError, match="cannot be written exactly in h"):
        amount("1 s").to("h")


def test_amounts_are_compared_exactly_across_units() -> None:
    assert amount("1 h").compare(amount("3600 s")) == 0
    assert amount("0.999 kg").compare(amount("1000 g")) == -1
    assert amount("1 kg").compare(amount("999.999 g")) == 1
    assert amount("50 %").compare(amount("0.5")) == 0
