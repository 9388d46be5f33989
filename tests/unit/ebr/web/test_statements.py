"""What a signer was shown is believed by its digest, and compared with what is there now."""

import pytest
from flask import Flask

from audit.canonical import Plain, canonical, digest
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


@pytest.mark.parametrize(
    ("given", "versions"),
    [
        (None, None),
        ("*", None),
        ('"7"', {7}),
        ('W/"7"', {7}),
        ("7", {7}),
        ('"6", "7"', {6, 7}),
        ('"of another kind"', set()),
        ("", set()),
    ],
)
def test_what_a_program_has_seen_is_read_from_if_match(
    given: str | None, versions: set[int] | None
) -> None:
    headers = {} if given is None else {"If-Match": given}
    with Flask("versions").test_request_context("/", method="POST", headers=headers):
        assert binding.seen() == versions
