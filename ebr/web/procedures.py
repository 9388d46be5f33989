"""A procedure as a drawing: sequences downwards, branches beside each other, loops turning back.

The procedure is a tree of blocks, so its drawing needs no search: every part asks for the room of
its parts, and is then drawn into its own. Sizes are whole pixels and are worked out once for each
part. Each box is a link to the row that it stands for (ISA-88 / SFC manner, IEC 60848).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from ebr.web.filters import plural

BOX_WIDTH, BOX_HEIGHT, BESIDE, BELOW, TURN = 208, 40, 26, 20, 30
LONGEST_TITLE, LONGEST_SUB = 27, 31
EDGE = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One step, or a part whose steps are not drawn: a link with number, title and a line more."""

    number: str
    title: str
    sub: str
    href: str
    selected: bool = False
    errors: int = 0
    remarks: int = 0

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
class Loop:
    """A part that is done again until a condition holds."""

    body: "Part"
    until: str
    otherwise: str
    width: int
    height: int


Part = Box | Line | Fork | Loop


def line(parts: Sequence[Part]) -> Part:
    """Parts one after the other; a single one is itself."""
    if len(parts) == 1:
        return parts[0]
    height = sum(part.height for part in parts) + BELOW * (len(parts) - 1)
    return Line(tuple(parts), max(part.width for part in parts), height)


def fork(branches: Sequence[Part]) -> Part:
    """Branches at the same time."""
    width = sum(branch.width for branch in branches) + BESIDE * (len(branches) - 1)
    return Fork(tuple(branches), width, max(branch.height for branch in branches) + 2 * BELOW)


def loop(body: Part, until: str, otherwise: str = "else again") -> Part:
    """A part done again until a condition holds."""
    return Loop(body, until, otherwise, body.width + 2 * TURN, body.height + 60)


def drawing(whole: Part, words: str) -> Markup:
    """The whole procedure; `words` says in a sentence what is drawn."""
    width, height = whole.width + 2 * EDGE, whole.height + 2 * EDGE
    parts = Markup("").join(_drawn(whole, width // 2, EDGE))
    return Markup(
        '<svg viewBox="0 0 {0} {1}" width="{0}" height="{1}" role="group" aria-label="{2}">'
        "{3}</svg>"
    ).format(width, height, words, parts)


def _drawn(part: Part, x: int, y: int) -> Iterator[Markup]:
    """A part from its top centre downwards."""
    match part:
        case Box():
            return _box(part, x, y)
        case Line():
            return _line(part, x, y)
        case Fork():
            return _fork(part, x, y)
        case Loop():
            return _loop(part, x, y)


def _box(part: Box, x: int, y: int) -> Iterator[Markup]:
    left, right = x - BOX_WIDTH // 2, x + BOX_WIDTH // 2
    marks = Markup("")
    if part.errors:
        marks = _error(right, y, part.errors)
    elif part.remarks:
        marks = _remark(right, y, part.remarks)
    yield Markup(
        '<a href="{}"><rect class="n{}" x="{}" y="{}" width="{}" height="{}"'
        ' rx="8"/><text class="t" x="{}" y="{}">{}</text><text class="s" x="{}" y="{}">{}</text>'
        "{}</a>"
    ).format(
        part.href,
        " sel" if part.selected else "",
        left,
        y,
        BOX_WIDTH,
        BOX_HEIGHT,
        left + 12,
        y + 17,
        _short(f"{part.number} {part.title}", LONGEST_TITLE),
        left + 12,
        y + 32,
        _short(part.sub, LONGEST_SUB),
        marks,
    )


def _line(part: Line, x: int, y: int) -> Iterator[Markup]:
    for n, each in enumerate(part.parts):
        if n:
            yield _edge(f"M{x} {y}v{BELOW}")
            y += BELOW
        yield from _drawn(each, x, y)
        y += each.height


def _fork(part: Fork, x: int, y: int) -> Iterator[Markup]:
    end, left = y + part.height, x - part.width // 2
    centres = []
    for branch in part.branches:
        centres.append(left + branch.width // 2)
        left += branch.width + BESIDE
    first, last = centres[0] - BOX_WIDTH // 2, centres[-1] + BOX_WIDTH // 2
    for level in (y + BELOW // 2, end - BELOW // 2):
        yield _edge(f"M{first} {level - 2}H{last}M{first} {level + 2}H{last}")
    half = BELOW // 2
    yield _edge(f"M{x} {y}v{half - 2}M{x} {end - half + 2}V{end}")
    for branch, centre in zip(part.branches, centres, strict=True):
        yield _edge(f"M{centre} {y + half + 2}V{y + BELOW}")
        yield from _drawn(branch, centre, y + BELOW)
        yield _edge(f"M{centre} {y + BELOW + branch.height}V{end - half - 2}")


def _loop(part: Loop, x: int, y: int) -> Iterator[Markup]:
    top, left = y + 6, x - part.width // 2 + 8
    bottom = y + 14 + part.body.height
    turn = bottom + 16
    yield _edge(f"M{x} {y}v14M{x} {bottom}V{y + part.height}M{x} {turn}H{left}V{top}H{x - 3}")
    yield Markup('<path class="ah" d="M{} {}l-8-5v10z"/>').format(x - 2, top)
    yield Markup('<path class="tr" d="M{} {}h28"/>').format(x - 14, turn + 15)
    yield from _drawn(part.body, x, y + 14)
    yield Markup('<text class="c" x="{}" y="{}" text-anchor="end">{}</text>').format(
        x - 10, turn - 4, part.otherwise
    )
    yield Markup('<text class="c" x="{}" y="{}">{}</text>').format(x + 20, turn + 19, part.until)


def _edge(path: str) -> Markup:
    return Markup('<path class="e" d="{}"/>').format(path)


def _error(x: int, y: int, count: int) -> Markup:
    return Markup(
        '<g role="img" aria-label=", {}"><path class="m err" d="M{} {}h8l6 6v8l-6 6h-8l-6-6v-8z"/>'
        '<path class="mi" d="M{} {}v5m0 4v.5"/></g>'
    ).format(plural(count, "error"), x - 4, y - 9, x, y - 4)


def _remark(x: int, y: int, count: int) -> Markup:
    return Markup(
        '<g role="img" aria-label=", {}"><path class="m wrn" d="M{} {}l11 19h-22z"/>'
        '<path class="mi" d="M{} {}v5m0 4v.5"/></g>'
    ).format(plural(count, "remark"), x, y - 10, x, y - 3)


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"
