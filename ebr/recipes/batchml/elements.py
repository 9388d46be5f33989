"""What a file says, as plain values: elements with their logic, before anything is made of it.

Every name carries the line where it stands, so that a finding can point there. Faults that leave
nothing to judge (an id that is missing or stands twice, too many elements) refuse the file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from ebr.recipes.batchml.parsing import Tree
from ebr.recipes.batchml.words import brief
from ebr.recipes.text import BadText, Fault

ELEMENTS_MOST = 4_000  # recipe elements: a thousand phases, and a beginning and an end a level
CHOICES_MOST = 20_000  # of all parameters together
NODES_MOST = 8_000  # steps, transitions and links of one procedure
CONTROL = "ControlLink"
FORK, JOIN = "ParallelDivergent", "ParallelConvergent"
CHOICE, MERGE = "SerialDivergent", "SerialConvergent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A line of the chart between two of its nodes; an end that is missing is empty."""

    id: str
    start: str
    end: str
    line: int | None
    untyped: bool  # one end does not say what kind of thing it names


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A step, a transition, or a double line where branches part or meet."""

    id: str
    kind: str  # Step, Transition, or the type of a link
    line: int | None
    element: str = ""  # of a step: the element it stands for
    condition: str = ""  # of a transition


@dataclass(frozen=True, slots=True, kw_only=True)
class Logic:
    """The order in which the elements below one element are done."""

    nodes: Mapping[str, Node]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A parameter as the file gives it; what is not said is empty."""

    id: str
    title: str
    role: str
    value: str
    kind: str
    unit: str
    enumeration: str
    scaled: str
    reading: str  # how the value is meant: a constant, an equation, a reference …
    line: int | None
    inner: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Enumerations:
    """The lists of a file. Many parameters may choose from a long one, so what they take counts."""

    lists: Mapping[str, tuple[str, ...]]
    taken: int = 0

    def offered(self, given: Given) -> tuple[str, ...]:
        """What a parameter chooses from; nothing where it names no list."""
        found = self.lists.get(given.enumeration, ())
        self.taken += len(found)
        if self.taken > CHOICES_MOST:
            said = f"with it the parameters offer more than {CHOICES_MOST:,} choices"
            raise BadText(Fault(f"parameter {given.id}", given.line, said))
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A recipe element: procedure, unit procedure, operation, phase, or a beginning or an end."""

    id: str
    kind: str
    other: str  # what kind of block it is, in exports of our own
    names: tuple[str, ...]
    line: int | None
    parameters: tuple[Given, ...]
    logic: Logic | None
    children: "tuple[Element, ...]"
    carried: Mapping[str, str]

    @property
    def name(self) -> str:
        """What people call it."""
        return self.names[0].strip() if self.names else ""

    def __str__(self) -> str:
        return f"{self.kind or 'element'} {brief(self.name or self.id)!r}"


class Reader:
    """Reads the parts of one namespace; `exact` keeps every space, as our own exports need it."""

    def __init__(self, tree: Tree, *, exact: bool = False) -> None:
        self._space = f"{{{tree.namespace}}}"
        self._exact = exact

    def text(self, element: Any, path: str) -> str:
        """The text below an element, empty where there is none."""
        found = element.findtext("/".join(self._space + part for part in path.split("/")))
        return self._told(found)

    def texts(self, element: Any, name: str) -> tuple[str, ...]:
        """The texts of all parts of a name."""
        return tuple(self._told(each.text) for each in element.findall(self._space + name))

    def all(self, element: Any, path: str) -> list[Any]:
        """All parts along a path."""
        return list(element.findall("/".join(self._space + part for part in path.split("/"))))

    def _told(self, text: str | None) -> str:
        return (text or "") if self._exact else (text or "").strip()

    def element(self, found: Any) -> Element:
        """One recipe element with everything below it."""
        kind = self.all(found, "RecipeElementType")
        logic = self.all(found, "ProcedureLogic")
        return Element(
            id=self.text(found, "ID"),
            kind=self._told(kind[0].text) if kind else "",
            other=kind[0].get("OtherValue", "") if kind else "",
            names=self.texts(found, "Description"),
            line=found.sourceline,
            parameters=tuple(self.given(each) for each in self.all(found, "Parameter")),
            logic=self._logic(logic[0]) if logic else None,
            children=tuple(self.element(each) for each in self.all(found, "RecipeElement")),
            carried=self.carried(found),
        )

    def carried(self, found: Any) -> dict[str, str]:
        """What stands under OtherInformation, by its name."""
        return {
            self.text(each, "ID"): self.text(each, "Value/ValueString")
            for each in self.all(found, "OtherInformation")
        }

    def given(self, found: Any) -> Given:
        """One parameter, with the plain values nested in it."""
        return Given(
            id=self.text(found, "ID"),
            title=self.text(found, "Description"),
            role=self.text(found, "ParameterType"),
            value=self.text(found, "Value/ValueString"),
            kind=self.text(found, "Value/DataType"),
            unit=self.text(found, "Value/UnitOfMeasure"),
            enumeration=self.text(found, "Value/EnumerationSetID"),
            scaled=self.text(found, "Scaled"),
            reading=self.text(found, "Value/DataInterpretation"),
            line=found.sourceline,
            inner={
                self.text(each, "ID"): self.text(each, "Value/ValueString")
                for each in self.all(found, "Parameter")
            },
        )

    def logic_of(self, found: Any) -> Logic | None:
        """The logic directly below, where there is one."""
        logic = self.all(found, "ProcedureLogic")
        return self._logic(logic[0]) if logic else None

    def _logic(self, found: Any) -> Logic:
        nodes: list[Node] = []
        links: list[Link] = []
        for each in self.all(found, "Link"):
            kind = self.text(each, "LinkType")
            if kind in (FORK, JOIN, CHOICE, MERGE):
                nodes.append(Node(id=self.text(each, "ID"), kind=kind, line=each.sourceline))
            else:
                links.append(self._link(each, kind))
        for each in self.all(found, "Step"):
            element = self.text(each, "RecipeElementID")
            line = each.sourceline
            nodes.append(Node(id=self.text(each, "ID"), kind="Step", line=line, element=element))
        nodes += [
            Node(
                id=self.text(each, "ID"),
                kind="Transition",
                line=each.sourceline,
                condition=self.text(each, "Condition"),
            )
            for each in self.all(found, "Transition")
        ]
        _refuse_too_many(found, len(nodes) + len(links))
        _refuse_doubles(nodes)
        return Logic(nodes={each.id: each for each in nodes}, links=tuple(links))

    def _link(self, found: Any, kind: str) -> Link:
        place = self.text(found, "ID")
        if kind != CONTROL:
            raise BadText(
                Fault(
                    f"link {place}",
                    found.sourceline,
                    f"is of the type {kind!r}; read are {CONTROL}, {FORK}, {JOIN}, {CHOICE} "
                    f"and {MERGE}",
                )
            )
        for side in ("FromID", "ToID"):
            if len(self.all(found, side)) > 1:
                raise BadText(Fault(f"link {place}", found.sourceline, f"has more than one {side}"))
        start, end = self.text(found, "FromID/FromIDValue"), self.text(found, "ToID/ToIDValue")
        kinds = (self.text(found, "FromID/FromType"), self.text(found, "ToID/ToType"))
        untyped = bool(start and end) and not all(kinds)
        return Link(id=place, start=start, end=end, line=found.sourceline, untyped=untyped)


def every(elements: tuple[Element, ...]) -> Iterator[Element]:
    """All elements, each before those below it."""
    for each in elements:
        yield each
        yield from every(each.children)


def refuse_bad_ids(elements: tuple[Element, ...]) -> None:
    """Every element has an id of its own, and there are not more than a recipe can have."""
    found = list(every(elements))
    if len(found) > ELEMENTS_MOST:
        raise BadText(
            Fault(
                "MasterRecipe",
                None,
                f"{len(found):,} recipe elements; at most {ELEMENTS_MOST:,} are read, and a "
                "recipe has at most 1,000 phases",
            )
        )
    faults = [Fault(str(each), each.line, "has no id") for each in found if not each.id]
    first: dict[str, Element] = {}
    for each in found:
        before = first.setdefault(each.id, each)
        if each.id and before is not each:
            said = f"has the id {each.id} of the element in line {before.line}"
            faults.append(Fault(str(each), each.line, said))
    if faults:
        raise BadText(*faults)


def _refuse_too_many(found: Any, count: int) -> None:
    if count > NODES_MOST:
        raise BadText(
            Fault(
                etree.QName(found).localname,
                found.sourceline,
                f"{count:,} steps, transitions and links; at most {NODES_MOST:,} are read",
            )
        )


def _refuse_doubles(nodes: list[Node]) -> None:
    seen: dict[str, Node] = {}
    for each in nodes:
        if not each.id or each.id in seen:
            before = f" of line {seen[each.id].line}" if each.id in seen else ""
            said = f"has the id {each.id}{before}" if each.id else "has no id"
            raise BadText(Fault(f"{each.kind} {each.id}", each.line, said))
        seen[each.id] = each
