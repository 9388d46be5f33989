"""From each requirement to the tests that prove it, and back; a hole is a fault.

The rows are in `validation/requirements`, one TOML a subject. A test names the rows it proves with
`@verifies("P11-70-1")`; the names are read from the text of the tests, so nothing has to run.
"""

import ast
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parents[1]
REQUIREMENTS = ROOT / "validation" / "requirements"
TESTS = ROOT / "tests"
TEXTS = ("id", "clause", "severity", "sentence", "positive", "negative")
SEVERITIES = ("critical", "major", "minor")


class BadRow(ValueError):
    """A requirement cannot be read: a field is missing, or an id stands twice."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """One thing that must hold: where it comes from, and what shows that it does."""

    id: str
    clause: str
    severity: str
    concerns: tuple[str, ...]
    sentence: str
    positive: str
    negative: str


@dataclass(frozen=True, slots=True)
class Trace:
    """Which test proves which requirement, and what is missing on either side."""

    requirements: dict[str, Requirement]
    proofs: dict[str, list[str]] = field(default_factory=dict)

    @property
    def untested(self) -> list[str]:
        """Requirements that no test names."""
        return [name for name in self.requirements if name not in self.proofs]

    @property
    def unknown(self) -> dict[str, list[str]]:
        """Names in tests that stand in no row."""
        return {
            name: places for name, places in self.proofs.items() if name not in self.requirements
        }


def requirements(folder: Path = REQUIREMENTS) -> dict[str, Requirement]:
    """Every requirement that was taken up, by its id."""
    found: dict[str, Requirement] = {}
    for path in sorted(folder.glob("*.toml")):
        rows = tomllib.loads(path.read_text(encoding="utf-8")).get("requirement", [])
        for row in rows:
            requirement = _requirement(row, path.name)
            if requirement.id in found:
                raise BadRow(f"{path.name}: {requirement.id} stands twice")
            found[requirement.id] = requirement
    return found


def _requirement(row: dict[str, object], place: str) -> Requirement:
    texts: dict[str, str] = {}
    for name in TEXTS:
        text = row.get(name)
        if not isinstance(text, str) or not text.strip():
            raise BadRow(f"{place}: {row.get('id', 'a row')} has no {name}")
        texts[name] = " ".join(text.split())
    concerns = row.get("concerns")
    if not isinstance(concerns, list) or not concerns:
        raise BadRow(f"{place}: {texts['id']} concerns nobody")
    if texts["severity"] not in SEVERITIES:
        raise BadRow(f"{place}: {texts['id']} has a severity of {texts['severity']!r}")
    if extra := set(row) - {*TEXTS, "concerns"}:
        raise BadRow(f"{place}: {texts['id']} has unknown fields {sorted(extra)}")
    return Requirement(concerns=tuple(map(str, concerns)), **texts)


def proofs(folder: Path = TESTS) -> dict[str, list[str]]:
    """Every name given to `@verifies`, with the tests that give it."""
    found: dict[str, list[str]] = {}
    for path in sorted(folder.rglob("test_*.py")):
        for test, names in _marked(ast.parse(path.read_text(encoding="utf-8"))):
            place = f"{path.relative_to(folder)}::{test}"
            for name in names:
                found.setdefault(name, []).append(place)
    return found


def _marked(tree: ast.Module) -> Iterator[tuple[str, list[str]]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                if isinstance(decorator, ast.Call) and _is_verifies(decorator.func):
                    yield node.name, [_literal(argument, node.name) for argument in decorator.args]


def _is_verifies(function: ast.expr) -> bool:
    return (isinstance(function, ast.Name) and function.id == "verifies") or (
        isinstance(function, ast.Attribute) and function.attr == "verifies"
    )


def _literal(argument: ast.expr, test: str) -> str:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return argument.value
    raise BadRow(f"{test}: @verifies takes the ids as they stand in the rows, written out")


def trace() -> Trace:
    """The trace of this checkout."""
    return Trace(requirements(), proofs())


def told(found: Trace) -> str:
    """The trace in lines for a person: how much is shown, and what is missing."""
    rows, shown = len(found.requirements), len(found.requirements) - len(found.untested)
    lines = [f"trace: {rows} requirements taken up, {shown} named by a test"]
    lines += [
        f"  {name} ({found.requirements[name].severity}) is named by no test"
        for name in found.untested
    ]
    lines += [
        f"  {name} stands in no row, but {', '.join(places)} names it"
        for name, places in found.unknown.items()
    ]
    return "\n".join(lines)
