"""`ebr export --out DIR`: a copy of the ledger that a stranger can verify."""

import argparse
import contextlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from audit.checkpoint import SigningKey
from audit.database import DatabaseSource
from audit.export import ExportError, write_export
from audit.ledger import Unreadable
from audit.policy import SIGNATURES, Policy
from ebr import embedded
from ebr.settings import Settings
from ebr.trail import SIGNATURES_NEEDED


def main(arguments: Sequence[str]) -> int:
    """Write the log up to its newest checkpoint into a new folder."""
    parser = argparse.ArgumentParser("ebr export", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="the new folder")
    asked = parser.parse_args(arguments)
    settings = embedded.start(Settings.from_environment())
    try:
        with source_of(settings) as source:
            done = write_export(source, asked.out, own_policy(settings, source.origin()))
    except (ExportError, Unreadable, KeysMissing) as error:
        sys.stderr.write(f"ebr export: {error}\n")
        return 1
    for digest in done.missing:
        sys.stderr.write(f"ebr export: {digest} is referred to and was never kept\n")
    sys.stdout.write(f"{done.size:,} entries and {done.blobs:,} contents in {asked.out}\n")
    return 1 if done.missing else 0


class KeysMissing(Exception):
    """The keys whose public halves a policy names are not on this machine."""


@contextlib.contextmanager
def source_of(settings: Settings) -> Iterator[DatabaseSource]:
    """The log as the auditor's login reads it."""
    source = DatabaseSource(settings.url("auditor"))
    try:
        yield source
    finally:
        source.close()


def own_policy(settings: Settings, origin: str) -> Policy:
    """Keys and rules of this installation; a convenience, an auditor pins a copy of their own."""
    names = {"log.key": origin, "signature.key": origin + SIGNATURES}
    absent = [name for name in names if not (settings.key_dir / name).exists()]
    if absent:
        raise KeysMissing(
            f"{settings.key_dir} has no {' and no '.join(absent)}: the sealer and the web make "
            "them at their first start"
        )
    log, signatures = (
        SigningKey.load_or_create(settings.key_dir / name, key).verifying
        for name, key in names.items()
    )
    return Policy.of(origin, [log], [signatures], SIGNATURES_NEEDED)
