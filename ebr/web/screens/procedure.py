"""A recipe's procedure as its page shows it: the list by level, the drawing, one phase whole."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote

from markupsafe import Markup

from ebr import batches, procedures
from ebr.procedures import Box, Pass
from ebr.recipes import FindingView
from ebr.web.filters import plural
from ebr.web.screens.asked import Asked, asked_by
from workflows import recipe
from workflows.plan import plan_of
from workflows.recipe import Block, Level, Parallel, Parameter, Phase, Recipe, Repeat
from workflows.recipe import Sequence as InLine

KINDS = {
    "instruction": "Instruction",
    "confirm": "Read and confirm",
    "entry": "Entry",
    "calculation": "Calculation",
    "identify_material": "Scan material",
    "identify_equipment": "Scan equipment",
    "weigh": "Weigh",
    "timer": "Timer",
    "check": "In-process check",
    "produce": "Produce",
    "sign_off": "Signature",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line of the list: its level 1 to 3, or what begins or ends: branches, a loop."""

    level: str
    key: str
    number: str
    title: str
    sub: str = ""
    href: str = ""
    selected: bool = False
    critical: bool = False
    errors: int = 0
    remarks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Selected:
    """One phase with what it asks, who signs, and what must be before it."""

    key: str
    number: str
    title: str
    kind: str
    instruction: str
    parameters: tuple[Parameter, ...]
    critical: bool
    statement: str
    formula: str
    asked: tuple[Asked, ...]
    signatures: tuple[tuple[str, str], ...]
    before: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One finding with the way to its place."""

    finding: FindingView
    where: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Procedure:
    """The whole procedure, ready to show."""

    rows: tuple[Row, ...]
    drawing: Markup
    selected: Selected | None
    findings: tuple[Found, ...]
    operations: int
    phases: int
    everything: bool  # whether every operation is drawn with its phases


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What list and drawing need at every place of a recipe."""

    base: str
    whole: Recipe
    numbers: Mapping[str, str]
    operations: Mapping[str, str]
    letters: Mapping[str, str]
    chosen: str
    everything: bool
    before: Mapping[str, frozenset[str]]
    errors: Counter[str]
    remarks: Counter[str]

    def address(self, key: str) -> str:
        """The page with a phase chosen; the drawing stays as opened as it is."""
        return f"{self.base}?step={quote(key, safe='')}{'&drawn=whole' * self.everything}"

    def href(self, key: str) -> str:
        """The row of a phase."""
        return f"{self.address(key)}#p-{quote(key, safe='')}"

    def box(self, phase: Phase, key: str) -> Box:
        """A phase: what kind of step it is."""
        kind = KINDS[phase.work.KIND]
        return Box(
            key=key,
            number=self.numbers[phase.key],
            title=phase.title,
            sub=f"{kind}, critical" if phase.critical else kind,
            href=self.href(phase.key),
            selected=phase.key == self.chosen,
            errors=self.errors[phase.key],
            remarks=self.remarks[phase.key],
        )

    def closed(self, block: Block, number: str, name: str) -> Box:
        """An operation that is not opened, with the findings of all that is in it."""
        keys = [each.key for each in _inside(block)]
        steps = [each.key for each in recipe.phases(block)]
        href = self.href(steps[0]) if steps else self.base
        return Box(
            key=f"{block.key}{name}",
            number=number,
            title=block.title,
            sub=plural(len(steps), "phase"),
            href=href,
            errors=sum(self.errors[key] for key in keys),
            remarks=sum(self.remarks[key] for key in keys),
        )

    def opened(self, block: Block) -> bool:
        """The operation that holds the chosen phase, or every one."""
        return self.everything or any(each.key == self.chosen for each in recipe.phases(block))

    def head(self, block: Block) -> tuple[str, int, int]:
        """A frame leads to the row of its first phase."""
        first = next(recipe.phases(block), None)
        href = self.href(first.key) if first else self.base
        return href, self.errors[block.key], self.remarks[block.key]

    def passes(self, loop: Repeat, name: str) -> tuple[Pass, ...]:  # noqa: ARG002 - as the sheet of a batch
        """A recipe has not been done."""
        return ()


