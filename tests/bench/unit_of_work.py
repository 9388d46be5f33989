"""Acts per second through the unit of work, beside the same act with all auditing taken out.

The act changes a note and a level of one row and says so with an event. The audited one goes
through capture, append and the sealer, which runs beside it; the bare one through the same ORM,
the same commands and the same commits, on a table without guards. Plain inserts by the driver are
reported beside them. Writers are threads of several processes, as the web's are. Ratios are of
runs that take turns, so that what else the machine does touches both alike.
"""

import multiprocessing
import os
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from audit.canonical import canonical
from audit.postgres import Asked, PostgresLedger
from ebr.cli.seal import keep_sealing
from ebr.embedded import Embedded
from ebr.kernel import Base, Operational, UnitOfWork, new_id, plain, table
from ebr.kernel.opening import Database, digest_of, perform, unit_of_work
from ebr.settings import Settings
from migrations.apply import migrate
from tests.bench.figure import Figure
from tests.integration import plant

ROUND_S = float(os.environ.get("BENCH_ROUND_S", "3"))
ROUNDS = 3
WRITERS = (1, 16, 32)
PROCESSES = 2
GOAL = 0.75
Act = Callable[[Database, int, list[UUID]], None]


class BareVessel(Base):
    """The same vessel, unguarded."""

    __tablename__ = "bare"
    __table_args__ = table("plant", Operational())

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str]
    level: Mapped[str] = mapped_column(sa.Numeric())
    note: Mapped[str | None]
    pin: Mapped[str | None]


@dataclass(frozen=True)
class Refill:
    """Fill one of the vessels anew."""

    vessel: UUID
    level: str
    note: str


def refill(work: UnitOfWork, command: Refill) -> UUID:
    """The act as a module would write it."""
    row = work.session.get_one(plant.Vessel, command.vessel)
    row.level, row.note = command.level, command.note
    event = plant.VesselFilled(row.id, command.level, command.note)
    work.record(plant.stream_of(row.id), event)
    return row.id


def refill_bare(work: UnitOfWork, command: Refill) -> UUID:
    """The same on the table without guards."""
    row = work.session.get_one(BareVessel, command.vessel)
    row.level, row.note = command.level, command.note
    event = plant.VesselFilled(row.id, command.level, command.note)
    work.record(plant.stream_of(row.id), event)
    return row.id


def command(number: int, vessels: list[UUID]) -> Refill:
    """What is asked, another thing each time."""
    note = f"filled by {plant.OPERATOR.name}, request {number}"
    return Refill(vessels[number % len(vessels)], str(number % 90), note)


def audited(database: Database, number: int, vessels: list[UUID]) -> None:
    """The act as the product does it."""
    perform(database, plant.OPERATOR, refill, command(number, vessels), str(new_id()))


def bare(database: Database, number: int, vessels: list[UUID]) -> None:
    """The same steps as `perform`, with all that is for the audit trail taken out."""
    asked_for, actor, request = command(number, vessels), plant.OPERATOR, str(new_id())
    asked = Asked(actor.owner, request, digest_of("refill", asked_for), "")
    with Session(database.engine, expire_on_commit=False) as session, session.begin():
        ledger = PostgresLedger(session.connection())
        opened = ledger.open(asked.owner, asked.request)
        work = UnitOfWork(session, actor, request, opened.now, database.settings, "origin")
        outcome = refill_bare(work, asked_for)
        session.flush()
        ledger.ask(asked._replace(outcome=canonical(plain(outcome)).decode()))


def inserts(database: Database, number: int, vessels: list[UUID]) -> None:
    """One plain insert by the driver, without ORM."""
    with database.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO plant.plain VALUES (%s, %s, %s)", (new_id(), str(number), number % 90)
        )


ACTS: dict[str, Act] = {"audited": audited, "bare": bare, "inserts": inserts}


@dataclass(frozen=True)
class Run:
    """One process's share of a run."""

    settings: Settings
    act: str
    threads: int
    vessels: list[UUID]
    first: int


