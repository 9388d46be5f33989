"""`make bench`: measures everything, prints each figure beside its goal, keeps them as JSON."""

import importlib
import pkgutil
import sys
from pathlib import Path

from tests.bench.figure import KEPT, Figure, keep

FRAME = {"__main__", "figure"}


def main(names: list[str]) -> int:
    """Measure the modules named, or all; 1 when a goal is not met."""
    found: list[Figure] = []
    modules = [module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)])]
    for name in sorted(set(names or modules) - FRAME):
        module = importlib.import_module(f"tests.bench.{name}")
        for figure in module.figures():
            print(figure, flush=True)
            found.append(figure)
    keep(found)
    print(f"kept in {KEPT}")
    return 1 if any(figure.met is False for figure in found) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
