"""`ebr follow notices`: what happens after an act, by following the ledger."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence

from ebr import embedded, exchange
from ebr.kernel.opening import Database
from ebr.settings import Settings


def main(arguments: Sequence[str]) -> int:
    """Be the follower of that name until told to stop."""
    parser = argparse.ArgumentParser("ebr follow", description=__doc__)
    parser.add_argument("follower", choices=("notices",))
    parser.parse_args(arguments)
    settings = embedded.start(Settings.from_environment())
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    database = Database.connect(settings)
    try:
        exchange.watch(database, exchange.sinks_of(settings), _say, stopping)
    finally:
        database.close()
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"ebr follow notices: {text}\n")
    sys.stdout.flush()
