"""The elements of a file as blocks of a procedure, level by level."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ebr.recipes.batchml import carried, phases
from ebr.recipes.batchml.chart import Again, Beside, Chart, Leaf, Note, Run, begun
from ebr.recipes.batchml.draft import Gap
from ebr.recipes.batchml.elements import (
    ELEMENTS_MOST,
    Element,
    Enumerations,
    Logic,
    Node,
)
from ebr.recipes.batchml.phases import ERROR, REMARK, Notes
from ebr.recipes.batchml.reducing import reduced
from ebr.recipes.batchml.words import Keys, brief
from ebr.recipes.text import BadText, Fault
from workflows import recipe
from workflows.recipe import Block, Level, Parallel, Repeat, Sequence, Until, ValueRef
from workflows.validity.structure import KEY

ENDS = ("Begin", "End")
RANKS = {"Procedure": 0, "UnitProcedure": 1, "Operation": 2, "Phase": 3}
LEVELS = {
    "Procedure": Level.PROCEDURE,
    "UnitProcedure": Level.UNIT_PROCEDURE,
    "Operation": Level.OPERATION,
}
PASSES = 99  # the most passes there can be: the file says no bound, and its author has to


@dataclass(frozen=True, slots=True)
class Named:
    """What a block is called."""

    key: str
    title: str
    level: Level | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """An element while its blocks are made: its steps, and what became of them so far."""

    element: Element
    rank: int
    steps: Mapping[str, Element]
    held: dict[str, Block] = field(default_factory=dict)


@dataclass(slots=True)
class Builder:
    """Makes blocks of elements. `own`: an export of ours, whose names and levels stand as given."""

    own: bool
    keys: Keys
    notes: Notes
    boilerplate: str
    enumerations: Enumerations
    made: int = 0

    def block(self, element: Element, above: int, parent: str) -> Block:
        """One element, with everything below it."""
        self.made += 1  # an element may stand at many steps, and what is below it again at many
        if self.made > ELEMENTS_MOST:
            raise _wrong(element, f"is the block {self.made:,}; at most {ELEMENTS_MOST:,} are made")
        rank = self._rank(element, above)
        key = self._key(element, parent)
        if not element.name and not self.own:
            self.notes.add(
                Gap.NAME, REMARK, key, f"{element} has no name; it is called {key}", element.line
            )
            element = replace(element, names=(key, *element.names[1:]))
        if element.kind != "Phase":
            return self._composite(element, key, rank)
        inner = next(iter(element.children), None)
        if inner is not None:
            raise _wrong(inner, "stands below a phase, the lowest level")
        if self.own:
            return carried.phase(element, key, self.enumerations)
        return phases.phase(element, key, self.boilerplate, self.enumerations, self.notes)

    def _rank(self, element: Element, above: int) -> int:
        """The level of an element is the next below the one that it stands in (ISA-88)."""
        if self.own and element.kind in ("Other", *RANKS):
            return RANKS.get(element.kind, above)
        if element.kind not in RANKS:
            known = ", ".join((*RANKS, *ENDS))
            raise _wrong(element, f"is of the type {element.kind!r}; read are {known}")
        rank = RANKS[element.kind]
        if rank != above + 1:
            wanted = next((kind for kind, at in RANKS.items() if at == above + 1), "nothing")
            raise _wrong(element, f"stands at the wrong level: {wanted} is expected here")
        return rank

    def _key(self, element: Element, parent: str) -> str:
        if self.own or (KEY.fullmatch(element.id) and not self.keys.has(element.id)):
            return self.keys.take(element.id)
        return self.keys.new(element.name or element.id, parent, spare=element.kind.lower())

    def _composite(self, element: Element, key: str, rank: int) -> Block:
        run, steps, chart = self._run(element)
        inside = Inside(element=element, rank=rank, steps=steps)
        title = element.names[0] if element.names else ""
        named = Named(key, title, LEVELS.get(element.kind))
        kind = element.other if self.own else ""
        block: Block
        match run:
            case (Beside(branches=branches),) if kind != "Sequence":
                block = self._parallel(named, [self._line(each, inside) for each in branches])
            case (Again(body=body, condition=condition),) if kind != "Sequence":
                block = self._repeat(element, self._line(body, inside), condition, named)
            case _ if kind == "Parallel":
                block = self._parallel(named, [self._item(each, inside) for each in run])
            case _ if kind == "Repeat":
                raise _wrong(element, "is to be repeated, and no link leads back to its beginning")
            case _:
                blocks = tuple(self._item(each, inside) for each in run)
                block = Sequence(key=named.key, title=named.title, level=named.level, blocks=blocks)
        for note in chart.notes:
            self._note(note, key, inside)
        return block

    def _run(self, element: Element) -> tuple[Run, Mapping[str, Element], Chart]:
        """The order of what is directly below an element."""
        logic = element.logic or Logic(nodes={}, links=())
        below = {each.id: each for each in element.children}
        order = {each.id: place for place, each in enumerate(element.children)}
        for node in logic.nodes.values():
            if node.kind == "Step" and node.element not in below:
                raise BadText(
                    Fault(
                        f"step {node.id}",
                        node.line,
                        f"stands for the element {node.element!r}, which is not below {element}",
                    )
                )
        used = {node.element for node in logic.nodes.values()}
        alone = {
            f"element {each.id}": Node(
                id=f"element {each.id}", kind="Step", line=each.line, element=each.id
            )
            for each in element.children
            if each.id not in used and each.kind not in ENDS
        }
        nodes = {**logic.nodes, **alone}
        steps = {each.id: below[each.element] for each in nodes.values() if each.kind == "Step"}
        ends = {name: each.kind for name, each in steps.items() if each.kind in ENDS}
        chart = begun(
            str(element),
            Logic(nodes=nodes, links=logic.links),
            ends,
            {name: order[each.id] for name, each in steps.items()},
            lambda name: (
                repr(brief(steps[name].name or steps[name].kind)) if name in steps else name
            ),
        )
        return reduced(chart, ends), steps, chart

    def _item(self, each: Leaf | Beside | Again, inside: Inside) -> Block:
        match each:
            case Leaf(step=step):
                element = inside.steps[step]
                inside.held[step] = self.block(element, inside.rank, inside.element.name)
                return inside.held[step]
            case Beside(branches=branches):
                lines = [self._line(branch, inside) for branch in branches]
                title = f"{brief(inside.element.name)}, side by side"
                named = Named(self._named(title, inside.element), title, None)
                return self._parallel(named, lines)
            case Again(body=body, condition=condition):
                block = self._line(body, inside)
                key = self.keys.new(f"{block.key}-again", "")
                named = Named(key, f"{brief(block.title)}, again", None)
                return self._repeat(inside.element, block, condition, named)

    def _line(self, run: Run, inside: Inside) -> Block:
        """A branch or a body: one block as it is, several in line."""
        parts = [self._item(each, inside) for each in run]
        if len(parts) == 1:
            return parts[0]
        ends = f"{brief(parts[0].title)} to {brief(parts[-1].title)}" if parts else "nothing"
        title = f"{brief(inside.element.name)}: {ends}"
        return Sequence(key=self._named(title, inside.element), title=title, blocks=tuple(parts))

    def _parallel(self, named: Named, branches: list[Block]) -> Parallel:
        return Parallel(
            key=named.key, title=named.title, level=named.level, branches=tuple(branches)
        )

    def _named(self, title: str, element: Element) -> str:
        """A key for a block that the chart draws and does not name."""
        key = self.keys.new(title, element.name)
        said = f"the chart gives no name to a block of {element}; it is called {title!r}"
        self.notes.add(Gap.NAME, REMARK, key, said, element.line)
        return key

    def _repeat(self, element: Element, body: Block, condition: str, named: Named) -> Repeat:
        """What is done again. What ends it is no business of a chart: the author has to say it."""
        if self.own:
            return carried.repeat(element, body, named.key, named.title, named.level)
        last = list(recipe.phases(body))[-1]
        words = f"while {condition!r}" if condition else "without a condition"
        self.notes.add(
            Gap.LOOP,
            ERROR,
            named.key,
            f"a link leads back, so that {brief(body.title)!r} is done again {words}; the file "
            f"names no value that ends it and no bound: {last.key}.done and {PASSES} passes stand "
            "here until somebody does",
            element.line,
        )
        until = Until(value=ValueRef(step=last.key, input="done"), equals="yes")
        return Repeat(
            key=named.key,
            title=named.title,
            level=named.level,
            body=body,
            until=until,
            most=PASSES,
        )

    def _note(self, note: Note, key: str, inside: Inside) -> None:
        held, element = inside.held.get(note.node), inside.element
        place, line = held.key if held else key, note.line or element.line
        if note.kind != "condition":
            self.notes.add(Gap.LINK, REMARK, place, note.text, line)
            return
        step = inside.steps.get(note.node)
        where = "at the end of" if step and step.kind == "End" else "within"
        said = f"before {brief(held.title)!r}" if held else f"{where} {brief(element.name)!r}"
        text = (
            f"the condition {note.text!r} stands {said}; it is kept here as words, and no step "
            "waits for it"
        )
        self.notes.add(Gap.CONDITION, REMARK, place, text, line)


def _wrong(element: Element, text: str) -> BadText:
    return BadText(Fault(f"{element} ({element.id})", element.line, text))
