"""Forms and JSON bodies become commands, or all their faults at once."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

import pytest
from flask import Flask

from ebr.kernel import Malformed, Secret, Why
from ebr.web import binding
from workflows.quantity import Quantity

BATCH = UUID("01a20041-1bd4-7000-8848-a30aaaf7ca4b")


class Colour(StrEnum):
    BLUE = "blue"


@dataclass(frozen=True, kw_only=True)
class Signed:
    secret: Secret
    shown: str
    login: str | None = None


@dataclass(frozen=True, kw_only=True)
class Paint:
    """A command with one field of every kind."""

    batch: UUID
    step: str
    amount: Quantity
    colour: Colour
    coats: int = 1
    on: date | None = None
    why: Why | None = None
    signatures: tuple[Signed, ...] = ()

    def __post_init__(self) -> None:
        if self.coats > 3:
            raise ValueError("At most 3 coats.")


@pytest.fixture
def app() -> Flask:
    return Flask("binding")


FORM = {
    "csrf": "x",
    "request": "y",
    "step": "coat",
    "amount.value": "12.50",
    "amount.unit": "kg",
    "colour": "blue",
    "coats": "2",
    "on": "",
    "why.text": "Because it flakes",
    "signatures.0.secret": "p w",
    "signatures.0.shown": "ab",
    "signatures.1.secret": "q w",
    "signatures.1.shown": "cd",
    "signatures.1.login": "j.brandt",
    "unknown": "is left aside",
}


def test_a_form_becomes_a_command(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data=FORM):
        found = binding.bind(Paint, batch=BATCH)
    assert found.amount == Quantity("12.50", "kg")
    assert (found.batch, found.colour, found.coats, found.on) == (BATCH, Colour.BLUE, 2, None)
    assert found.why == Why("Because it flakes")
    assert [s.login for s in found.signatures] == [None, "j.brandt"]
    assert found.signatures[0].secret.reveal() == "p w"


def test_all_faults_are_told_at_once_by_field(app: Flask) -> None:
    data = FORM | {"amount.value": "1,5", "colour": "red", "coats": "many", "step": " "}
    del data["signatures.1.shown"]
    with (
        app.test_request_context("/", method="POST", data=data),
        pytest.raises(Malformed) as told,
    ):
        binding.bind(Paint, batch=BATCH)
    assert set(told.value.faults) == {"amount", "colour", "coats", "step", "signatures.1.shown"}
    assert told.value.faults["step"] == ("This is missing.",)


def test_what_the_command_itself_refuses_is_a_fault(app: Flask) -> None:
    with (
        app.test_request_context("/", method="POST", data=FORM | {"coats": "9"}),
        pytest.raises(Malformed) as told,
    ):
        binding.bind(Paint, batch=BATCH)
    assert told.value.faults == {"request": ("At most 3 coats.",)}


def test_the_address_cannot_be_overridden_by_the_body(app: Flask) -> None:
    other = "01a20041-1bd4-7000-8848-000000000000"
    with app.test_request_context("/", method="POST", data=FORM | {"batch": other}):
        assert binding.bind(Paint, batch=BATCH).batch == BATCH
    body = {"batch": other, "step": "coat", "colour": "blue"}
    with app.test_request_context("/", method="POST", json=body), pytest.raises(Malformed) as told:
        binding.bind(Paint, batch=BATCH)
    assert list(told.value.faults) == ["batch"]


def test_a_field_named_as_a_group_and_as_a_value_is_a_fault(app: Flask) -> None:
    with (
        app.test_request_context("/", method="POST", data={"why": "x", "why.text": "y"}),
        pytest.raises(Malformed),
    ):
        binding.form_body()


def test_a_form_comes_back_without_its_passwords(app: Flask) -> None:
    with app.test_request_context("/", method="POST", data=FORM | {"secret": "p", "current": "c"}):
        kept = binding.entered()
    assert kept["step"] == "coat"
    assert kept["signatures.1.login"] == "j.brandt"
    assert not {"secret", "current", "signatures.0.secret", "csrf", "request"} & kept.keys()
