"""What a signer was shown is believed by its digest, and compared with what is there now."""

import pytest
from flask import Flask

from audit.canonical import Plain, canonical, digest
from ebr.kernel import Stale
from ebr.web import binding, statements
from tests.plugin import verifies

BEFORE: dict[str, Plain] = {
    "meaning": "performed",
    "step": {"key": "2.4", "title": "Weigh", "net": {"value": "12.487", "unit": "kg"}},
    "values": [{"label": "Tare", "value": "1.222 kg"}, {"label": "Stable", "value": True}],
    "remarks": None,
}
NOW: dict[str, Plain] = {
    "meaning": "performed",
    "step": {"key": "2.4", "title": "Weigh", "net": {"value": "12.463", "unit": "kg"}},
    "values": [{"label": "Tare", "value": "1.222 kg"}],
    "remarks": 1,
}


@verifies("SIG-WYS-1")
def test_every_line_that_changed_came_or_went_stands_first() -> None:
    found = statements.differences(BEFORE, NOW)
    changed = {each.label: (each.before, each.now) for each in found if each.now is not None}
    assert changed == {
        "Step, net": ("12.487 kg", "12.463 kg"),
        "Values, Stable": ("yes", "nothing"),
        "Remarks": ("nothing", "1"),
    }
    same = {each.label: each.before for each in found if each.now is None}
    assert same == {"Meaning": "performed", "Step, key": "2.4", "Values, Tare": "1.222 kg"}
    assert [each.now is None for each in found] == [False] * 3 + [True] * 3


@verifies("SIG-WYS-1")
def test_nobody_can_pretend_to_have_been_shown_something_else() -> None:
    app = Flask("statements")
    text = statements.written(BEFORE)
    shown = digest(canonical(BEFORE))
    fields = {"statement": text, "signatures.0.shown": shown}
    with app.test_request_context("/", method="POST", data=fields):
        assert statements.shown_before() == BEFORE
    for other in (
        {**fields, "statement": statements.written(NOW)},
        {"statement": text},
        {"signatures.0.shown": shown},
    ):
        with app.test_request_context("/", method="POST", data=other):
            assert statements.shown_before() is None


@pytest.mark.parametrize("given", ['"7"', 'W/"7"', "7", "*", ""])
def test_who_saw_this_version_goes_on(given: str) -> None:
    app = Flask("versions")
    with app.test_request_context("/", method="POST", headers={"If-Match": given}):
        binding.check_version(7)


def test_who_saw_another_version_is_told_both() -> None:
    app = Flask("versions")
    with (
        app.test_request_context("/", method="POST", data={"version": "6"}),
        pytest.raises(Stale) as told,
    ):
        binding.check_version(7)
    assert (told.value.found, told.value.expected) == (7, 6)
