"""The files of this checkout as the house rules read them."""

import ast
import functools
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PRODUCT = ("ebr", "workflows", "audit", "devices", "validation", "migrations")
VENDORED = (
    "ebr/web/static/vendor/",
    "tests/journeys/vendor/",
    "ebr/recipes/batchml/schema/",
)


@functools.cache
def files() -> tuple[Path, ...]:
    """Every file that is, or is about to be, part of the project; nothing that came from others."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607  # the git on PATH
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout.split("\0")
    named = sorted(name for name in listed if name and not name.startswith(VENDORED))
    return tuple(ROOT / name for name in named if (ROOT / name).is_file())


def named(path: Path) -> str:
    """A file's name inside the checkout."""
    return path.relative_to(ROOT).as_posix()


def of_kind(*suffixes: str, product: bool = False) -> list[Path]:
    """The files with one of these endings, all or only the product's."""
    return [
        path
        for path in files()
        if path.suffix in suffixes and (not product or named(path).split("/")[0] in PRODUCT)
    ]


@functools.cache
def tree(path: Path) -> ast.Module:
    """A Python file, parsed."""
    return ast.parse(path.read_text(encoding="utf-8"))


def module(path: Path) -> str:
    """The name under which a Python file is imported."""
    return named(path).removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imports(path: Path) -> Iterator[str]:
    """Every name that a Python file imports, and what it imports from it."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
