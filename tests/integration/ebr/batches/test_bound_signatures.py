"""A signature is bound to its content: whoever edits by SQL is named, before release and after."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.test import TestResponse

from audit.checkpoint import SigningKey
from audit.sealer import Outside, Sealer
from ebr.cli.verify import findings
from ebr.embedded import Embedded
from tests.builders.identity import entries
from tests.builders.operator import Operator, codes
from tests.integration import plant
from tests.plugin import verifies

Edit = Callable[[list[str]], list[str]]
Attack = Callable[[Edit], None]
SIGNATURES = '"signatures":['


def seal(operator: Operator) -> None:
    """Take every entry into the site's log, and sign it."""
    settings = operator.line.database.settings
    engine = sa.create_engine(settings.url("sealer"))
    key = SigningKey.load_or_create(settings.key_dir / "log.key", settings.origin)
    sealer = Sealer(engine, key, Outside(settings.checkpoint_dir))
    sealer.resume()
    sealer.round()
    engine.dispose()


@pytest.fixture
def signed(operator: Operator) -> Operator:
    """A batch with two signed steps, sealed."""
    operator.through("clear-line", "scan-balance")
    seal(operator)
    return operator


@contextmanager
def unguarded(signed: Operator, server: Embedded) -> Iterator[psycopg.Connection[Any]]:
    """The superuser, with the guards of the ledger off, and on again afterwards."""
    with plant.superuser(server, signed.line.database.settings) as connection:
        guarding = plant.rows(
            connection,
            "SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
            " WHERE NOT tgisinternal AND tgname = 'append_only'",
        )
        for table, trigger in guarding:
            connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER {trigger}".encode())
        yield connection
        for table, trigger in guarding:
            connection.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {trigger}".encode())


@pytest.fixture
def attack(signed: Operator, server: Embedded) -> Attack:
    """Edit the leaves of the two signed entries as somebody with every right on the database."""

    def run(edit: Edit) -> None:
        batch = f"batch/{signed.line.batch}"
        with unguarded(signed, server) as connection:
            found = plant.rows(
                connection,
                "SELECT id, leaf FROM audit.entry"
                " WHERE stream = %s AND act = 'batch.step.completed' ORDER BY seq",
                batch,
            )
            for (entry, old), new in zip(found, edit([leaf for _, leaf in found]), strict=True):
                if new != old:
                    connection.execute(
                        "UPDATE audit.entry SET leaf = %s WHERE id = %s", (new, entry)
                    )

    return run


def signatures(leaf: str) -> str:
    """The signatures of an entry, as they stand in its leaf."""
    return leaf[leaf.index(SIGNATURES) : leaf.index('],"station"')]


def swapped(leaves: list[str]) -> list[str]:
    one, other = map(signatures, leaves)
    return [leaves[0].replace(one, other), leaves[1].replace(other, one)]


def copied(leaves: list[str]) -> list[str]:
    one, other = map(signatures, leaves)
    return [leaves[0], leaves[1].replace(other, one)]


def renamed(leaves: list[str]) -> list[str]:
    mine = signatures(leaves[0])
    return [leaves[0].replace(mine, mine.replace("M. Keller", "J. Brandt")), leaves[1]]


def redated(leaves: list[str]) -> list[str]:
    mine = signatures(leaves[0])
    at = mine.index('"at":"') + len('"at":"')
    return [leaves[0].replace(mine, mine[:at] + "2020" + mine[at + 4 :]), leaves[1]]


def edited(leaves: list[str]) -> list[str]:
    return [leaves[0].replace('"step":"clear-line"', '"step":"scan-vessel"'), leaves[1]]


def trail(answer: TestResponse) -> str:
    """What a refused release says of the trail."""
    reasons = {each["code"]: each["text"] for each in answer.get_json()["reasons"]}
    return str(reasons["trail_complete"])


def release(signed: Operator, app: Flask) -> TestResponse:
    """What the Qualified Person is told who wants to release."""
    releaser = Operator(app, signed.line, "h.aalto")
    url = f"/batches/{signed.line.batch}"
    shown = releaser.get(f"{url}/statement?act=release")["statements"]
    body = {"signatures": [releaser.given(each) for each in shown]}
    return releaser.program.send(f"{url}/release", body)


@verifies("P11-70-1")
def test_untouched_signatures_hold_on_the_list_and_in_the_log(signed: Operator, app: Flask) -> None:
    assert findings(signed.line.database.settings) == []
    assert "trail_complete" not in codes(release(signed, app))


@verifies("P11-70-1")
@pytest.mark.parametrize(
    ("edit", "named"),
    [(swapped, 2), (copied, 1), (renamed, 1), (redated, 1), (edited, 1)],
)
def test_a_signature_moved_or_edited_is_named_before_release_and_by_verification(
    signed: Operator, attack: Attack, app: Flask, edit: Edit, named: int
) -> None:
    attack(edit)
    assert trail(release(signed, app)).count("the proof of") == named
    assert any("the proof of" in line for line in findings(signed.line.database.settings))


@verifies("P11-70-1")
def test_one_byte_of_what_a_signer_was_shown_is_named(
    signed: Operator, server: Embedded, app: Flask
) -> None:
    last = entries(signed.line.database, f"batch/{signed.line.batch}")[-1]
    with unguarded(signed, server) as connection:
        connection.execute(
            "UPDATE audit.blob SET content = set_byte(content, 9, get_byte(content, 9) # 1)"
            " WHERE sha256 = %s",
            [last["signatures"][0]["shown"]],
        )
    assert "is not what was kept" in trail(release(signed, app))
    assert findings(signed.line.database.settings) != []
