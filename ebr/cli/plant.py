"""`ebr plant`: load the demo plant into an empty database, or what is missing of it."""

import argparse
import sys
from collections.abc import Sequence
from dataclasses import replace

from ebr import embedded
from ebr.demo import plant
from ebr.kernel import EbrError
from ebr.kernel.opening import Database
from ebr.settings import Settings


def main(arguments: Sequence[str]) -> int:
    """Load the demo plant and say who can sign in; a plant of somebody else's is left alone.

    A slow hash protects a password that somebody might guess; these are public. They are hashed
    quickly here, and at the cost of this site when their person first signs in.
    """
    argparse.ArgumentParser("ebr plant", description=__doc__).parse_args(arguments)
    settings = embedded.start(Settings.from_environment())
    quick = replace(settings, password_cost="test")  # noqa: S106  # how slow, no password
    database = Database.connect(quick)
    try:
        if plant.load(database):
            sys.stdout.write(plant.logins())
    except EbrError as fault:
        sys.stderr.write(f"ebr plant: {fault}\n")
        return 1
    finally:
        database.close()
    return 0
