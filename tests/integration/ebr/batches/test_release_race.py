"""Quality control blocks a lot in the same second in which its batch is released."""

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from ebr import release
from ebr.kernel import Refused
from migrations import guards
from tests.builders.batch import Line
from tests.builders.whole import decided, made
from tests.integration import plant
from tests.plugin import verifies
from workflows import BatchStatus
from workflows import commands as acts

BLOCKED = guards.act("lot.blocked", {"number": "by hand"})


@verifies("REL-GATE-1")
def test_a_lot_blocked_while_the_release_is_under_way_stops_it(line: Line) -> None:
    decided(made(line))
    with ThreadPoolExecutor(1) as beside:
        with plant.connect(line.database.settings, "app") as connection:
            lot = plant.one(
                connection,
                "UPDATE inventory.lot SET status = 'blocked' WHERE id = (SELECT lot_id"
                " FROM inventory.container WHERE code = %s) RETURNING id",
                line.containers["RM-ETH96"],
            )
            released = beside.submit(
                line.sign, "h.aalto", release.release_batch, acts.ReleaseBatch(batch=line.batch)
            )
            time.sleep(2)
            assert not released.done()
            seq = plant.one(
                connection, "SELECT seq FROM audit.head WHERE stream = %s", f"lot/{lot}"
            )
            connection.execute("SELECT audit.append(%s, %s, %s)", (f"lot/{lot}", seq, BLOCKED))
        with pytest.raises(Refused) as refused:
            released.result()
    assert [reason.code for reason in refused.value.reasons] == ["materials_released"]
    assert line.view().status is BatchStatus.REVIEWED
