"""One measured figure beside its goal, and the list of them that is kept."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from ebr.settings import ROOT

KEPT = ROOT / "build" / "bench.json"


@dataclass(frozen=True)
class Figure:
    """A figure with its unit; without a goal it stands there to be compared with."""

    name: str
    value: float
    unit: str
    goal: float | None = None
    at_most: bool = field(default=False, repr=False)

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        if self.goal is None:
            return None
        return self.value <= self.goal if self.at_most else self.value >= self.goal

    def __str__(self) -> str:
        sign = "≤" if self.at_most else "≥"
        goal = "" if self.goal is None else f"   goal {sign} {self.goal:g}: "
        verdict = {None: "", True: "met", False: "NOT MET"}[self.met]
        return f"{self.name:<64} {self.value:>10.2f} {self.unit:<8}{goal}{verdict}"


def keep(figures: Sequence[Figure]) -> None:
    """Write the list of all figures."""
    KEPT.parent.mkdir(parents=True, exist_ok=True)
    told = [
        {name: value for name, value in asdict(one).items() if name != "at_most"} | {"met": one.met}
        for one in figures
    ]
    KEPT.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
