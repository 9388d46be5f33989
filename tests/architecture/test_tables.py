"""Every table says its kind, and the migrations arm it accordingly."""

import ast
import importlib

from ebr.kernel import Base, Derived, Operational, Raw, Recorded
from tests.architecture import source

GUARDS = {Recorded: "arm", Derived: "derived", Raw: "raw", Operational: "operational"}


def tables() -> dict[str, type]:
    """Every table of the models with its kind."""
    for path in source.of_kind(".py", product=True):
        if source.module(path).startswith("ebr.") and path.stem == "model":
            importlib.import_module(source.module(path))
    return {
        f"{table.schema}.{table.name}": type(table.info.get("kind"))
        for table in Base.metadata.tables.values()
    }


def armed() -> dict[str, str]:
    """Every table that a migration puts under a guard, with the guard's name."""
    found = {}
    for path in (source.ROOT / "migrations" / "versions").glob("*.py"):
        for node in ast.walk(source.tree(path)):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in GUARDS.values()
                and len(node.args) > 1
                and isinstance(node.args[1], ast.Constant)
            ):
                found[str(node.args[1].value)] = node.func.attr
    return found


def test_every_table_says_its_kind() -> None:
    assert [name for name, kind in tables().items() if kind not in GUARDS] == []


def test_every_table_is_armed_according_to_its_kind() -> None:
    guards = armed()
    wrong = {
        name: guards.get(name, "nothing")
        for name, kind in tables().items()
        if guards.get(name) != GUARDS[kind]
    }
    assert wrong == {}
