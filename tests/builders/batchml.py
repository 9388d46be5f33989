"""Small BatchML files, whole and broken: one operation with steps A, B, C … and links as text."""

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

OF_2008 = "http://www.wbf.org/xml/BatchML-V02"
RECIPES = Path(__file__).parents[2] / "ebr/demo/recipes"
SYRUP = RECIPES / "cough-syrup.xml"
COMPANION = RECIPES / "cough-syrup.companion.yaml"


def element(key: str, kind: str, inner: str = "", name: str | None = None) -> str:
    """One recipe element."""
    described = "" if name == "" else f"<Description>{escape(name or key)}</Description>"
    return (
        f"<RecipeElement><ID>{key}</ID>{described}"
        f"<RecipeElementType>{kind}</RecipeElementType>{inner}</RecipeElement>"
    )


def phase(key: str, name: str | None = None, value: str = "do it") -> str:
    """A phase with an instruction."""
    told = (
        "<Parameter><ID>1</ID><Description>Instruction</Description>"
        "<ParameterType>ProcessParameter</ParameterType><Value>"
        f"<ValueString>{value}</ValueString><DataType>string</DataType></Value></Parameter>"
    )
    return element(key, "Phase", told if value else "", name)


def logic(links: str, steps: Sequence[str], before: str = "") -> str:
    """The chart of an element: `begin>a a>t1 t1>b`. `t…` are transitions, `f…`, `j…` double lines.

    A link without a start or an end is written `a>` or `>a`.
    """
    nodes = {part for link in links.split() for part in link.split(">") if part}
    told = [
        f"<Link><ID>{name}</ID><LinkType>Parallel{kind}</LinkType></Link>"
        for name in sorted(nodes)
        for sign, kind in (("f", "Divergent"), ("j", "Convergent"))
        if name.startswith(sign)
    ]
    told += [_link(number, *link.split(">")) for number, link in enumerate(links.split())]
    told += [
        f"<Step><ID>{name}</ID><RecipeElementID>e-{name}</RecipeElementID></Step>" for name in steps
    ]
    told += [
        f"<Transition><ID>{name}</ID><Condition>TRUE</Condition></Transition>"
        for name in sorted(nodes)
        if name.startswith("t")
    ]
    return f"<ProcedureLogic>{before}{''.join(told)}</ProcedureLogic>"


def _link(number: int, start: str, end: str) -> str:
    sides = ""
    if start:
        sides += f"<FromID><FromIDValue>{start}</FromIDValue><FromType>Step</FromType></FromID>"
    if end:
        sides += f"<ToID><ToIDValue>{end}</ToIDValue><ToType>Step</ToType></ToID>"
    return f"<Link><ID>l{number}</ID>{sides}<LinkType>ControlLink</LinkType></Link>"


def operation(links: str, *steps: str, inner: str = "") -> str:
    """An operation whose chart is written as text, with a phase a step."""
    named = [each for each in steps if each not in ("begin", "end")]
    ends = element("e-begin", "Begin") + element("e-end", "End")
    below = ends + "".join(phase(f"e-{each}", each.upper()) for each in named) + inner
    return element("op", "Operation", logic(links, ["begin", "end", *named]) + below)


def recipe(inner: str, *, space: str = OF_2008, size: str = "10", unit: str = "L") -> bytes:
    """A file with one master recipe around operations."""
    unit_procedure = element("up", "UnitProcedure", inner)
    return whole(element("proc", "Procedure", unit_procedure), space=space, size=size, unit=unit)


def whole(elements: str, *, space: str = OF_2008, size: str = "10", unit: str = "L") -> bytes:
    """A file with one master recipe around these elements."""
    return (
        f'<?xml version="1.0"?>\n<BatchInformation xmlns="{space}">\n<MasterRecipe><ID>MR-1</ID>'
        "<Version>1</Version><Header><ProductID>FP-1</ProductID><ProductName>Syrup</ProductName>"
        f"<BatchSize><Nominal>{size}</Nominal><UnitOfMeasure>{unit}</UnitOfMeasure></BatchSize>"
        f"</Header>\n{elements}\n</MasterRecipe></BatchInformation>"
    ).encode()
