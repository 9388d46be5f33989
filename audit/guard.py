"""Whether the database's own refusals are in place, and the alarm when one is not.

11.10(e): the trail has no off switch. The check runs at every start and on a timer; what it finds,
and that it is well again, is an entry in `system/guard`.
"""

from collections.abc import Sequence
from typing import NamedTuple

import sqlalchemy as sa

from audit.canonical import Plain
from audit.postgres import PostgresLedger

STREAM = "system/guard"
ALARMED = "system.guard.alarmed"
RESTORED = "system.guard.restored"
FINDINGS_MOST = 50


class Finding(NamedTuple):
    """One promise that the database does not keep: where, and what is wrong."""

    place: str
    text: str

    def __str__(self) -> str:
        return f"guard: {self.place}: {self.text}"


def findings(connection: sa.Connection) -> list[Finding]:
    """Every guard that is not as promised; none when all are armed."""
    found = connection.exec_driver_sql("SELECT place, finding FROM audit.guard_findings()")
    return [Finding(*row) for row in found]


def watch(connection: sa.Connection, station: str) -> list[Finding]:
    """Check the guards, and record it when their state is another than the last one recorded."""
    found = findings(connection)
    ledger = PostgresLedger(connection)
    last = list(ledger.read_from(STREAM, max(1, ledger.head(STREAM).seq)))
    told: Plain = [{"place": one.place, "finding": one.text} for one in found[:FINDINGS_MOST]]
    data: dict[str, Plain] = {"findings": told, "count": len(found)}
    was_well = not last or last[-1].act == RESTORED
    if (was_well and not found) or (last and last[-1].events[0]["data"] == data):
        return found
    body = service_body(ALARMED if found else RESTORED, data, "guard-check", station)
    ledger.append(STREAM, None, body)
    return found


def service_body(kind: str, data: dict[str, Plain], service: str, station: str) -> dict[str, Plain]:
    """The body of an act that a service of the ledger does by itself."""
    events: Sequence[Plain] = [{"kind": kind, "v": 1, "data": data}]
    return {
        "act": kind,
        "actor": {
            "person": None, "account": None, "name": service, "role": "service", "kind": "service",
        },
        "events": events,
        "reason": None,
        "refs": [],
        "request": kind,
        "signatures": [],
        "station": station,
    }  # fmt: skip
