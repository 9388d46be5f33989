"""`ebr collect`: read the devices of the plant, raw, until told to stop."""

import argparse
import sys
from collections.abc import Sequence

from ebr import embedded, readings
from ebr.kernel.opening import Database
from ebr.settings import Settings

LOGIN = "collector"


def main(arguments: Sequence[str]) -> int:
    """Be the collector of the database that the environment names."""
    argparse.ArgumentParser("ebr collect", description=__doc__).parse_args(arguments)
    settings = embedded.start(Settings.from_environment(logins=(LOGIN,)))
    database = Database.connect(settings, role=LOGIN)
    try:
        readings.collect(readings.PlantSink(database), _say)
    finally:
        database.close()
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"ebr collect: {text}\n")
    sys.stdout.flush()
