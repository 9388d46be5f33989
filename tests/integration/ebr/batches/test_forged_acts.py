"""Somebody holds the application's database login, but not the server's key."""

from uuid import UUID

import psycopg
import pytest

from ebr import batches
from ebr.cli import verify
from ebr.kernel import chain, codec
from ebr.kernel.opening import reading
from migrations import guards
from tests.builders.batch import Line, now
from tests.builders.whole import decided, made
from tests.integration import plant
from tests.plugin import verifies
from workflows import events
from workflows.people import Who


def forged(line: Line) -> str:
    """The body of an entry in which H. Aalto releases the batch, and nobody signs."""
    event = events.BatchReleased(
        at=now(),
        by=Who(person=line.people["h.aalto"].person, name="H. Aalto", role="Qualified Person"),
        number=line.view().number,
        product="FP-HR1",
        recipe_digest="0" * 64,
        lots=(),
        reviewer=Who(person=UUID(int=1), name="S. Lindqvist", role="QA reviewer"),
        reviewed_at=now(),
    )
    return guards.act(event.KIND, codec.plain(event))


@verifies("P11-70-1", "P11-200a2-1")
def test_a_release_that_nobody_signed_is_named_by_the_gate_and_by_verify(line: Line) -> None:
    line.start()
    stream = batches.stream(line.batch)
    with plant.connect(line.database.settings, "app") as connection:
        seq = plant.one(connection, "SELECT seq FROM audit.head WHERE stream = %s", stream)
        connection.execute("SELECT audit.append(%s, %s, %s)", (stream, seq, forged(line)))
    with reading(line.database) as session:
        judged = chain.judge(session, stream, batches.SIGNATURES_NEEDED)
    assert judged.breaches == ("entry 2: batch.released is not signed as 'released'",)
    (found,) = verify.unsigned_findings(line.database.settings)
    assert found == f"unsigned: {stream}: entry 2: batch.released is not signed as 'released'"


@verifies("P11-70-1", "P11-200a2-1")
@pytest.mark.parametrize("signature", ['{"meaning":"released"}', "{}", "7", '"H. Aalto"'])
def test_a_signature_that_is_none_is_a_breach_and_breaks_no_gate(
    line: Line, signature: str
) -> None:
    line.start()
    stream = batches.stream(line.batch)
    body = forged(line).replace('"signatures":[]', f'"signatures":[{signature}]')
    with plant.connect(line.database.settings, "app") as connection:
        connection.execute("SELECT audit.append(%s, 1, %s)", (stream, body))
    with reading(line.database) as session:
        judged = chain.judge(session, stream, batches.SIGNATURES_NEEDED)
    assert not judged.holds
    assert all(breach.startswith("entry 2: ") for breach in judged.breaches)


@verifies("P11-70-1")
def test_every_act_of_an_honest_batch_carries_the_signatures_it_needs(line: Line) -> None:
    decided(made(line))
    assert verify.unsigned_findings(line.database.settings) == []


MIGRATION = guards.act(
    "system.migrated",
    {
        "revision": "0099",
        "text": "a column that never was",
        "added": [],
        "columns": [{"op": "dropped", "table": "inventory.lot", "column": "status", "after": "0"}],
    },
)


@verifies("P11-10e-2")
def test_a_migration_that_never_was_cannot_hide_a_changed_column(line: Line) -> None:
    with (
        plant.connect(line.database.settings, "app") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="only who migrates"),
    ):
        connection.execute("SELECT audit.append(%s, NULL, %s)", ("system/migration", MIGRATION))
