"""Events and values keep their meaning when they are written and read back."""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, Literal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.canonical import canonical
from ebr.kernel import Secret
from ebr.kernel.codec import (
    CodecError,
    plain,
    read,
    register,
    register_upcast,
    registered,
    value_of,
    written,
)
from workflows.quantity import Quantity


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Inner:
    amount: Quantity
    when: datetime | None = None


@register
@dataclass(frozen=True)
class KettleBoiled:
    KIND: ClassVar[str] = "kettle.boiled"
    VERSION: ClassVar[int] = 2

    id: UUID
    colour: Colour
    day: date
    inner: tuple[Inner, ...]
    pair: tuple[int, str]
    limits: Mapping[str, Decimal]
    told: str | Quantity | None
    mode: Literal["fast", "slow"] = "fast"


EXAMPLE = KettleBoiled(
    UUID(int=7), Colour.RED, date(2026, 1, 2),
    (Inner(Quantity("10.00", "g"), datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC)),),
    (1, "x"), {"low": Decimal("1.50")}, Quantity("1", "kg"),
)  # fmt: skip


def test_an_event_is_written_by_kind_and_version_and_read_back() -> None:
    told = written(EXAMPLE)
    assert told["kind"] == "kettle.boiled"
    assert told["data"]["inner"] == [  # type: ignore[index, call-overload]  # plain data
        {"amount": {"value": "10.00", "unit": "g"}, "when": "2026-01-02T03:04:05.000006Z"}
    ]
    assert canonical(told)
    assert read(told) == EXAMPLE


def test_an_older_version_is_read_by_its_upcast() -> None:
    register_upcast("kettle.boiled", 1, lambda data: {**data, "told": None})
    data = {name: part for name, part in plain(EXAMPLE).items() if name != "told"}
    found = read({"kind": "kettle.boiled", "v": 1, "data": data})
    assert found.told is None
    assert (("kettle.boiled", 2), KettleBoiled) in registered().items()


def test_two_meanings_of_one_kind_are_refused() -> None:
    @dataclass(frozen=True)
    class Other:
        KIND: ClassVar[str] = "kettle.boiled"
        VERSION: ClassVar[int] = 2

    with pytest.raises(CodecError, match="KettleBoiled already"):
        register(Other)
    with pytest.raises(CodecError, match="never registered"):
        written(Other())
    register_upcast("kettle.cooled", 1, dict)
    with pytest.raises(CodecError, match="its way to the next version"):
        register_upcast("kettle.cooled", 1, lambda data: data)


@pytest.mark.parametrize("kind", ["kettle.exploded", "kettle.boiled"])
def test_an_unknown_event_is_an_error(kind: str) -> None:
    with pytest.raises(CodecError, match="nobody knows"):
        read({"kind": kind, "v": 9, "data": {}})


@pytest.mark.parametrize(
    "value", [1.5, Secret("x"), object(), {1: "a"}, Decimal("NaN"), {"a": {2.5}}]
)
def test_what_has_no_place_on_a_record_is_not_written(value: Any) -> None:
    with pytest.raises(CodecError):
        plain(value)


@pytest.mark.parametrize(
    ("hint", "data"),
    [
        (str, 1), (int, "1"), (int, True), (bool, 1), (UUID, "x"), (date, "x"), (datetime, 5),
        (Decimal, "x"), (Colour, "blue"), (Quantity, {"value": "1"}), (Quantity, "1 g"),
        (Quantity, {"value": "1", "unit": "g", "more": 1}), (Quantity, {"value": "x", "unit": "g"}),
        (tuple[int, ...], "1"), (Literal["a"], "b"), (int | None, "x"), (None, 0),
        (dict[str, int], []), (float, 1), ("later", 1), (UUID, ["x"]),
    ],
)  # fmt: skip
def test_data_of_another_type_is_an_error(hint: Any, data: Any) -> None:
    with pytest.raises(CodecError):
        value_of(hint, data)


@pytest.mark.parametrize(
    ("hint", "data", "value"),
    [
        (Any, [1], [1]), (list[int], [1], [1]), (list, [1], [1]), (tuple, [1], (1,)),
        (dict, {"a": 1}, {"a": 1}), (str | int, "1", "1"), (UUID | str, "x", "x"),
        (None, None, None),
    ],
)  # fmt: skip
def test_loose_types_are_read_as_they_stand(hint: Any, data: Any, value: Any) -> None:
    assert value_of(hint, data) == value


@given(
    st.datetimes(
        min_value=datetime(1, 1, 2),  # noqa: DTZ001  # the strategy sets the zone
        timezones=st.sampled_from([UTC, timezone(timedelta(hours=5))]),
    ),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.text(string.printable),
    st.uuids(),
)
def test_values_survive_writing(when: datetime, number: Decimal, text: str, name: UUID) -> None:
    assert value_of(datetime, plain(when)) == when
    assert value_of(Decimal, plain(number)) == number
    assert value_of(str, plain(text)) == text
    assert value_of(UUID, plain(name)) == name
