"""The contracts of pyproject.toml, judged on the rooms that stand today.

A contract names the whole house of the design. A room that is not built yet is left out of the
judgement, provided that `[tool.batchline] planned` names it; any other absent name is a fault.
"""

import importlib.util
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from importlinter import configuration
from importlinter.application import rendering, use_cases
from importlinter.application.user_options import UserOptions

ROOT = Path(__file__).parents[2]
LISTS = ("source_modules", "protected_modules", "allowed_importers", "modules", "ancestors")


@dataclass(frozen=True)
class Verdict:
    """What became of the contracts: broken or not, and the names that nobody knows."""

    kept: bool
    checked: int
    unknown: tuple[str, ...]


def _stands(module: str) -> bool:
    """Whether the module is there; a folder without an `__init__` is none."""
    try:
        found = importlib.util.find_spec(module)
    except ModuleNotFoundError:
        return False
    return found is not None and found.origin is not None


def on_standing_rooms(
    contracts: list[dict[str, Any]], planned: frozenset[str]
) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """Leave out what is planned and absent; return the rest and the names nobody knows."""
    kept: list[dict[str, Any]] = []
    unknown: set[str] = set()
    for contract in contracts:
        slim = dict(contract)
        for key in LISTS:
            if key not in slim:
                continue
            absent = [name for name in slim[key] if not _stands(name)]
            unknown.update(name for name in absent if name not in planned)
            slim[key] = [name for name in slim[key] if name not in absent]
        if all(slim[key] for key in LISTS if key in slim and key != "allowed_importers"):
            kept.append(slim)
    return kept, tuple(sorted(unknown))


def judge() -> Verdict:
    """Run every contract and print what is broken, as import-linter does."""
    tool = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    options = dict(tool["importlinter"])
    contracts, unknown = on_standing_rooms(
        options.pop("contracts"), frozenset(tool["batchline"]["planned"])
    )
    texts = {key: str(value) if value in (True, False) else value for key, value in options.items()}
    for contract in contracts:
        for key, value in contract.items():
            if value in (True, False):
                contract[key] = str(value)
    configuration.configure()
    user_options = UserOptions(session_options=texts, contracts_options=contracts)
    use_cases._register_contract_types(user_options)
    report = use_cases.create_report(user_options, cache_dir=None)
    rendering.render_report(report)
    return Verdict(
        kept=not report.contains_failures and not unknown,
        checked=len(contracts),
        unknown=unknown,
    )


if __name__ == "__main__":
    verdict = judge()
    for name in verdict.unknown:
        sys.stderr.write(f"contracts: there is no module {name}, and it is not planned\n")
    sys.exit(0 if verdict.kept else 1)
