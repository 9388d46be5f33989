"""Acts per second through the unit of work, beside the same act with all auditing taken out.

The act changes a note and a level of one row and says so with an event. The audited one goes
through capture, append and the sealer, which runs beside it. The bare one goes through the same
`perform`, with its clock, its session and its answer to the same request, but on a table without
guards and without an event, so that there is nothing to capture or to append. Plain inserts by the
driver are reported beside them. Writers are threads of as many processes, over as many connections,
as the web has; both are open and warm when the clock starts. The kinds take turns, second by
second, so that what else the machine does touches them alike.
"""

import itertools
import multiprocessing
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from ebr.cli.seal import keep_sealing
from ebr.cli.serve import THREADS, WORKERS
from ebr.embedded import Embedded
from ebr.kernel import Base, Operational, UnitOfWork, new_id, table
from ebr.kernel.opening import Database, perform, unit_of_work
from ebr.settings import Settings
from migrations.apply import migrate
from tests.bench.figure import Figure
from tests.integration import plant

ROUND_S = 1.0
ROUNDS = 6
WRITERS = (1, 16, 32)
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
    """The same on the table without guards, and nobody is told."""
    row = work.session.get_one(BareVessel, command.vessel)
    row.level, row.note = command.level, command.note
    return row.id


def command(number: int, vessels: list[UUID]) -> Refill:
    """What is asked, another thing each time."""
    note = f"filled by {plant.OPERATOR.name}, request {number}"
    return Refill(vessels[number % len(vessels)], str(number % 90), note)


def audited(database: Database, number: int, vessels: list[UUID]) -> None:
    """The act as the product does it."""
    perform(database, plant.OPERATOR, refill, command(number, vessels), str(new_id()))


def bare(database: Database, number: int, vessels: list[UUID]) -> None:
    """The same through the same unit of work, which then has nothing to capture or to append."""
    perform(database, plant.OPERATOR, refill_bare, command(number, vessels), str(new_id()))


def inserts(database: Database, number: int, vessels: list[UUID]) -> None:
    """One plain insert by the driver, without ORM."""
    with database.engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO plant.plain VALUES (%s, %s, %s)", (new_id(), str(number), number % 90)
        )


ACTS: dict[str, Act] = {"audited": audited, "bare": bare, "inserts": inserts}


@dataclass(frozen=True)
class Share:
    """One process's share of the writers."""

    settings: Settings
    threads: int
    vessels: list[UUID]
    first: int


def write(share: Share, together: Barrier, asked: "Queue[str]", done: "Queue[int]") -> None:
    """Act as asked, round after round; tells how many acts that were."""
    database = Database.connect(share.settings, connections=THREADS)
    numbers = [
        itertools.count(share.first + place, share.threads) for place in range(share.threads)
    ]
    with ThreadPoolExecutor(share.threads) as writers:
        while name := asked.get():
            act = ACTS[name]

            def work(place: int, until: float, act: Act = act) -> int:
                acted = 0
                while time.monotonic() < until:
                    act(database, next(numbers[place]), share.vessels[place :: share.threads])
                    acted += 1
                return acted

            together.wait()
            until = time.monotonic() + ROUND_S
            done.put(sum(writers.map(work, range(share.threads), [until] * share.threads)))
    database.close()


@contextmanager
def at_work(
    settings: Settings, writers: int, vessels: list[UUID]
) -> Iterator[Callable[[str], float]]:
    """So many writers, shared among the processes; gives what asks them for a round of acts."""
    context = multiprocessing.get_context("spawn")
    processes = min(WORKERS, writers)
    together, done = context.Barrier(processes), context.Queue()
    asked = [context.Queue() for _ in range(processes)]
    shares = [
        Share(settings, writers // processes, vessels[n::processes], n * 10**9)
        for n in range(processes)
    ]
    started = [
        context.Process(target=write, args=(share, together, queue, done))
        for share, queue in zip(shares, asked, strict=True)
    ]
    for process in started:
        process.start()

    def rate(act: str) -> float:
        for queue in asked:
            queue.put(act)
        return float(sum(done.get() for _ in started)) / ROUND_S

    try:
        yield rate
    finally:
        for queue in asked:
            queue.put("")
        for process in started:
            process.join()


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
    """The kinds in turn, there and back, several times; the ratio is that of all their acts."""
    rates: dict[str, list[float]] = {act: [] for act in ACTS}
    with at_work(settings, writers, vessels) as rate:
        for act in ACTS:  # connections, caches and plans as a plant at work has them
            rate(act)
        for _ in range(ROUNDS):
            for act in (*ACTS, *reversed(ACTS)):
                rates[act].append(rate(act))
    mean = {act: statistics.fmean(seen) for act, seen in rates.items()}
    goal = GOAL if writers == max(WRITERS) else None
    return [
        Figure(f"unit of work, {writers} writers: ratio to the act without auditing",
               mean["audited"] / mean["bare"], "", goal),
        Figure(f"unit of work, {writers} writers: acts", mean["audited"], "1/s"),
        Figure(f"the same act without auditing, {writers} writers", mean["bare"], "1/s"),
        Figure(f"plain inserts by the driver, {writers} writers", mean["inserts"], "1/s"),
    ]  # fmt: skip
