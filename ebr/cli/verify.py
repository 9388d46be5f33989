"""`ebr verify`: recompute the ledger, the rows from it, and check the database's guards.

Without options everything is verified. Exit status 0 when all of it holds, 1 when anything does
not, 2 when it could not be verified.
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice, starmap
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from audit import guard
from audit.policy import Policy, PolicyError
from audit.reconcile import FINDINGS_MOST, Finding, reconcile
from audit.sealer import Outside
from audit.verify import verify
from ebr import batches, embedded
from ebr.cli.export import KeysMissing, own_policy, source_of
from ebr.settings import Settings
from ebr.trail import SIGNATURES_NEEDED

HOLDS, BROKEN, CANNOT = 0, 1, 2


def main(arguments: Sequence[str]) -> int:
    """Verify the database of the environment's settings."""
    asked = _arguments().parse_args(arguments)
    every = not (asked.ledger or asked.rows or asked.guards)
    settings = embedded.start(Settings.from_environment())
    found: list[str] = []
    try:
        if asked.ledger or every:
            found.extend(ledger_findings(settings, asked.policy, asked.retained))
        if asked.rows or every:
            found.extend(map(str, row_findings(settings)))
        if asked.guards or every:
            found.extend(map(str, guard_findings(settings)))
    except (PolicyError, KeysMissing, OSError, sa.exc.SQLAlchemyError) as error:
        sys.stderr.write(f"ebr verify: {error}\n")
        return CANNOT
    for line in found:
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"{len(found)} findings\n" if found else "everything holds\n")
    return BROKEN if found else HOLDS


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("ebr verify", description=__doc__)
    parser.add_argument("--ledger", action="store_true", help="entries, chains, tree, signatures")
    parser.add_argument("--rows", action="store_true", help="rows against what the entries say")
    parser.add_argument("--guards", action="store_true", help="triggers, rights, logins")
    parser.add_argument(
        "--policy", type=Path, metavar="FILE", help="pinned keys; default: those of this machine"
    )
    parser.add_argument(
        "--retained", type=Path, nargs="+", action="extend", default=[], metavar="CHECKPOINT",
        help="signed checkpoints that were kept, beside the newest one outside the database",
    )  # fmt: skip
    return parser


def findings(settings: Settings) -> list[str]:
    """Everything that does not hold in a plant: log, rows and guards."""
    return [
        *ledger_findings(settings),
        *map(str, row_findings(settings)),
        *map(str, guard_findings(settings)),
    ]


def ledger_findings(
    settings: Settings, policy: Path | None = None, retained: Sequence[Path] = ()
) -> Iterator[str]:
    """What does not hold in the log, after telling what was read."""
    kept: Mapping[str, bytes] = {
        str(path): path.read_bytes()
        for path in (Outside(settings.checkpoint_dir).path, *retained)
        if path in retained or path.exists()
    }
    with source_of(settings) as source:
        pinned = Policy.load(policy) if policy else own_policy(settings, source.origin())
        if not pinned.required:
            pinned = replace(pinned, required=SIGNATURES_NEEDED)
        report = verify(source, pinned, kept)
    for line in report.lines():
        sys.stdout.write(f"{line}\n")
    for breach, _ in report.breaches:
        yield str(breach)


def row_findings(settings: Settings) -> Iterator[Finding]:
    """Where rows are not what the entries say, read by the application's login."""
    engine = sa.create_engine(settings.url("app"), poolclass=sa.NullPool)
    yield from reconcile(engine)
    snapshot = engine.execution_options(isolation_level="REPEATABLE READ")
    with Session(snapshot) as session:
        yield from starmap(Finding, islice(batches.differences(session), FINDINGS_MOST))


def guard_findings(settings: Settings) -> Sequence[object]:
    """Which guards of the database are not as promised."""
    engine = sa.create_engine(settings.url("app"), poolclass=sa.NullPool)
    with engine.connect() as connection:
        return guard.findings(connection)
