"""`ebr recipe check | convert FILE`: judge a recipe file, or write it in the other form.

Both take YAML and BatchML (V02 of 2008, 0700); `--companion FILE` completes a BatchML file. `check`
prints every finding at once; `convert --to yaml|batchml` writes the recipe to the standard output,
and what was found or cannot be said to the standard error. `schema` prints the schema of the text.

Exit status: 0 without errors (remarks may stand) or converted, 1 with errors, 2 when a file cannot
be read.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import workflows
from ebr import recipes
from ebr.recipes import FindingView


@dataclass(frozen=True, slots=True)
class Opened:
    """A recipe from a file, and everything found in it."""

    recipe: workflows.Recipe
    findings: tuple[FindingView, ...]


def main(arguments: Sequence[str]) -> int:
    """Read the file, print what was found in it or the recipe in the form that is asked for."""
    parser = argparse.ArgumentParser(prog="ebr recipe", description=__doc__)
    parser.add_argument("verb", choices=["check", "convert", "schema"])
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--json", action="store_true", help="findings as JSON")
    parser.add_argument("--to", choices=["yaml", "batchml"], help="the form to convert to")
    parser.add_argument("--companion", type=Path, help="YAML that completes a BatchML file")
    given = parser.parse_args(arguments)
    if given.verb == "schema":
        sys.stdout.write(json.dumps(recipes.schema(), indent=2) + "\n")
        return 0
    if given.file is None or (given.verb == "convert") != (given.to is not None):
        parser.error("check needs a FILE, convert a FILE and --to")
    try:
        opened = _opened(given.file, given.companion)
    except recipes.BadText as error:
        faults = [
            FindingView(severity="error", place=_place(fault), text=fault.text)
            for fault in error.faults
        ]
        out = sys.stderr if given.verb == "convert" else sys.stdout  # no fault ends in the recipe
        _print(faults, out, as_json=given.json)
        return 2
    if given.verb == "convert":
        _convert(opened, to_yaml=given.to == "yaml")
        return 0
    _print(opened.findings, sys.stdout, as_json=given.json)
    return 1 if any(each.severity == "error" for each in opened.findings) else 0


def _opened(file: Path, companion: Path | None) -> Opened:
    """The recipe of a file of either form, with what reader and engine find."""
    content = _read(file)
    if not recipes.looks_like_xml(content):
        if companion is not None:
            raise recipes.BadText(recipes.Fault(str(file), None, "a recipe in YAML is whole"))
        written = recipes.load(content)
        return Opened(written, recipes.check(content))
    draft = recipes.read_batchml(content)
    if companion is not None:
        draft = recipes.complete(draft, recipes.load_companion(_read(companion)))
    return Opened(draft.recipe, recipes.found_in(draft))


def _convert(opened: Opened, *, to_yaml: bool) -> None:
    """Write the recipe; what a reader of the result would miss is told beside it."""
    for each in opened.findings:
        sys.stderr.write(f"{_line(each)}\n")
    if to_yaml:
        sys.stdout.write(recipes.dump(opened.recipe))
        return
    export = recipes.write_batchml(opened.recipe)
    for said in export.unsaid:
        sys.stderr.write(f"{said}\n")
    sys.stdout.write(export.document.decode())


def _read(path: Path) -> bytes:
    """The file's bytes, but never more than a recipe can have."""
    try:
        with path.open("rb") as file:
            return file.read(recipes.FILE_MOST + 1)
    except OSError as error:
        fault = recipes.Fault(str(path), None, error.strerror or "cannot be read")
        raise recipes.BadText(fault) from None


def _place(fault: recipes.Fault) -> str:
    return f"line {fault.line}, {fault.place}" if fault.line else fault.place


def _line(found: FindingView) -> str:
    return f"{found.severity}: {found.place}: {found.text}"


def _print(findings: Sequence[FindingView], out: TextIO, *, as_json: bool) -> None:
    if as_json:
        found = [
            {"severity": each.severity, "place": each.place, "text": each.text} for each in findings
        ]
        out.write(json.dumps({"findings": found}, indent=2, ensure_ascii=False) + "\n")
        return
    out.writelines(f"{_line(each)}\n" for each in findings)
    errors = sum(each.severity == "error" for each in findings)
    out.write(f"{errors} errors, {len(findings) - errors} remarks\n")
