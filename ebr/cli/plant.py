"""`ebr plant`: load the demo plant into an empty database, or what is missing of it."""

import argparse
import sys
from collections.abc import Sequence

from ebr import embedded
from ebr.demo import plant
from ebr.kernel import EbrError
from ebr.kernel.opening import Database
from ebr.settings import Settings


def main(arguments: Sequence[str]) -> int:
    """Load the demo plant and say who can sign in; a plant of somebody else's is left alone."""
    argparse.ArgumentParser("ebr plant", description=__doc__).parse_args(arguments)
    database = Database.connect(embedded.start(Settings.from_environment()))
    try:
        if plant.load(database):
            sys.stdout.write(plant.logins())
    except EbrError as fault:
        sys.stderr.write(f"ebr plant: {fault}\n")
        return 1
    finally:
        database.close()
    return 0