def procedure(
    whole: Recipe,
    findings: Sequence[FindingView],
    base: str,
    chosen: str | None,
    *,
    everything: bool = False,
) -> Procedure:
    """List, drawing and chosen phase of a recipe; without a choice, the first finding's."""
    phases = {phase.key: phase for phase in recipe.phases(whole.procedure)}
    firsts = _firsts(whole.procedure)
    places = [each.place.partition(".")[0] for each in findings]
    key = chosen if chosen in phases else next((firsts[p] for p in places if p in firsts), None)
    key = key or next(iter(phases), "")
    parts = batches.operation_parts(whole)
    sheet = _Sheet(
        base=base,
        whole=whole,
        numbers=batches.step_numbers(whole),
        operations={part.key: part.number for part in parts},
        letters=procedures.letters(whole),
        chosen=key,
        everything=everything,
        before=plan_of(whole).before,
        errors=Counter(p for p, f in zip(places, findings, strict=True) if f.severity == "error"),
        remarks=Counter(p for p, f in zip(places, findings, strict=True) if f.severity != "error"),
    )
    return Procedure(
        rows=tuple(_rows(sheet, whole.procedure)),
        drawing=procedures.drawing(
            procedures.chart(sheet),
            f"Procedure of {whole.code} version {whole.version}: "
            f"{plural(len(parts), 'operation')}, {plural(len(phases), 'phase')}",
        ),
        selected=_selected(sheet, phases[key]) if key else None,
        findings=tuple(_found(sheet, each, firsts) for each in findings),
        operations=len(parts),
        phases=len(phases),
        everything=everything,
    )


def _inside(block: Block) -> Iterator[Block]:
    """A block and everything in it."""
    yield block
    for child in recipe.blocks_in(block):
        yield from _inside(child)


def _firsts(procedure: Block) -> Mapping[str, str]:
    """Block or phase → the first phase in it: what is chosen where a finding names it."""
    found = ((each.key, next(recipe.phases(each), None)) for each in _inside(procedure))
    return {key: first.key for key, first in found if first is not None}


def _rows(sheet: _Sheet, block: Block) -> Iterator[Row]:
    if isinstance(block, Phase):
        yield _phase_row(sheet, block)
        return
    children = recipe.blocks_in(block)
    yield from _heading(sheet, block)
    if isinstance(block, Repeat):
        yield Row(
            level="loop",
            key=block.key,
            number="",
            title=_loop_in_words(sheet, block),
            errors=sheet.errors[block.key],
            remarks=sheet.remarks[block.key],
        )
    if isinstance(block, Parallel):
        words = f"In parallel, {plural(len(children), 'branch', 'branches')}"
        yield Row(level="fork", key=block.key, number="", title=words)
    for child in children:
        if isinstance(block, Parallel) and not isinstance(child, Phase) and child.level is None:
            yield Row(level="branch", key=child.key, number="", title=child.title)
        yield from _rows(sheet, child)
    if isinstance(block, Parallel):
        yield Row(level="join", key=block.key, number="", title="All branches done")
    if isinstance(block, Repeat):
        yield Row(level="end", key=block.key, number="", title=f"End of {block.title}")


def _loop_in_words(sheet: _Sheet, loop: Repeat) -> str:
    """What is done again, until when, and how often at most."""
    goal = procedures.until(sheet.whole, loop)
    return f"{loop.title}: repeat until {goal}; at most {loop.most} passes"


def _heading(sheet: _Sheet, block: InLine | Parallel | Repeat) -> Iterator[Row]:
    inside = list(recipe.phases(block))
    href = sheet.href(inside[0].key) if inside else sheet.base
    count = plural(len(inside), "phase")
    if block.level is Level.UNIT_PROCEDURE:
        yield Row(
            level="1", key=block.key, number=sheet.letters[block.key], title=block.title, href=href
        )
    elif block.level is Level.OPERATION:
        yield Row(
            level="2",
            key=block.key,
            number=sheet.operations.get(block.key, ""),
            title=block.title,
            sub=count,
            href=href,
            errors=sheet.errors[block.key],
            remarks=sheet.remarks[block.key],
        )


