"""Who is killed when: a fixed rotation, so that a run that fails can be run again."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.plant import Plant
from tests.faults.wire import Fate

BETWEEN_STEPS = ("worker", "collector", "postgres", "scale", "sealer", "web", "backend")
WHILE_WEIGHING = ("collector", "postgres", "scale", "worker", "web")
IN_AN_ACT = ("worker", "postgres", "web", "backend", "sealer")
EVERY_STEP = 3
EVERY_ACT = 12
ASKING = re.compile(r"/steps/[\w-]+/readings$")
ACCEPTING = re.compile(r"/steps/[\w-]+/weight$")
OTHERS = re.compile(r"/(start|values|material|complete|witness|corrections|review|release)$")


@dataclass
class Killer:
    """Kills the next in turn at every place where its turn comes, and remembers where."""

    plant: Plant
    done: list[tuple[str, str]] = field(default_factory=list)
    steps: int = 0
    _acts: int = 0
    _met: set[str] = field(default_factory=set)
    _turns: dict[tuple[str, ...], int] = field(default_factory=dict)

    def after_step(self, key: str) -> None:
        """Between two steps."""
        self.steps += 1
        if self.steps % EVERY_STEP == 0:
            self._next(BETWEEN_STEPS, f"after {key}")

    def plan(self, method: str, path: str) -> Fate:
        """In the middle of a weighing, or of an act."""
        if method != "POST":
            return Fate()
        if ASKING.search(path) and path not in self._met:
            self._met.add(path)
            return Fate(after=self._later(WHILE_WEIGHING, "between question and answer"))
        if ACCEPTING.search(path) and path not in self._met:
            self._met.add(path)
            return Fate(before=self._later(WHILE_WEIGHING, "between answer and acceptance"))
        if OTHERS.search(path):
            self._acts += 1
            if self._acts % EVERY_ACT == 0:
                return Fate(during=self._later(IN_AN_ACT, f"during {path.rsplit('/', 1)[1]}"))
            if self._acts % EVERY_ACT == EVERY_ACT // 2:
                return Fate(answer_arrives=False)
        return Fate()

    def _later(self, victims: tuple[str, ...], where: str) -> Callable[[], None]:
        return lambda: self._next(victims, where)

    def _next(self, victims: tuple[str, ...], where: str) -> None:
        turn = self._turns.get(victims, 0)
        self._turns[victims] = turn + 1
        victim = victims[turn % len(victims)]
        self.plant.kill(victim)
        self.done.append((victim, where))
