"""Somebody holds the application's database login, but not the server's key."""

from uuid import UUID

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from ebr import batches
from ebr.batches import projection
from ebr.cli import verify
from ebr.embedded import Embedded
from ebr.kernel import chain, codec
from ebr.kernel.opening import reading
from migrations import guards
from tests.builders.batch import Line, now
from tests.builders.operator import Operator
from tests.builders.sealed import seal
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
    seal(line.database)
    (found,) = verify.ledger_findings(line.database.settings)
    assert found.startswith("unsigned: entry ")
    assert found.endswith(f"({stream}, sequence 2): batch.released is not signed as 'released'")


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
    seal(line.database)
    assert list(verify.ledger_findings(line.database.settings)) == []
    assert list(verify.row_findings(line.database.settings)) == []


EDITED = {
    "UPDATE batches.batch SET status = 'released', closed_by = 'H. Aalto'": (
        "batches.batch {batch}: status is released, its entries give running;"
        " closed_by is H. Aalto, its entries give None"
    ),
    "UPDATE batches.step SET status = 'complete' WHERE key = 'clear-line'": (
        "batches.step {batch} clear-line: status is complete, its entries give open"
    ),
    "DELETE FROM batches.step WHERE key = 'clear-line'": (
        "batches.step {batch} clear-line: the row is missing"
    ),
    "INSERT INTO batches.exception SELECT id, 'E9', 'problem', 'minor', NULL, 'so it was', false,"
    " false, NULL, started_at, started_by, NULL, NULL FROM batches.batch": (
        "batches.exception {batch} E9: no entry tells of this row"
    ),
    "INSERT INTO batches.batch SELECT (jsonb_populate_record(b, jsonb_build_object('id',"
    " '01890a5d-ac96-774b-bcce-b302099a8057', 'number', 'HR1-0'))).* FROM batches.batch b": (
        "batches.batch 01890a5d-ac96-774b-bcce-b302099a8057: no entry tells of this row"
    ),
}


@verifies("P11-10e-2")
def test_an_edited_row_of_a_projection_is_found(line: Line) -> None:
    """Nobody captures a projection, so the application's login can edit one; it does not last."""
    line.start()
    settings = line.database.settings
    for statement, found in EDITED.items():
        with plant.connect(settings, "app") as connection:
            connection.execute(statement.encode())
        assert [str(each) for each in verify.row_findings(settings)] == [
            f"row: {found.format(batch=line.batch)}"
        ]
        with Session(line.database.engine) as session, session.begin():
            whole = batches.read(session, line.batch).batch
            assert whole is not None
            projection.rebuild(session, whole)
            session.execute(text("DELETE FROM batches.batch WHERE number = 'HR1-0'"))
    with plant.connect(settings, "app") as connection:
        connection.execute(
            "SELECT audit.append(%s, 1, %s)",
            (batches.stream(line.batch), guards.act("batch.vanished", {})),
        )
    (broken,) = map(str, verify.row_findings(settings))
    assert f"batches.batch {line.batch}: it cannot be rebuilt: form: " in broken


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


@verifies("P11-10e-2", "P11-70-1")
def test_a_broken_record_is_told_as_one_and_the_others_stay_usable(
    line: Line, operator: Operator
) -> None:
    whole, broken = line.batch, line.start()
    signature = forged(line).replace('"signatures":[]', '"signatures":[{"meaning":"released"}]')
    unknown = guards.act("batch.vanished", {})
    with plant.connect(line.database.settings, "app") as connection:
        connection.execute("SELECT audit.append(%s, 1, %s)", (batches.stream(broken), signature))
        connection.execute(
            "SELECT audit.append(%s, 1, %s)", (batches.stream(line.start()), unknown)
        )
    get = operator.program.get
    for each, said in ((broken, "a signature has exactly"), (line.batch, "batch.vanished")):
        answer = get(f"/batches/{each}")
        told = answer.get_json()
        assert (answer.status_code, told["code"]) == (500, "breach")
        assert f"batch/{each}" in told["detail"]
        assert said in told["detail"]
        page = operator.program.client.get(f"/batches/{each}")
        assert page.status_code == 500
        assert "call quality" in page.text
    begun = operator.program.send(f"/batches/{broken}/steps/clear-line/start", {})
    assert (begun.status_code, begun.get_json()["code"]) == (500, "breach")
    notices = sorted(line.database.settings.notices_dir.glob("*breach*"))
    assert len(notices) == 2
    assert "call quality" in notices[0].read_text("utf-8").lower()
    assert get(f"/batches/{whole}").status_code == 200
    stuck = {task["batch"]: task for task in get("/work").get_json()["blocked"]}
    assert [why["code"] for why in stuck[str(broken)]["why_not"]] == ["breach"]
    for url in ("/", "/batches", "/work"):
        assert operator.program.client.get(url).status_code == 200, url
    reviewer = Operator(operator.program.app, line, "s.lindqvist")
    acts = [each["sentence"][0]["text"] for each in reviewer.get("/trail")["entries"]]
    assert sum("This entry cannot be read: 'name'" in act for act in acts) == 1
    assert reviewer.program.client.get("/trail").status_code == 200


def test_an_entry_out_of_form_is_a_finding_of_the_gate(line: Line, server: Embedded) -> None:
    """A superuser can write what is no entry at all; the gate says so instead of breaking."""
    line.start()
    stream = batches.stream(line.batch)
    with plant.superuser(server, line.database.settings) as connection:
        place = plant.one(connection, "SELECT tableoid::regclass::text FROM audit.entry LIMIT 1")
        off, edit = (
            f"ALTER TABLE {place} DISABLE TRIGGER append_only",
            f"UPDATE {place} SET leaf = 'no entry' WHERE stream = '{stream}'",
        )
        connection.execute(off.encode())
        connection.execute(edit.encode())
    with reading(line.database) as session:
        judged = chain.judge(session, stream, batches.SIGNATURES_NEEDED)
    (breach,) = judged.breaches
    assert breach.startswith("an entry is not of the promised form")
