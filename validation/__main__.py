"""`python -m validation trace`: fails on a requirement without a test and on an id nobody wrote."""

import argparse
import sys
from collections.abc import Sequence

from validation import trace


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what was asked; 0 when nothing is missing."""
    parser = argparse.ArgumentParser(prog="python -m validation", description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    tracing = verbs.add_parser("trace", help="requirement to test, and back")
    tracing.add_argument(
        "--report", action="store_true", help="tell of requirements without a test, and go on"
    )
    asked = parser.parse_args(arguments)
    try:
        found = trace.trace()
    except trace.BadRow as fault:
        sys.stderr.write(f"trace: {fault}\n")
        return 1
    sys.stdout.write(trace.told(found) + "\n")
    return 1 if found.unknown or (found.untested and not asked.report) else 0


if __name__ == "__main__":
    sys.exit(main())