def write(run: Run, barrier: Barrier, done: "Queue[int]") -> None:
    """Act with so many threads until the time is over; tells how many acts that were."""
    database = Database.connect(run.settings, connections=run.threads + 2)
    act, counts = ACTS[run.act], [0] * run.threads
    act(database, run.first, run.vessels)
    barrier.wait()
    until = time.monotonic() + ROUND_S

    def work(place: int) -> None:
        number = run.first + place
        while time.monotonic() < until:
            number += run.threads
            act(database, number, run.vessels[place :: run.threads])
            counts[place] += 1

    threads = [threading.Thread(target=work, args=(place,)) for place in range(run.threads)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    database.close()
    done.put(sum(counts))


def rate(settings: Settings, act: str, writers: int, vessels: list[UUID]) -> float:
    """Acts per second of so many writers, shared among the processes."""
    context = multiprocessing.get_context("spawn")
    processes = min(PROCESSES, writers)
    barrier, done = context.Barrier(processes), context.Queue()
    share = len(vessels) // processes
    runs = [
        Run(settings, act, writers // processes, vessels[n * share : (n + 1) * share], n * 10**9)
        for n in range(processes)
    ]
    started = [context.Process(target=write, args=(run, barrier, done)) for run in runs]
    for process in started:
        process.start()
    total = sum(done.get() for _ in started)
    for process in started:
        process.join()
    return float(total) / ROUND_S


def prepare(folder: Path) -> tuple[Embedded, Settings, list[UUID]]:
    """A fresh, durable installation with a thousand vessels of each kind."""
    server = Embedded(folder / "postgres")
    server.ensure()
    server.provide()
    settings = Settings.from_environment({"EBR_DATA_DIR": str(folder)})
    settings = server.settings(replace(settings, password_cost="test"))
    migrate(settings)
    plant.build(settings, secret=())
    vessels = [new_id() for _ in range(1024)]
    with plant.connect(settings, "owner") as connection:
        connection.execute("CREATE TABLE plant.bare (LIKE plant.vessel INCLUDING ALL)")
        connection.execute("CREATE TABLE plant.plain (id uuid PRIMARY KEY, note text, level int)")
        connection.execute("GRANT ALL ON plant.bare, plant.plain TO batchline_app")
    database = Database.connect(settings)
    with unit_of_work(database, plant.OPERATOR, "prepare") as work:
        for number, vessel in enumerate(vessels):
            work.add(plant.Vessel(id=vessel, number=f"V-{number}", level="1"))
            work.add(BareVessel(id=vessel, number=f"V-{number}", level="1"))
        work.record("plant/vessels", plant.VesselFilled(vessels[0], "1"))
    database.close()
    return server, settings, vessels


def figures() -> list[Figure]:
    """The ratio at one, sixteen and thirty-two writers, and what it is a ratio of."""
    found: list[Figure] = []
    with tempfile.TemporaryDirectory(prefix="batchline-bench-") as name:
        Path(name).chmod(0o711)
        server, settings, vessels = prepare(Path(name))
        context = multiprocessing.get_context("spawn")
        stop = context.Event()
        sealer = context.Process(target=keep_sealing, args=(settings, stop))
        sealer.start()
        try:
            for writers in WRITERS:
                found.extend(compare(settings, writers, vessels))
        finally:
            stop.set()
            sealer.join()
            server.stop()
    return found


def compare(settings: Settings, writers: int, vessels: list[UUID]) -> list[Figure]:
    """The three kinds in turn, several times; the ratio is the median of the rounds' ratios."""
    rates: dict[str, list[float]] = {act: [] for act in ACTS}
    for _ in range(ROUNDS):
        for act, seen in rates.items():
            seen.append(rate(settings, act, writers, vessels))
    ratios = [a / b for a, b in zip(rates["audited"], rates["bare"], strict=True)]
    goal = GOAL if writers == max(WRITERS) else None
    middle = {act: statistics.median(seen) for act, seen in rates.items()}
    return [
        Figure(f"unit of work, {writers} writers: ratio to the act without auditing",
               statistics.median(ratios), "", goal),
        Figure(f"unit of work, {writers} writers: acts", middle["audited"], "1/s"),
        Figure(f"the same act without auditing, {writers} writers", middle["bare"], "1/s"),
        Figure(f"plain inserts by the driver, {writers} writers", middle["inserts"], "1/s"),
    ]  # fmt: skip
