"""`ebr render`: records as PDF, rendered one at a time and kept."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence

from ebr import embedded, reports
from ebr.kernel.opening import Database
from ebr.settings import Settings


def main(arguments: Sequence[str]) -> int:
    """Render until told to stop."""
    argparse.ArgumentParser("ebr render", description=__doc__).parse_args(arguments)
    settings = embedded.start(Settings.from_environment())
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    database = Database.connect(settings)
    try:
        reports.keep_rendering(database, _say, stopping)
    finally:
        database.close()
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"ebr render: {text}\n")
    sys.stdout.flush()
