"""The house rules, kept by machine: size, names, places, and nothing left lying about."""

import ast
import re
import tomllib
from pathlib import Path

import pytest

from tests.architecture import source

LONGEST_FUNCTION = 60
LONGEST_FILE = 400
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "misc"}
COMMITS = {"ebr/kernel/unit_of_work.py"}
CLOCKS = {"ebr/kernel/clock.py"}
LEFT_TO_DO = re.compile(r"\b(TO" + r"DO|FIX" + r"ME|XX" + r"X|HA" + r"CK)\b")
WORKPLACE = re.compile("/wo" + r"rk/|\.\./sha" + "red")
CLOCK = re.compile(r"\btime\.time(_ns)?\(|\bdatetime\.(now|utcnow|today)\(|\bdate\.today\(")
# Loaded by name: by the command line, by a server, by Alembic, by Python itself. The ledger in a
# list is the second implementation of its protocol, for tests and demonstrations.
ENTRANCES = re.compile(
    r"ebr\.cli\.\w+|ebr\.wsgi|.*\.__main__|migrations\.(env|versions\..*)|audit\.memory"
)
AWAITED = set(
    tomllib.loads((source.ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["batchline"][
        "awaited"
    ]
)


def faults(found: list[str]) -> str:
    return "\n".join(["", *found])


def test_no_function_is_longer_than_a_screen() -> None:
    found = [
        f"{source.named(path)}:{node.lineno} {node.name} has {length} lines"
        for path in source.of_kind(".py")
        for node in ast.walk(source.tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (length := (node.end_lineno or 0) - node.lineno + 1) > LONGEST_FUNCTION
    ]
    assert not found, faults(found)


def test_no_file_is_longer_than_can_be_held_in_mind() -> None:
    found = [
        f"{source.named(path)} has {length} lines"
        for path in source.of_kind(".py", ".html", ".js", ".css", ".sql")
        if (length := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_FILE
    ]
    assert not found, faults(found)


def test_no_module_is_named_after_nothing() -> None:
    found = [
        source.named(path)
        for path in source.of_kind(".py")
        if FORBIDDEN_NAMES & {path.stem, *path.relative_to(source.ROOT).parts[:-1]}
    ]
    assert not found, faults(found)


def test_no_module_is_dead() -> None:
    product = source.of_kind(".py", product=True)
    used = {name for path in product for name in source.imports(path)}
    used |= {module.rpartition(".")[0] for module in map(source.module, product)}
    found = [
        f"{source.named(path)} is imported by nobody"
        for path in product
        if (name := source.module(path)) not in used | AWAITED and not ENTRANCES.fullmatch(name)
    ]
    assert not found, faults(found)


@pytest.mark.parametrize("path", source.of_kind(".md"), ids=source.named)
def test_a_document_has_one_title_and_begins_with_it(path: Path) -> None:
    prose = re.sub(
        r"^```.*?^```", "", path.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    assert prose.startswith("# ")
    assert len(re.findall(r"^# ", prose, flags=re.MULTILINE)) == 1


def test_nothing_is_left_to_do_in_the_text() -> None:
    found = [
        f"{source.named(path)}:{number} {line.strip()}"
        for path in source.of_kind(".py", ".html", ".js", ".css", ".sql", ".md", ".toml", ".yaml")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if LEFT_TO_DO.search(line)
    ]
    assert not found, faults(found)


def test_only_the_unit_of_work_commits() -> None:
    found = _lines_with(re.compile(r"\.commit\("), but=COMMITS)
    assert not found, faults(found)


def test_only_the_clock_reads_the_clock() -> None:
    found = _lines_with(CLOCK, but=CLOCKS)
    assert not found, faults(found)


def _lines_with(pattern: re.Pattern[str], but: set[str]) -> list[str]:
    return [
        f"{source.named(path)}:{number} {line.strip()}"
        for path in source.of_kind(".py", product=True)
        if source.named(path) not in but
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if pattern.search(line)
    ]


def test_nothing_points_outside_the_project() -> None:
    found = []
    for path in source.files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        if WORKPLACE.search(text):
            found.append(source.named(path))
    assert not found, faults(found)


def test_every_exemption_has_its_reason() -> None:
    bare = re.compile(r"# (noqa|type: ignore|pragma: no [a-z]+)(?!.*(  # |  |[-–] )\w)")
    found = [
        f"{source.named(path)}:{number} {line.strip()}"
        for path in source.of_kind(".py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if bare.search(line) and "re.compile" not in line
    ]
    assert not found, faults(found)


def test_no_import_is_for_types_only() -> None:
    word = "TYPE_" + "CHECKING"
    found = [
        source.named(path) for path in source.of_kind(".py") if word in path.read_text("utf-8")
    ]
    assert not found, faults(found)
