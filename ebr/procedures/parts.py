"""What a drawn procedure is made of: boxes, lines, forks, loops and frames, each with its room.

Sizes are whole even pixels, worked out once when a part is made of its parts.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from unicodedata import east_asian_width

BOX_WIDTH, BOX_HEIGHT, BESIDE, BELOW, TURN = 208, 40, 26, 20, 26
PAD, HEAD = 10, 26  # inside a frame, and for its title
ROW, PASS_ROW, PASS_WIDTH = 15, 28, 26
TITLE_EM, SMALL_EM = 13, 11.5
CONDITION_ROOM = 106
MOST_CONDITION_LINES, MOST_PASSES = 3, 4
_NARROW, _WIDE = frozenset("ijltfrI1.,:;'|!()[] "), frozenset("mwMWÆŒ@%…")


class State(StrEnum):
    """Where a step or a part of an executed batch stands; `NONE` on the drawing of a recipe."""

    NONE = ""
    DONE = "done"
    RUNNING = "running"
    OPEN = "open"
    WAITING = "waiting"
    WITNESS = "witness"
    UNSIGNED = "unsigned"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One step, or a part whose steps are not drawn: number, title and a line more."""

    key: str
    number: str
    title: str
    sub: str
    href: str = ""
    state: State = State.NONE
    selected: bool = False
    errors: int = 0
    remarks: int = 0
    exceptions: int = 0

    @property
    def width(self) -> int:
        """The room it takes across."""
        return BOX_WIDTH

    @property
    def height(self) -> int:
        """The room it takes downwards."""
        return BOX_HEIGHT


@dataclass(frozen=True, slots=True)
class Line:
    """Parts one after the other."""

    parts: "tuple[Part, ...]"
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Fork:
    """Branches at the same time, between two double lines."""

    branches: "tuple[Part, ...]"
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass of a loop as the batch did it."""

    number: int
    href: str
    shown: bool
    done: bool


@dataclass(frozen=True, slots=True)
class Loop:
    """A part that is done again until a condition holds."""

    key: str
    href: str
    errors: int
    remarks: int
    body: "Part"
    condition: tuple[str, ...]  # the lines beside the way out
    words: str  # the whole condition
    most: int
    passes: tuple[Pass, ...]
    width: int
    height: int

    @property
    def lead(self) -> int:
        """What stands above the body: the way back, and the passes if there are any."""
        return 14 + (PASS_ROW if self.passes else 0)


@dataclass(frozen=True, slots=True)
class Frame:
    """A unit procedure or an operation drawn around its parts."""

    key: str
    number: str
    title: str
    level: str
    href: str
    body: "Part"
    errors: int
    remarks: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Columns:
    """A long line of parts folded beside itself, so that it fits on a page."""

    columns: "tuple[Part, ...]"
    width: int
    height: int


Part = Box | Line | Fork | Loop | Frame | Columns


def line(parts: Sequence[Part]) -> Part:
    """Parts one after the other; a single one is itself."""
    if len(parts) == 1:
        return parts[0]
    height = sum(part.height for part in parts) + BELOW * max(len(parts) - 1, 0)
    return Line(tuple(parts), max((part.width for part in parts), default=0), height)


def fork(branches: Sequence[Part]) -> Part:
    """Branches at the same time."""
    width = sum(branch.width for branch in branches) + BESIDE * max(len(branches) - 1, 0)
    tallest = max((branch.height for branch in branches), default=0)
    return Fork(tuple(branches), max(width, BOX_WIDTH), tallest + 2 * BELOW)


def loop(
    key: str,
    body: Part,
    until: tuple[str, int],
    passes: Sequence[Pass] = (),
    leads: tuple[str, int, int] = ("", 0, 0),
) -> Part:
    """A part done again until what the words say, at most so many times."""
    words, most = until
    condition = wrapped(f"until {words}", CONDITION_ROOM, SMALL_EM)
    width = max(body.width + 2 * TURN, 2 * (CONDITION_ROOM + 24))
    height = body.height + 45 + ROW * len(condition) + (PASS_ROW if passes else 0)
    kept = tuple(passes) if len(passes) <= MOST_PASSES else _kept(passes)
    return Loop(key, *leads, body, condition, words, most, kept, width, height)


def frame(
    key: str, head: tuple[str, str, str], body: Part, leads: tuple[str, int, int] = ("", 0, 0)
) -> Part:
    """A frame with number, title and level at its head; it leads somewhere and counts findings."""
    width = max(body.width, BOX_WIDTH) + 2 * PAD
    height = body.height + HEAD + 2 * PAD
    return Frame(key, *head, leads[0], body, leads[1], leads[2], width, height)


def columns(parts: Sequence[Part], tallest: int) -> Part:
    """The parts beside each other in columns, none taller than asked if no part is."""
    found: list[list[Part]] = [[]]
    used = 0
    for part in parts:
        if found[-1] and used + BELOW + part.height > tallest:
            found.append([])
            used = 0
        used += part.height + (BELOW if found[-1] else 0)
        found[-1].append(part)
    if len(found) == 1:
        return line(parts)
    drawn = tuple(line(column) for column in found)
    width = sum(column.width for column in drawn) + 2 * BESIDE * (len(drawn) - 1)
    return Columns(drawn, width, max(column.height for column in drawn) + 2 * BELOW)


def _kept(passes: Sequence[Pass]) -> tuple[Pass, ...]:
    """Of many passes, the first, the one that is drawn and the last ones."""
    shown = [each for each in passes if each.shown]
    chosen = {passes[0].number, *(each.number for each in shown)}
    for each in reversed(passes):
        if len(chosen) == MOST_PASSES:
            break
        chosen.add(each.number)
    return tuple(each for each in passes if each.number in chosen)


@lru_cache(maxsize=4096)
def fitted(text: str, room: float, em: float) -> str:
    """As much of a text as has room, with an ellipsis where something is left out."""
    used = 0.0
    for place, letter in enumerate(text):
        used += _wide(letter) * em
        if used > room:
            kept = text[:place]
            while kept and length(kept + "…", em) > room:
                kept = kept[:-1]
            return f"{kept.rstrip()}…"
    return text


@lru_cache(maxsize=1024)
def wrapped(text: str, room: float, em: float) -> tuple[str, ...]:
    """A text in a few lines that have room."""
    found = [""]
    words = text.split()
    for place, word in enumerate(words):
        longer = f"{found[-1]} {word}".strip()
        if length(longer, em) <= room or not found[-1]:
            found[-1] = longer
        elif len(found) == MOST_CONDITION_LINES:
            found[-1] = " ".join((found[-1], *words[place:]))
            break
        else:
            found.append(word)
    return tuple(fitted(each, room, em) for each in found)


def length(text: str, em: float) -> float:
    """How wide a text is, nearly."""
    return sum(map(_wide, text)) * em


def _wide(letter: str) -> float:
    if letter in _NARROW:
        return 0.36
    if letter in _WIDE:
        return 0.92
    if letter.isupper():
        return 0.72
    return 0.6 if letter < "\u1100" or east_asian_width(letter) not in "WF" else 1.05
