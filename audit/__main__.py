"""The verifier as a command: no database, no application, nothing but the export and the keys."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from audit.policy import Policy, PolicyError
from audit.verify import verify_export

HOLDS, BROKEN, CANNOT = 0, 1, 2
PROCESSES_MOST = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Verify an export and say what was found; 0 when it holds, 1 when not, 2 when unable to."""
    asked = _arguments().parse_args(arguments)
    try:
        policy = Policy.load(asked.policy)
        retained = {f"{path}": path.read_bytes() for path in asked.retained}
    except PolicyError as error:
        return _cannot(f"policy {asked.policy}: {error}")
    except OSError as error:
        return _cannot(f"{error.filename} cannot be read: {error.strerror}")
    if not asked.directory.is_dir():
        return _cannot(f"{asked.directory} is no folder")
    report = verify_export(asked.directory, policy, retained, asked.processes)
    if asked.json:
        print(json.dumps(report.plain(), indent=2))
    else:
        for line in report.lines():
            print(line)
    return HOLDS if report.holds else BROKEN


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m audit", description=__doc__)
    commands = parser.add_subparsers(required=True)
    verify = commands.add_parser("verify", help="read every byte of an export and check it")
    verify.add_argument("directory", type=Path, metavar="DIR", help="the export")
    verify.add_argument(
        "--policy",
        type=Path,
        required=True,
        metavar="FILE",
        help="your own copy of the origin and the keys, never the one in the export",
    )
    verify.add_argument(
        "--retained",
        type=Path,
        nargs="+",
        action="extend",
        default=[],
        metavar="CHECKPOINT",
        help="signed checkpoints that you kept from earlier",
    )
    verify.add_argument("--json", action="store_true", help="the report as JSON")
    verify.add_argument(
        "--processes",
        type=int,
        choices=range(1, 65),
        default=min(PROCESSES_MOST, os.cpu_count() or 1),
        metavar="N",
        help="how many processes read a large export side by side",
    )
    return parser


def _cannot(text: str) -> int:
    print(text, file=sys.stderr)
    return CANNOT


if __name__ == "__main__":
    sys.exit(main())
