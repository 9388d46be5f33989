"""`ebr recipe check FILE [--json]`: judge a recipe file, every finding at once.

Exit status: 0 without errors (remarks may stand), 1 with errors, 2 when the file cannot be read.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from ebr import recipes
from ebr.recipes import FindingView


def main(arguments: Sequence[str]) -> int:
    """Read the file, print what was found in it."""
    parser = argparse.ArgumentParser(prog="ebr recipe", description=__doc__)
    parser.add_argument("verb", choices=["check", "schema"])
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--json", action="store_true", help="findings as JSON")
    given = parser.parse_args(arguments)
    if given.verb == "schema":
        sys.stdout.write(json.dumps(recipes.schema(), indent=2) + "\n")
        return 0
    if given.file is None:
        parser.error("check needs a FILE")
    try:
        findings = recipes.check(_read(given.file))
    except recipes.BadText as error:
        faults = [
            FindingView(severity="error", place=_place(fault), text=fault.text)
            for fault in error.faults
        ]
        _print(faults, as_json=given.json)
        return 2
    _print(findings, as_json=given.json)
    return 1 if any(each.severity == "error" for each in findings) else 0


def _read(path: Path) -> bytes:
    """The file's bytes, but never more than a recipe can have."""
    try:
        with path.open("rb") as file:
            return file.read(recipes.SIZE_MOST + 1)
    except OSError as error:
        fault = recipes.Fault(str(path), None, error.strerror or "cannot be read")
        raise recipes.BadText(fault) from None


def _place(fault: recipes.Fault) -> str:
    return f"line {fault.line}, {fault.place}" if fault.line else fault.place


def _print(findings: Sequence[FindingView], *, as_json: bool) -> None:
    if as_json:
        found = [
            {"severity": each.severity, "place": each.place, "text": each.text} for each in findings
        ]
        sys.stdout.write(json.dumps({"findings": found}, indent=2, ensure_ascii=False) + "\n")
        return
    for each in findings:
        sys.stdout.write(f"{each.severity}: {each.place}: {each.text}\n")
    errors = sum(each.severity == "error" for each in findings)
    sys.stdout.write(f"{errors} errors, {len(findings) - errors} remarks\n")
