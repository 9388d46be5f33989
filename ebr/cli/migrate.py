"""`ebr migrate`: bring the database to the shape of this release, as its owner."""

import argparse
import sys
from collections.abc import Sequence

from ebr import embedded
from ebr.settings import Settings
from migrations.apply import MigrationFault, migrate


def main(arguments: Sequence[str]) -> int:
    """Migrate the database of the environment's settings."""
    argparse.ArgumentParser("ebr migrate", description=__doc__).parse_args(arguments)
    try:
        migrate(embedded.start(Settings.from_environment()))
    except MigrationFault as fault:
        sys.stderr.write(f"ebr migrate: {fault}\n")
        return 1
    return 0
