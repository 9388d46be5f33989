"""Every process of the plant is killed in the middle of a batch, which goes on: nothing is lost,
nothing is doubled. The measure is a batch of the same script that nobody disturbed.
"""

import signal
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
import sqlalchemy as sa
from sqlalchemy.orm import Session

from ebr import batches, inventory
from ebr.batches import projection
from ebr.demo.crew import crew_of
from ebr.demo.drive import Drive
from ebr.demo.scripts import HANDRUB
from ebr.kernel import history
from ebr.kernel.opening import Database, reading
from tests.faults.killing import BETWEEN_STEPS, Killer
from tests.faults.plant import Plant, running
from tests.faults.wire import wire_to
from tests.plugin import verifies
from workflows.quantity import Quantity, plain

ROWS = {"batches.batch": "id", "batches.step": "batch_id", "batches.exception": "batch_id"}
SEALED_S = 30.0
MIDDLE = 13  # the step after which the parent itself is killed


def say(text: str) -> None:
    """Tell how far it has come; pytest shows it when it stops there."""
    sys.stdout.write(f"{time.monotonic():.1f} {text}\n")


def make(plant: Plant, port: int, after_step: Callable[[str], None] = lambda _: None) -> UUID:
    """A whole batch, by people who reach the plant through this port."""
    crew = crew_of(replace(plant.settings, port=port))
    drive = Drive(crew, HANDRUB, say, after_step)
    return UUID(drive.make())


@verifies("P11-10e-2", "P11-70-1")
def test_a_batch_goes_on_whoever_is_killed_and_nothing_is_lost_or_doubled(
    own_folder: Path,
) -> None:
    with running(own_folder) as plant:
        database = Database.connect(plant.connected())
        calm = make(plant, plant.settings.port)
        consumed = _consumed(database)

        killer = Killer(plant)
        orphans: list[psutil.Process] = []

        def then(key: str) -> None:
            killer.after_step(key)
            if killer.steps == MIDDLE:
                orphans.extend(_killed_parent(plant))

        with wire_to(plant.settings.port, killer.plan) as port:
            disturbed = make(plant, port, then)
        assert {victim for victim, _ in killer.done} == set(BETWEEN_STEPS)
        assert orphans
        assert not [each for each in orphans if each.is_running()]

        _is_released(database, disturbed)
        assert _acts(database, disturbed) == _acts(database, calm)
        assert _consumed(database) == {what: 2 * much for what, much in consumed.items()}
        _containers_hold_what_the_journal_says(database)
        _readings_are_used_once(database, calm, disturbed)
        _rows_are_what_the_stream_says(database, disturbed)
        _every_entry_is_sealed(database)
        verified = plant.ebr("verify")
        assert (verified.returncode, verified.stderr) == (0, ""), verified.stdout
        database.close()
        assert plant.end(signal.SIGINT) == 0
        assert plant.left() == []


def _killed_parent(plant: Plant) -> list[psutil.Process]:
    """The parent itself is killed; the next one ends what it left, and the batch goes on."""
    assert plant.process is not None
    children: list[psutil.Process] = psutil.Process(plant.process.pid).children(recursive=True)
    plant.end(signal.SIGKILL)
    plant.start()
    assert any("an earlier run was killed" in line for line in plant.said)
    return children


def _is_released(database: Database, batch: UUID) -> None:
    with reading(database) as session:
        found = batches.read(session, batch).batch
    assert found is not None
    assert found.status.value == "released"


def _acts(database: Database, batch: UUID) -> list[tuple[Any, ...]]:
    """What happened to a batch, act by act: by whom, where, at which step, signed how often."""
    with reading(database) as session:
        told = list(history(session, batches.stream(batch)))
    assert len({each.request for each in told}) == len(told)
    return [
        (
            each.actor["name"],
            each.station,
            tuple((event.KIND, getattr(event, "step", "")) for event in each.events),
            len(each.signatures),
        )
        for each in told
    ]


def _consumed(database: Database) -> dict[str, Decimal]:
    """How much of each material production has taken, by the journal of stock."""
    with reading(database) as session:
        rows = session.execute(
            sa.text(
                "SELECT material.code, sum(move.quantity) FROM inventory.move"
                " JOIN inventory.lot ON lot.id = move.lot_id"
                " JOIN inventory.material ON material.id = lot.material_id"
                " WHERE move.kind = 'consumed' GROUP BY material.code"
            )
        )
        return {str(row.code): Decimal(row.sum) for row in rows}


def _containers_hold_what_the_journal_says(database: Database) -> None:
    with reading(database) as session:
        rows = session.execute(sa.text("SELECT code, remaining, unit FROM inventory.container"))
        wrong = [
            (code, remaining)
            for code, remaining, unit in rows
            if Quantity(plain(remaining), unit).compare(inventory.balance(session, code))
        ]
    assert not wrong


def _readings_are_used_once(database: Database, *made: UUID) -> None:
    """Each weighing stands on a reading of its own, good, asked for by its own step."""
    weighed = []
    with reading(database) as session:
        for batch in made:
            told = history(session, batches.stream(batch))
            weighed += [
                (event.reading, batch, event.step)
                for event in told.events
                if event.KIND == "batch.step.weighed"
            ]
        used = session.execute(sa.text("SELECT reading, batch, step FROM readings.use")).all()
        good = session.scalar(
            sa.text(
                "SELECT count(*) FROM readings.use JOIN readings.reading ON reading.id = reading"
                " WHERE quality = 'good' AND (reading.batch, reading.step) = (use.batch, use.step)"
            )
        )
    assert sorted(weighed) == sorted(map(tuple, used))
    assert good == len(weighed) == 4 * len(made)


def _rows_are_what_the_stream_says(database: Database, batch: UUID) -> None:
    """The rows that screens read, thrown away and written from the stream: the same rows."""
    with Session(database.engine) as session:
        before = _rows(session, batch)
        batches.forget()
        found = batches.read(session, batch).batch
        assert found is not None
        projection.rebuild(session, found)
        assert _rows(session, batch) == before
        session.rollback()


def _rows(session: Session, batch: UUID) -> list[list[str]]:
    found = []
    for table, key in ROWS.items():
        asked = sa.text(f"SELECT to_jsonb(r) FROM {table} r WHERE {key} = :batch")
        found.append(sorted(map(str, session.execute(asked, {"batch": batch}).scalars())))
    return found


def _every_entry_is_sealed(database: Database) -> None:
    """The sealer, started anew, has taken in every entry, each once."""
    counts = sa.text(
        "SELECT (SELECT count(*) FROM audit.entry), (SELECT count(*) FROM audit.site_leaf),"
        " (SELECT max(size) FROM audit.checkpoint)"
    )
    until = time.monotonic() + SEALED_S
    while True:
        with reading(database) as session:
            entries, leaves, size = session.execute(counts).one()
        if entries == leaves == size:
            return
        assert time.monotonic() < until, f"{entries} entries, {leaves} leaves, {size} signed"
        time.sleep(0.2)
