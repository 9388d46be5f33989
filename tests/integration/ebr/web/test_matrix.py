"""The permission matrix over HTTP: each role at each address, granted or refused on the server."""

import re
from dataclasses import dataclass, replace

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from ebr import identity, inventory, recipes
from ebr.identity import ROLES, Right
from ebr.kernel import new_id
from ebr.kernel.opening import reading
from ebr.web import create_app
from ebr.web.routing import Registered, Stage
from tests.builders.batch import Line
from tests.builders.identity import BECAUSE, Someone, entries, keep, somebody
from tests.builders.web import Program
from tests.plugin import verifies

PART = re.compile(r"<(?:\w+:)?(\w+)>")
MATRIX = {role.key: role.rights for role in ROLES}
# A list answers; or it says which field the question lacks.
ANSWERED = (200, 422)
UNSEALED = "/checkpoint"  # no sealer runs here, so there is none yet


@dataclass(frozen=True)
class Cell:
    """One role at one address, as a hand-made request."""

    line: Line
    app: Flask
    someone: Someone
    parts: dict[str, str]
    program: Program

    def ask(self, each: Registered) -> TestResponse:
        headers = {"X-CSRF-Token": self.program.csrf, "Idempotency-Key": str(new_id())}
        url = PART.sub(lambda part: self.parts[part[1]], each.url)
        acts = each.route.acts
        return self.program.client.open(
            url,
            method=each.route.method,
            headers=headers,
            json={} if acts and each.skin == "api" else None,
            data={} if acts and each.skin == "pages" else None,
        )

    def stored(self) -> int:
        with self.line.database.engine.connect() as connection:
            return int(connection.execute(text("SELECT count(*) FROM audit.entry")).scalar_one())


def _parts(line: Line) -> dict[str, str]:
    """What really exists in this plant, for every part of an address."""
    line.start()
    with reading(line.database) as session:
        version = recipes.effective(session, "MR-HR1")
        found = inventory.scan(session, line.containers["RM-ETH96"])
    assert version is not None
    assert found is not None
    return {
        "batch": str(line.batch),
        "step": "clear-line",
        "version": str(version.id),
        "lot": found.lot_number,
        "code": line.containers["RM-ETH96"],
        "equipment": "SC-04",
        "order": "PO-1",
        "verb": "take_out_of_service",
        "exception": "exception-1",
        "question": str(new_id()),
        "reading": str(new_id()),
        "copy": str(new_id()),
        "entry": "1",
        "account": str(line.people["m.keller"].account),
        "person": str(line.people["m.keller"].person),
    }


@pytest.fixture(params=sorted(MATRIX))
def cell(request: pytest.FixtureRequest, line: Line) -> Cell:
    """Somebody who holds one role and nothing else, signed in at a station."""
    # On a production site nobody is asked for the pan of a simulated balance.
    app = create_app(replace(line.database.settings, site_kind="production"), line.database)
    somebody(line.database, "w.admin", "administrator")
    someone = somebody(line.database, "z.fuchs", request.param, name="Z. Fuchs")
    program = Program(app)
    assert program.sign_in(someone).status_code == 201
    return Cell(line, app, someone, _parts(line), program)


def _closed(app: Flask) -> list[Registered]:
    """Every address that needs a right, apart from those that end the session itself."""
    return [
        each
        for each in app.extensions["ebr.routes"]
        if not each.route.public and each.route.stage is Stage.WORKING
    ]


def _role(cell: Cell) -> frozenset[Right]:
    with reading(cell.line.database) as session:
        (role,) = identity.account(session, cell.someone.account).roles
    return frozenset(MATRIX[role])


@verifies("P11-10g-1", "P11-10d-1", "A11D-11.10-1")
def test_a_role_reaches_what_the_matrix_grants_and_nothing_else(cell: Cell) -> None:
    held, wrong = _role(cell), []
    for each in _closed(cell.app):
        before = cell.stored()
        answer = cell.ask(each)
        name = f"{each.route.method} {each.url}: {answer.status_code}"
        if each.route.right in held:
            if answer.status_code in (401, 403) or answer.status_code >= 500:
                wrong.append(f"granted, {name} {answer.text[:200]}")
            elif _is_list(each) and answer.status_code not in ANSWERED:
                wrong.append(f"granted and asked for, {name}")
        elif answer.status_code != 403:
            wrong.append(f"not granted, {name}")
        elif cell.stored() != before + 1:
            wrong.append(f"more or less than the refusal is stored, {name}")
        elif each.skin == "api" and answer.get_json()["right"] != each.route.right:
            wrong.append(f"another right is named, {name}")
    assert not wrong, "\n".join(wrong)
    kept = entries(cell.line.database, f"attempt/{cell.someone.account}")
    assert {entry["act"] for entry in kept} <= {"attempt.refused"}
    assert {entry["actor"]["name"] for entry in kept} <= {"Z. Fuchs"}


def _is_list(each: Registered) -> bool:
    return not each.route.acts and "<" not in each.url and not each.url.endswith(UNSEALED)


@verifies("P11-10g-1")
def test_a_role_withdrawn_in_a_live_session_closes_the_very_next_call(cell: Cell) -> None:
    with reading(cell.line.database) as session:
        (role,) = identity.account(session, cell.someone.account).roles
    first = [each for each in _closed(cell.app) if each.route.right in MATRIX[role]]
    asked = next(each for each in first if not each.route.acts)
    assert cell.ask(asked).status_code == 200
    withdraw = identity.WithdrawRole(account=cell.someone.account, role=role, why=BECAUSE)
    keep(cell.line.database, identity.withdraw_role, withdraw)
    for each in first:
        if each.route.right is not Right.USE_OWN_SESSION:
            assert cell.ask(each).status_code == 403, each.url
