"""How the shop floor's pages write amounts, ranges, formulas and what is signed."""

from datetime import UTC, datetime

import pytest

from audit.canonical import canonical, digest
from ebr.batches import StatementView
from ebr.web.screens import signing, wording
from tests.plugin import verifies
from workflows.recipe import Meaning


@pytest.mark.parametrize(
    ("recorded", "shown"),
    [
        ("20.5 Cel", "20.5 °C"),
        ("0.8050 g/mL to 0.8100 g/mL", "0.8050 to 0.8100 g/mL"),
        ("at least 15.0 Cel", "at least 15.0 °C"),
        ("-3 kg", "\u22123 kg"),
        ("22", "22"),
        ("12641.50 kg", "12,641.50 kg"),
    ],
)
def test_amounts_and_ranges_are_written_as_people_read_them(recorded: str, shown: str) -> None:
    assert wording.measure(recorded) == shown


@pytest.mark.parametrize(
    ("recorded", "shown"),
    [("-1.0 % to +1.0 %", "±1.0 %"), ("-1.0 % to +2.0 %", "\u22121.0 % to +2.0 %")],
)
def test_an_even_tolerance_is_written_once(recorded: str, shown: str) -> None:
    assert wording.tolerance(recorded) == shown


def test_a_formula_has_the_signs_of_arithmetic() -> None:
    assert wording.formula("size * density - water / 2") == "size × density \u2212 water ÷ 2"


def test_a_bar_never_says_more_than_all_of_it() -> None:
    assert [wording.share(1, 3), wording.share(5, 4), wording.share(1, 0)] == ["33.3", "100", "0"]


def test_a_day_is_written_with_its_month_as_a_word() -> None:
    assert wording.isoday("2026-11-21") == "21 Nov 2026"
    assert wording.isoday("soon") == "soon"
    assert wording.later(datetime(2026, 11, 21, tzinfo=UTC), 90).minute == 1


def statement(value: str) -> dict[str, object]:
    """What the performer of one small step signs."""
    recorded = {
        "input": "density", "title": "Density", "value": value, "unit": "g/mL",
        "limits": {"target": None, "alert": "no limit", "action": "0.8050 g/mL to 0.8100 g/mL",
                   "reject": "no limit"},
        "verdict": "within", "source": "manual", "earlier": [],
    }  # fmt: skip
    step = {"values": [recorded], "weighings": [], "exceptions": [], "performed_by": None}
    return {"act": "complete", "meaning": "performed", "step": step}


def view(value: str) -> StatementView:
    shown = statement(value)
    return StatementView(
        meaning=Meaning.PERFORMED,
        statement=shown,
        shown=digest(canonical(shown)),  # type: ignore[arg-type]  # the same
        second_person=False,
        reasons=(),
    )


@verifies("SIG-WYS-1")
def test_a_signer_is_told_line_by_line_what_changed_since_it_was_shown() -> None:
    now = signing.dialog((view("0.8090"),), continuous=True, before=statement("0.8074"))
    assert [(each.label, each.before, each.now) for each in now.changes] == [
        ("Density", "0.8074 g/mL", "0.8090 g/mL"),
        ("Exceptions", "None on this step", None),
    ]


def test_nothing_is_called_changed_that_is_as_it_was_shown() -> None:
    for before in (None, statement("0.8090")):
        assert signing.dialog((view("0.8090"),), continuous=True, before=before).changes == ()


def test_the_first_signature_asks_for_the_login_too_and_later_ones_do_not() -> None:
    asked = [
        signing.dialog((view("1"),), continuous=continuous).signers[0].login
        for continuous in (False, True)
    ]
    assert asked == [True, False]
