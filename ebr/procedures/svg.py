"""A laid-out procedure as SVG text: attributes and classes only, so that a strict policy allows it.

The colours are those of the page it stands on (`.graph …`) or of the stylesheet given for print.
Each box, frame and pass is a link to what it stands for, and has an anchor of its own.
"""

from collections.abc import Iterator
from decimal import Decimal
from urllib.parse import quote

from markupsafe import Markup, escape

from ebr.procedures.layout import Label, Layout, Point, laid_out
from ebr.procedures.parts import (
    BOX_HEIGHT,
    BOX_WIDTH,
    HEAD,
    PASS_WIDTH,
    SMALL_EM,
    TITLE_EM,
    Box,
    Frame,
    Loop,
    Part,
    Pass,
    State,
    fitted,
    length,
)
from ebr.procedures.telling import marked, told

ANCHOR = "d-"  # begins the anchor of every box and frame
MOST_COUNTED = 9
SHAPES = {
    State.DONE: "m2 8 4 4 8-9",
    State.RUNNING: "m2 8a6 6 0 1 0 12 0a6 6 0 1 0-12 0m4 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0",
    State.OPEN: "m2 8a6 6 0 1 0 12 0a6 6 0 1 0-12 0m4.5-3 5 3-5 3z",
    State.WAITING: "m2 8a6 6 0 1 0 12 0a6 6 0 1 0-12 0",
    State.WITNESS: (
        "m3.5 5a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0m-2.5 9a5 5 0 0 1 10 0"
        "m.5-11.2a2.5 2.5 0 0 1 0 4.6m1.5 2.4a5 5 0 0 1 2.5 4.2"
    ),
    State.UNSIGNED: "m5.5 2h5l3.5 3.5v5l-3.5 3.5h-5l-3.5-3.5v-5zm2.5 3v3.5m0 2.2v.3",
    State.SKIPPED: "m3 3 7 5-7 5zm10 0v10",
}


def anchor(key: str) -> str:
    """The end of an address that shows the box or frame of a key."""
    return f"#{ANCHOR}{quote(key, safe='')}"


def drawing(
    whole: Part, words: str, *, name: str = "procedure", style: str = "", scale: str = "1"
) -> Markup:
    """The whole procedure; `words` says in a sentence what is drawn. For print: style and scale."""
    at = laid_out(whole)
    width, height = Decimal(scale) * at.width, Decimal(scale) * at.height
    size = f'viewBox="0 0 {at.width} {at.height}" width="{width}" height="{height}"'
    parts = "".join(
        (
            f'<svg {size} role="group" aria-label="{escape(words)}"',
            f' aria-describedby="{name}-told">',
            f"<style>{style}</style>" if style else "",
            f'<desc id="{name}-told">{escape(told(whole))}</desc>',
            *(_frame(each, x, y) for each, x, y in at.frames),
            *_flow(at),
            *(_box(each, x, y) for each, x, y in at.boxes),
            *(_way_out(each, x, y) for each, x, y in at.ways_out),
            *(_pass(each, x, y) for each, x, y in at.passes),
            *map(_label, at.labels),
            "</svg>",
        )
    )
    return Markup(parts)  # noqa: S704  # every text in it went through escape


def _flow(at: Layout) -> Iterator[str]:
    if at.lines:
        yield f'<path class="e" d="{"".join(map(_path, at.lines))}"/>'
    if at.arrows:
        yield f'<path class="ah" d="{"".join(f"M{x} {y}l-8-5v10z" for x, y in at.arrows)}"/>'


def _path(points: tuple[Point, ...]) -> str:
    (x, y), *others = points
    found = [f"M{x} {y}"]
    for across, down in others:
        found.append(f"V{down}" if across == x else f"H{across}")
        x, y = across, down
    return "".join(found)


def _link(href: str, key: str, inside: str, *, chosen: bool = False) -> str:
    """What is linked is named by the text in it: what is seen is what is heard."""
    known = f' id="{ANCHOR}{escape(key)}"' if key else ""
    if not href:
        return f"<g{known}>{inside}</g>"
    here = ' aria-current="true"' if chosen else ""
    return f'<a{known} href="{escape(href)}"{here}>{inside}</a>'