def _phase_row(sheet: _Sheet, phase: Phase) -> Row:
    return Row(
        level="3",
        key=phase.key,
        number=sheet.numbers[phase.key],
        title=phase.title,
        href=sheet.href(phase.key),
        selected=phase.key == sheet.chosen,
        critical=phase.critical,
        errors=sheet.errors[phase.key],
        remarks=sheet.remarks[phase.key],
    )


def _found(sheet: _Sheet, each: FindingView, firsts: Mapping[str, str]) -> Found:
    """A finding with its place; chosen, it shows the box, frame or loop that it is about."""
    key, _, rest = each.place.partition(".")
    if key not in firsts:
        return Found(finding=each, where=each.place, href=f"{sheet.base}/text")
    titles = {block.key: block.title for block in _inside(sheet.whole.procedure)}
    number = sheet.numbers.get(key) or sheet.operations.get(key) or sheet.letters.get(key, "")
    where = f"{number} {titles[key]}{f', {rest}' if rest else ''}".strip()
    loops = {loop.key for loop in recipe.loops(sheet.whole.procedure)}
    shown = key if number or key in loops else firsts[key]
    return Found(
        finding=each,
        where=where,
        href=f"{sheet.address(firsts[key])}{procedures.anchor(shown)}",
    )


def _selected(sheet: _Sheet, phase: Phase) -> Selected:
    work = phase.work
    return Selected(
        key=phase.key,
        number=sheet.numbers[phase.key],
        title=phase.title,
        kind=KINDS[work.KIND],
        instruction=phase.instruction,
        parameters=phase.parameters,
        critical=phase.critical,
        statement=work.statement if isinstance(work, recipe.SignOff) else "",
        formula=_formula(work),
        asked=tuple(asked_by(sheet.whole, phase)),
        signatures=tuple(_signatures(phase)),
        before=tuple(_before(sheet, phase)),
    )


def _formula(work: recipe.Work) -> str:
    if not isinstance(work, recipe.Calculation):
        return ""
    return f"{work.result.key} = {work.expression}"


def _signatures(phase: Phase) -> Iterator[tuple[str, str]]:
    yield "pen-line", "Performer, who took the step in hand"
    if phase.witness:
        yield "users", "Witness, another person"
    policy = phase.exceptions
    yield "shield-check", f"Quality, for every exception ({policy.severity.value})"
    if policy.blocks:
        yield "lock", "An open exception holds the batch up"
    if phase.may_skip:
        yield "skip-forward", "May be skipped, with a reason"


def _before(sheet: _Sheet, phase: Phase) -> Iterator[tuple[str, str]]:
    earlier = sheet.before[phase.key]
    titles = {each.key: each.title for each in recipe.phases(sheet.whole.procedure)}
    nearest = [key for key in titles if key in earlier and not _behind(sheet, key, earlier)]
    for key in nearest:
        yield "check", f"{sheet.numbers[key]} {titles[key]} signed"
    if not nearest:
        yield "check", "Nothing: it is open when the batch starts"
    match phase.work:
        case recipe.IdentifyEquipment(equipment=wanted):
            for found in (each for each in sheet.whole.equipment if each.key == wanted):
                yield "wrench", f"{found.title}, class {found.equipment_class}, fit for use"
        case recipe.IdentifyMaterial(line=wanted) | recipe.Weigh(line=wanted):
            for line in (each for each in sheet.whole.formula if each.key == wanted):
                yield "package", f"{line.title}, a released lot of {line.material}"
        case _:
            pass
    if phase.right:
        yield "key-round", f"The right “{phase.right.replace('_', ' ')}”"
    if phase.hold:
        after = titles.get(phase.hold.after, phase.hold.after)  # a draft may name what is not there
        yield "timer", f"At most {phase.hold.most_s} s after {after}"


def _behind(sheet: _Sheet, key: str, earlier: frozenset[str]) -> bool:
    """Whether another of the earlier phases comes after this one."""
    return any(key in sheet.before[other] for other in earlier if other != key)
