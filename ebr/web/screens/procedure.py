"""A recipe's procedure as its page shows it: the list by level, the drawing, one phase whole."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_uppercase

from markupsafe import Markup

from ebr import batches
from ebr.recipes import FindingView
from ebr.web import procedures
from ebr.web.filters import plural
from ebr.web.procedures import Box, Part
from ebr.web.screens.asked import Asked, asked_by
from workflows import recipe
from workflows.limits import goal_in_words
from workflows.plan import plan_of, written_inputs
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


@dataclass(frozen=True, slots=True)
class _Sheet:
    """What the walk over the blocks needs at every place."""

    base: str
    whole: Recipe
    numbers: Mapping[str, str]
    operations: Mapping[str, str]
    chosen: str
    before: Mapping[str, frozenset[str]]
    errors: Counter[str]
    remarks: Counter[str]

    def href(self, key: str) -> str:
        """The row of a phase."""
        return f"{self.base}?step={key}#p-{key}"


def procedure(
    whole: Recipe, findings: Sequence[FindingView], base: str, chosen: str | None
) -> Procedure:
    """List, drawing and chosen phase of a recipe; without a choice, the first finding's."""
    phases = {phase.key: phase for phase in recipe.phases(whole.procedure)}
    places = [each.place.partition(".")[0] for each in findings]
    key = chosen if chosen in phases else next((p for p in places if p in phases), None)
    key = key or next(iter(phases), "")
    parts = batches.operation_parts(whole)
    sheet = _Sheet(
        base=base,
        whole=whole,
        numbers=batches.step_numbers(whole),
        operations={part.steps[0]: part.number for part in parts if part.steps},
        chosen=key,
        before=plan_of(whole).before,
        errors=Counter(p for p, f in zip(places, findings, strict=True) if f.severity == "error"),
        remarks=Counter(p for p, f in zip(places, findings, strict=True) if f.severity != "error"),
    )
    return Procedure(
        rows=tuple(_rows(sheet, whole.procedure, iter(ascii_uppercase))),
        drawing=procedures.drawing(
            _part(sheet, whole.procedure),
            f"Procedure of {whole.code} version {whole.version}: "
            f"{plural(len(parts), 'operation')}, {plural(len(phases), 'phase')}",
        ),
        selected=_selected(sheet, phases[key]) if key else None,
        findings=tuple(_found(sheet, each, phases) for each in findings),
        operations=len(parts),
        phases=len(phases),
    )


def _rows(sheet: _Sheet, block: Block, letters: Iterator[str]) -> Iterator[Row]:
    if isinstance(block, Phase):
        yield _phase_row(sheet, block)
        return
    children = recipe.blocks_in(block)
    yield from _heading(sheet, block, letters)
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
        yield from _rows(sheet, child, letters)
    if isinstance(block, Parallel):
        yield Row(level="join", key=block.key, number="", title="All branches done")
    if isinstance(block, Repeat):
        yield Row(level="end", key=block.key, number="", title=f"End of {block.title}")


def _loop_in_words(sheet: _Sheet, loop: Repeat) -> str:
    """What is done again, until when, and how often at most."""
    titles = {
        (phase.key, asked.key): asked.title
        for phase in recipe.phases(sheet.whole.procedure)
        for asked in written_inputs(phase)
    }
    ref = loop.until.value
    title = titles.get((ref.step, ref.input), f"{ref.step}.{ref.input}")
    goal = goal_in_words(loop.until)
    return f"{loop.title}: repeat until {title} is {goal}; at most {loop.most} passes"


def _heading(
    sheet: _Sheet, block: InLine | Parallel | Repeat, letters: Iterator[str]
) -> Iterator[Row]:
    inside = list(recipe.phases(block))
    href = sheet.href(inside[0].key) if inside else sheet.base
    count = plural(len(inside), "phase")
    if block.level is Level.UNIT_PROCEDURE:
        yield Row(level="1", key=block.key, number=next(letters, ""), title=block.title, href=href)
    elif block.level is Level.OPERATION:
        mine = sheet.operations.get(inside[0].key, "") if inside else ""
        yield Row(
            level="2",
            key=block.key,
            number=mine,
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


def _part(sheet: _Sheet, block: Block) -> Part:
    """A block as drawn: an operation with the chosen phase is opened, the others are one box."""
    if isinstance(block, Phase):
        return _box(sheet, block)
    inside = list(recipe.phases(block))
    holds = any(phase.key == sheet.chosen for phase in inside)
    closed = block.level is Level.OPERATION or block.level is None
    if isinstance(block, InLine):
        if closed and not holds and len(inside) > 1:
            return _closed_box(sheet, block, inside)
        return procedures.line([_part(sheet, child) for child in block.blocks])
    if isinstance(block, Repeat):
        return _part(sheet, block.body)
    return procedures.fork([_part(sheet, child) for child in block.branches])


def _box(sheet: _Sheet, phase: Phase) -> Box:
    kind = KINDS[phase.work.KIND]
    return Box(
        number=sheet.numbers[phase.key],
        title=phase.title,
        sub=f"{kind}, critical" if phase.critical else kind,
        href=sheet.href(phase.key),
        selected=phase.key == sheet.chosen,
        errors=sheet.errors[phase.key],
        remarks=sheet.remarks[phase.key],
    )


def _closed_box(sheet: _Sheet, block: InLine, inside: Sequence[Phase]) -> Box:
    first, last = sheet.numbers[inside[0].key], sheet.numbers[inside[-1].key]
    operation = block.level is Level.OPERATION
    return Box(
        number=first.partition(".")[0] if operation else first,
        title=block.title,
        sub=plural(len(inside), "phase") + ("" if operation else f", to {last}"),
        href=sheet.href(inside[0].key),
        errors=sum(sheet.errors[phase.key] for phase in inside) + sheet.errors[block.key],
        remarks=sum(sheet.remarks[phase.key] for phase in inside) + sheet.remarks[block.key],
    )


def _found(sheet: _Sheet, each: FindingView, phases: Mapping[str, Phase]) -> Found:
    key, _, rest = each.place.partition(".")
    if key in phases:
        where = f"{sheet.numbers[key]} {phases[key].title}{f', {rest}' if rest else ''}"
        return Found(finding=each, where=where, href=sheet.href(key))
    return Found(finding=each, where=each.place, href=f"{sheet.base}/text")


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
            found = next(each for each in sheet.whole.equipment if each.key == wanted)
            yield "wrench", f"{found.title}, class {found.equipment_class}, fit for use"
        case recipe.IdentifyMaterial(line=wanted) | recipe.Weigh(line=wanted):
            line = next(each for each in sheet.whole.formula if each.key == wanted)
            yield "package", f"{line.title}, a released lot of {line.material}"
        case _:
            pass
    if phase.right:
        yield "key-round", f"The right “{phase.right.replace('_', ' ')}”"
    if phase.hold:
        yield "timer", f"At most {phase.hold.most_s} s after {titles[phase.hold.after]}"


def _behind(sheet: _Sheet, key: str, earlier: frozenset[str]) -> bool:
    """Whether another of the earlier phases comes after this one."""
    return any(key in sheet.before[other] for other in earlier if other != key)
