"""`python -m ebr.reports`: one document from standard input to standard output.

The process that a press is: the number of pages, a line feed, the PDF. It may take so much memory
and no more; whatever goes wrong, it ends without a document and says why.
"""

import json
import resource
import sys
from typing import Any

from audit.canonical import digest
from ebr import batches
from ebr.batches import BatchRecord
from ebr.kernel import value_of
from ebr.reports.prints import Print
from ebr.reports.render import render
from ebr.reports.seal import Seal

MEMORY_MOST = 4 * 1024**3  # address space; 500 steps take about 1 GB of memory


def press(given: bytes) -> bytes:
    """The document of what came in, with its number of pages before it."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_MOST, MEMORY_MOST))
    work: dict[str, Any] = json.loads(given)
    seal: Seal = value_of(Seal, work["seal"])
    record: BatchRecord = value_of(BatchRecord, json.loads(work["record"]))
    if digest(batches.record_document(record)) != seal.digest:
        raise ValueError("the record that came is not the one that is sealed")
    done = render(record, seal, value_of(Print, work["print"]))
    return str(done.pages).encode() + b"\n" + done.pdf


if __name__ == "__main__":
    sys.stdout.buffer.write(press(sys.stdin.buffer.read()))
