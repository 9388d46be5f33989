"""How fast a stranger verifies an export, beside how fast the same machine hashes its bytes.

A verifier that others can read is plain Python and parses, checks and writes again every entry: it
cannot come near hashing alone. What an auditor needs is an answer while the question is still on
the table: a million entries in half a minute, on a machine of two cores.
"""

import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from audit.export import write_export
from audit.layout import Directory
from audit.memory import MemoryLedger
from audit.verify import verify_export
from tests.bench.figure import Figure
from tests.builders.ledger import LOG_KEY, POLICY, a_body, an_empty_ledger, an_event

ENTRIES = 131_072  # two stretches, so that two processes have one each
STREAMS = 400
RATE_GOAL = 1_000_000 / 30  # entries a second, with two processes
SHARE_GOAL = 0.02  # of the rate of hashing alone, with one process


def a_site() -> MemoryLedger:
    """A log of small entries without signatures, as most entries are."""
    ledger = an_empty_ledger()
    event = an_event("batch.value.recorded", step="charge-ethanol", input="weight", value="6.583")
    for number in range(ENTRIES):
        stream = f"batch/B-{number % STREAMS}"
        ledger.append(stream, number // STREAMS, a_body(event, request=f"r-{number}"))
    ledger.seal(LOG_KEY)
    return ledger


def rate(work: Callable[[], object]) -> float:
    """Entries a second of one pass."""
    begun = time.perf_counter()
    work()
    return ENTRIES / (time.perf_counter() - begun)


def figures() -> list[Figure]:
    """Hashing alone, then verification by one and by two processes, in one run."""
    with tempfile.TemporaryDirectory() as folder:
        export = Path(folder) / "export"
        write_export(a_site(), export, POLICY)
        leaves = list(Directory(export).leaves(0, ENTRIES))
        size = sum(map(len, leaves)) / ENTRIES
        raw = rate(lambda: [sha256(b"\0" + leaf).digest() for leaf in leaves])
        one = rate(lambda: held(export, 1))
        two = rate(lambda: held(export, 2))
    return [
        Figure("verify: size of an entry", size, "bytes"),
        Figure("verify: SHA-256 alone", raw, "1/s"),
        Figure("verify: one process", one, "1/s"),
        Figure("verify: one process, share of SHA-256 alone", one / raw, "", SHARE_GOAL),
        Figure("verify: two processes", two, "1/s", RATE_GOAL),
    ]


def held(export: Path, processes: int) -> None:
    """Verify, and stop the run if that is not what is measured."""
    report = verify_export(export, POLICY, processes=processes)
    if not report.holds:
        raise SystemExit("\n".join(report.lines()))
