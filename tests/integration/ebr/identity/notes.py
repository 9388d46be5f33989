"""A note that tests sign, by an operation that records it as other modules do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar

import pytest
import sqlalchemy as sa

from ebr import identity
from ebr.identity import Given, Right
from ebr.kernel import (
    Refused,
    Secret,
    UnitOfWork,
    register,
)
from ebr.kernel.opening import Database, reading
from tests.builders import identity as people
from tests.integration.ebr.identity.conftest import Crew
from workflows.recipe import Meaning

STATEMENT: Mapping[str, Any] = {
    "batch": "B-1",
    "act": "complete",
    "values": [{"input": "weight", "value": "12.487", "unit": "kg"}],
    "meaning": "performed",
}


@register
@dataclass(frozen=True)
class NoteSigned:
    """A note of the tests was signed."""

    KIND: ClassVar[str] = "test.note.signed"
    VERSION: ClassVar[int] = 1
    text: str


@dataclass(frozen=True, kw_only=True)
class SignNote:
    """Sign a note: by whom, meaning what."""

    given: Given
    second: Given | None = None
    meaning: Meaning = Meaning.PERFORMED
    right: Right = Right.EXECUTE_STEPS
    statement: Mapping[str, Any] = field(default_factory=lambda: dict(STATEMENT))


def sign_note(work: UnitOfWork, command: SignNote) -> None:
    """Sign and record, as operations of other modules do."""
    drafts = [
        identity.sign(
            work, command.statement, command.given, meaning=command.meaning, right=command.right
        )
    ]
    if command.second is not None:
        drafts.append(
            identity.sign(
                work,
                command.statement,
                command.second,
                meaning=Meaning.WITNESSED,
                right=Right.WITNESS_STEPS,
            )
        )
    work.record("note/1", NoteSigned("12.487 kg"), signatures=drafts)


def signed(database: Database, token: str, given: Given, **more: Any) -> dict[str, Any]:
    """Sign in a session; the signature as the ledger has it."""
    people.act(database, token, sign_note, SignNote(given=given, **more))
    found: dict[str, Any] = people.entries(database, "note/1")[-1]["signatures"][0]
    return found


def codes(refusal: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [str(reason.code) for reason in refusal.value.reasons]


def begun(database: Database, crew: Crew, station: str = "DB-2") -> str:
    """A session of M. Keller in which a continuous signing period runs."""
    token = people.sign_in(database, crew.keller, station=station)
    signed(database, token, crew.keller.given(STATEMENT, Meaning.PERFORMED, login="m.keller"))
    assert people.session(database, token).continuous
    return token


def unlock(database: Database, crew: Crew, token: str) -> None:
    command = identity.UnlockSession(secret=Secret(crew.keller.password))
    people.act(database, token, identity.unlock, command)


def grow_old(database: Database, column: str, minutes: int) -> None:
    """Let time pass for every session (the row is operational; no clock is moved)."""
    with database.engine.begin() as connection:
        connection.execute(
            sa.text(
                f"UPDATE identity.session SET {column} = {column} - make_interval(mins => :most)"
            ),
            {"most": minutes},
        )


def sessions_of(database: Database, someone: people.Someone) -> int:
    with reading(database) as session:
        return int(
            session.scalar(
                sa.text(
                    "SELECT count(*) FROM identity.session"
                    " WHERE account = :account AND state <> 'ended'"
                ),
                {"account": someone.account},
            )
            or 0
        )