def _box(box: Box, x: int, y: int) -> str:
    shape, text = "", x + 12
    if box.state:
        shape = f'<path class="i" d="M{x + 9} {y + 12}{SHAPES[box.state]}"/>'
        text = x + 32
    room = x + BOX_WIDTH - 10 - text
    chosen = " sel" if box.selected else ""
    number = f"{box.number} " if box.number else ""
    inside = (
        f'<rect class="n {box.state}{chosen}" x="{x}" y="{y}" width="{BOX_WIDTH}"'
        f' height="{BOX_HEIGHT}" rx="8"/>{shape}<text class="t" x="{text}" y="{y + 17}">'
        f"{escape(fitted(number + box.title, room, TITLE_EM))}</text> "
        f'<text class="s" x="{text}" y="{y + 32}">{escape(fitted(box.sub, room, SMALL_EM))}</text>'
        + _marks(box, x + BOX_WIDTH, y)
    )
    return _link(box.href, box.key, inside, chosen=box.selected)


def _frame(frame: Frame, x: int, y: int) -> str:
    title = f"{frame.number} {frame.title}".strip()
    room, middle = frame.width - 20, y + HEAD - 8
    beside = length(title, TITLE_EM) + length(frame.level, SMALL_EM) + 10 <= room
    level = (
        f' <text class="s" x="{x + frame.width - 10}" y="{middle}" text-anchor="end">'
        f"{escape(frame.level)}</text>"
    )
    inside = (
        f'<rect class="hd" x="{x + 1}" y="{y + 1}" width="{frame.width - 2}" height="{HEAD - 2}"'
        f' rx="6"/><text class="t" x="{x + 10}" y="{middle}">'
        f"{escape(fitted(title, room, TITLE_EM))}</text>"
        f"{level if beside else ''}{_marks(frame, x + frame.width, y)}"
    )
    return (
        f'<rect class="fr" x="{x}" y="{y}" width="{frame.width}" height="{frame.height}"'
        f' rx="8"/>{_link(frame.href, frame.key, inside)}'
    )


def _way_out(loop: Loop, x: int, y: int) -> str:
    """The bar of a loop's condition, with the findings of the loop itself before it."""
    marks = _marks(loop, x - 20, y)
    bar = f'<path class="tr" d="M{x - 14} {y}h28"/>{marks}'
    return _link(loop.href if marks else "", loop.key, bar)


def _pass(each: Pass, x: int, y: int) -> str:
    done = " done" if each.done else ""
    chosen = " sel" if each.shown else ""
    inside = (
        f'<rect class="n{done}{chosen}" x="{x}" y="{y}" width="{PASS_WIDTH}" height="24" rx="6"/>'
        f'<text class="p" x="{x + PASS_WIDTH // 2}" y="{y + 16}" text-anchor="middle">'
        f"{each.number}</text>"
    )
    return _link(each.href, "", inside, chosen=each.shown)


def _label(label: Label) -> str:
    end = ' text-anchor="end"' if label.end else ""
    return f'<text class="c" x="{label.x}" y="{label.y}"{end}>{escape(label.text)}</text>'


def _marks(part: Box | Frame | Loop, x: int, y: int) -> str:
    """What is told by its shape and its number: an octagon of errors, a triangle of the others."""
    words = marked(part)
    if not words:
        return ""
    others = part.remarks + (part.exceptions if isinstance(part, Box) else 0)
    kind, shape, count, down = "wrn", "m0-12l12 21h-24z", others, 6
    if part.errors:
        kind, shape, count, down = "err", "m-4-10h8l6 6v8l-6 6h-8l-6-6v-8z", part.errors, 4
    whose = "loop" if isinstance(part, Loop) else ""
    number = str(count) if count <= MOST_COUNTED else f"{MOST_COUNTED}+"
    return (
        f' <g role="img" aria-label="{whose}, {words}">'
        f'<path class="m {kind}" d="M{x - 6} {y}{shape}"/>'
        f'<text class="k" x="{x - 6}" y="{y + down}" text-anchor="middle">{number}</text></g>'
    )
