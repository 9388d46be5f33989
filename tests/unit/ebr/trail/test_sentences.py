"""Every kind of event has its sentence, and every sentence speaks of what its event has."""

import re
from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

import pytest

from ebr.trail import sentences
from tests.golden.examples import known

AT = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
ASKED: dict[str, Any] = {
    "operation": "identify_material",
    "error": "refused",
    "right": None,
    "asked": {},
}


def told(kind: str, data: Mapping[str, Any]) -> str:
    """An entry of one event, in words."""
    body = {
        "act": kind,
        "actor": {"name": "M. Keller", "role": "Operator", "kind": "human"},
        "events": [{"kind": kind, "v": 1, "data": data}],
        "reason": None,
        "signatures": [],
        "station": "DB-2",
    }
    line = sentences.line(1, AT, "attempt/DB-2", body)
    return "".join(part.text for part in line.sentence)


def test_every_kind_of_event_is_told_in_its_own_words() -> None:
    assert sorted({kind for kind, _ in known()} - set(sentences.TOLD)) == []


@pytest.mark.parametrize("kind", sorted(sentences.TOLD))
def test_a_sentence_names_only_what_its_event_has(kind: str) -> None:
    named = set(re.findall(r"\{(\w+)\}", sentences.TOLD[kind].sentence))
    newest = max((name for name in known() if name[0] == kind), key=lambda name: name[1])
    has = {field.name for field in fields(known()[newest])}
    assert named - has <= {"because"} if kind == "attempt.refused" else named <= has


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            ASKED | {"reasons": [{"code": "a", "text": "Lot L-1 expired."}]},
            "tried to identify material; it was refused: Lot L-1 expired.",
        ),
        (
            ASKED | {"reasons": [], "error": "forbidden", "right": "release_batches"},
            "tried to identify material; it was refused: the right release batches is missing.",
        ),
        (
            ASKED | {"reasons": [], "operation": "sign_in", "error": "unauthenticated"},
            "tried to sign in; it was refused: unauthenticated.",
        ),
    ],
)
def test_a_refused_attempt_says_what_was_tried_and_why_not(
    data: Mapping[str, Any], sentence: str
) -> None:
    assert told("attempt.refused", data) == sentence
