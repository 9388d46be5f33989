"""How long the server takes to complete a signed step, in a short and in a long history.

The step is completed through the whole application, request in to answer out, by one client; what
grows is the batch's history. Hashing of the password is measured apart, at its real cost.
"""

import statistics
import time
from collections.abc import Iterator
from uuid import UUID

from ebr import batches
from ebr.identity import credentials
from ebr.kernel import new_id
from ebr.kernel.opening import perform
from ebr.web import create_app
from tests.bench.figure import Figure
from tests.builders.batch import Line
from tests.builders.fresh_plant import fresh
from tests.builders.identity import actor
from tests.builders.web import Program
from workflows import commands as acts

SAMPLES = 40
WARM = 4
SHORT, LONG = 50, 2_000
P95_MS, RATIO = 60.0, 1.5
STEP = """        - phase: step-{number}
          title: Step {number}
          instruction: Do what step {number} says.
"""
HEAD = """code: MR-BENCH
version: 1
title: Many steps
product: FP-HR1
size: 10 L
formula: []
equipment: []
procedure:
  sequence: all
  title: All
  level: procedure
  blocks:
    - parallel: side-by-side
      title: Side by side
      level: operation
      branches:
"""


def figures() -> Iterator[Figure]:
    """Both histories in one run, then what hashing costs."""
    with fresh() as database:
        line = Line(database).equip()
        line.effective(HEAD + "".join(STEP.format(number=n) for n in range(SAMPLES + WARM)))
        program = Program(create_app(line.database.settings, line.database))
        program.sign_in(line.people["m.keller"])
        found = completions(line, program)
    for size, each in found.items():
        name = f"complete a signed step, batch of {size} events"
        yield Figure(f"{name}: median", statistics.median(each), "ms")
        yield Figure(f"{name}: p95", p95(each), "ms", P95_MS, at_most=True)
    ratio = statistics.median(found[LONG]) / statistics.median(found[SHORT])
    name = f"complete a signed step, {LONG} against {SHORT} events"
    yield Figure(name, ratio, "ratio", RATIO, at_most=True)
    yield Figure("hashing of one password, apart", hashing(), "ms")


def completions(line: Line, program: Program) -> dict[int, list[float]]:
    """Milliseconds of each completion, by the events in the history of its batch.

    The batches take turns, so that what else the machine does touches them alike.
    """
    made = {size: begun(line, size) for size in (SHORT, LONG)}
    found: dict[int, list[float]] = {size: [] for size in made}
    for number in range(SAMPLES + WARM):
        for size, line.batch in made.items():
            found[size].append(completed(program, line, f"step-{number}"))
    return {size: each[WARM:] for size, each in found.items()}


def begun(line: Line, size: int) -> UUID:
    """A batch whose history has this many events."""
    line.start("MR-BENCH")
    for number in range(size - 1):
        remark = acts.AddComment(batch=line.batch, text=f"Remark {number} on this batch.")
        line.do("m.keller", batches.add_comment, remark)
    return line.batch


def completed(program: Program, line: Line, step: str) -> float:
    """Start a step, read its statement, and time its completion."""
    path = f"/batches/{line.batch}/steps/{step}"
    who = actor(line.database, line.tokens["m.keller"])
    begin = acts.StartStep(batch=line.batch, step=step)
    perform(line.database, who, batches.start_step, begin, str(new_id()))
    shown = program.get(f"{path}/statement?act=complete").get_json()["statements"][0]
    person = line.people["m.keller"]
    given = {
        "meaning": shown["meaning"],
        "shown": shown["shown"],
        "login": person.login,
        "secret": person.password,
    }
    begun = time.perf_counter()
    answer = program.send(f"{path}/complete", {"signatures": [given]})
    taken = time.perf_counter() - begun
    if answer.status_code != 200:
        raise RuntimeError(answer.text)
    return taken * 1000


def hashing() -> float:
    """Milliseconds to check one password at the cost of a real plant."""
    kept = credentials.hashed("a password for the bench", "normal")
    begun = time.perf_counter()
    for _ in range(5):
        credentials.matches("a password for the bench", kept, "normal")
    return (time.perf_counter() - begun) * 200


def p95(values: list[float]) -> float:
    """The value that one in twenty exceeds."""
    return statistics.quantiles(values, n=20)[-1]
