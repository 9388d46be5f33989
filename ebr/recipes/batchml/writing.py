"""A recipe goes out as BatchML 0700, valid against the published schemas.

What BatchML has words for is said in them: header, sizes, formula, equipment, the procedure with
its levels, order, branches and loops, names, instructions and parameters. What it has none for is
carried (`carried`) or cannot be said at all; `unsaid` lists both, and the list stands in the
document.
"""

from dataclasses import dataclass
from typing import Any

from lxml import etree

import workflows
from ebr.recipes.batchml import carried
from ebr.recipes.batchml.charting import chart_of
from ebr.recipes.batchml.published import NAMESPACE
from ebr.recipes.batchml.unsaid import sayable, unsaid
from ebr.recipes.batchml.words import ROLES
from workflows.recipe import Block, FormulaLine, Level, Parameter, Phase, Repeat, Scaling, blocks_in

KINDS = {
    Level.PROCEDURE: "Procedure",
    Level.UNIT_PROCEDURE: "UnitProcedure",
    Level.OPERATION: "Operation",
    None: "Other",
}
WORDS = {role: word for word, role in ROLES.items()}


@dataclass(frozen=True, slots=True)
class Export:
    """A recipe as a document, and what BatchML cannot say of it."""

    document: bytes
    unsaid: tuple[str, ...]


def write(recipe: workflows.Recipe) -> Export:
    """The recipe as a document of its own."""
    beyond = unsaid(recipe)
    root = etree.Element(f"{{{NAMESPACE}}}BatchInformation", nsmap={None: NAMESPACE})
    header = _put(root, "ListHeader")
    _put(header, "ID", recipe.code)
    _put(header, "Origin", "Batchline")
    master = _put(root, "MasterRecipe")
    _header(master, recipe)
    _chart(master, "recipe", recipe.procedure, (recipe.procedure,))
    _carry(master, carried.MARK, carried.of_recipe(recipe))
    if beyond:
        _carry(master, carried.REPORT, *beyond)
    for phase in workflows.recipe.phases(recipe.procedure):
        for told in phase.parameters:
            if told.choices:
                _enumeration(root, carried.enumeration(phase.key, told.key), told.choices)
    document = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return Export(document, beyond)


def _header(master: Any, recipe: workflows.Recipe) -> None:
    _put(master, "ID", recipe.code)
    _put(master, "Version", str(recipe.version))
    _put(master, "Description", recipe.title)
    header = _put(master, "Header")
    _put(header, "ProductID", recipe.product)
    size = _put(header, "BatchSize")
    _put(size, "Nominal", recipe.size.value)
    if carried.says_scale(recipe) and recipe.scale is not None:
        _put(size, "Min", recipe.scale.minimum.value)
        _put(size, "Max", recipe.scale.maximum.value)
    _put(size, "UnitOfMeasure", recipe.size.unit)
    for each in recipe.equipment:
        required = _put(master, "EquipmentRequirement")
        _put(required, "ID", each.key)
        constraint = _put(required, "Constraint")
        _put(constraint, "ID", "class")
        _put(constraint, "Condition", each.equipment_class)
        _put(required, "Description", each.title)
    formula = _put(master, "Formula")
    for line in recipe.formula:
        _line(formula, line)


def _line(formula: Any, line: FormulaLine) -> None:
    found = _put(formula, "Parameter")
    _put(found, "ID", line.key)
    _put(found, "Description", line.title)
    _put(found, "ParameterType", "ProcessInput")
    _value(found, line.quantity.value, "decimal", line.quantity.unit)
    _put(found, "Scaled", "Yes" if line.scaling is Scaling.PROPORTIONAL else "No")
    material = _put(found, "Parameter")
    _put(material, "ID", carried.MATERIAL)
    _put(material, "ParameterType", "Other").set("OtherValue", "Material")
    _value(material, line.material, "Identifier", "")


def _element(above: Any, block: Block) -> None:
    """One block with everything below it."""
    found = _put(above, "RecipeElement")
    _put(found, "ID", block.key)
    _put(found, "Description", block.title)
    if isinstance(block, Phase):
        _put(found, "Description", block.instruction)
        _put(found, "RecipeElementType", "Phase")
        for told in block.parameters:
            _parameter(found, block.key, told)
        _carry(found, carried.PHASE, carried.of_phase(block))
        return
    kind = _put(found, "RecipeElementType", KINDS[block.level])
    kind.set("OtherValue", type(block).__name__)
    _chart(found, block.key, block, blocks_in(block))
    if isinstance(block, Repeat):
        _carry(found, carried.REPEAT, carried.of_repeat(block))


def _parameter(found: Any, phase: str, told: Parameter) -> None:
    given = _put(found, "Parameter")
    _put(given, "ID", told.key)
    _put(given, "Description", told.title)
    _put(given, "ParameterType", WORDS[told.role])
    value = _value(given, told.value, "Enumeration" if told.choices else "string", told.unit or "")
    if told.choices:
        _put(value, "EnumerationSetID", carried.enumeration(phase, told.key))


def _chart(above: Any, key: str, block: Block, inner: tuple[Block, ...]) -> None:
    """The chart of a block and the elements that stand in it."""
    chart = chart_of(key, None if key == "recipe" else block, inner)
    logic = _put(above, "ProcedureLogic")
    for name, start, end in chart.links:
        _link(logic, name, start, end, chart.kinds)
    for name, kind in chart.lines:
        _ended(_put(logic, "Link"), name, kind)
    for name, element in chart.steps:
        step = _put(logic, "Step")
        _put(step, "ID", name)
        _put(step, "RecipeElementID", element)
        _put(step, "RecipeElementVersion")
    for name, condition in chart.transitions:
        transition = _put(logic, "Transition")
        _put(transition, "ID", name)
        _put(transition, "Condition", condition)
    for kind in ("Begin", "End"):
        found = _put(above, "RecipeElement")
        _put(found, "ID", f"{key}.{kind.lower()}")
        _put(found, "RecipeElementType", kind)
    for each in inner:
        _element(above, each)


def _link(logic: Any, name: str, start: str, end: str, kinds: dict[str, str]) -> None:
    found = _put(logic, "Link")
    _put(found, "ID", name)
    for side, node in (("From", start), ("To", end)):
        part = _put(found, f"{side}ID")
        _put(part, f"{side}IDValue", node)
        _put(part, f"{side}Type", kinds[node])
        _put(part, "IDScope", "Internal")
    _put(found, "LinkType", "ControlLink")
    _put(found, "Depiction", "LineAndArrow")


def _ended(found: Any, name: str, kind: str) -> None:
    _put(found, "ID", name)
    _put(found, "LinkType", kind)
    _put(found, "Depiction", "Line")


def _value(above: Any, text: str, kind: str, unit: str) -> Any:
    value = _put(above, "Value")
    _put(value, "ValueString", text)
    _put(value, "DataInterpretation", "Constant")
    _put(value, "DataType", kind)
    _put(value, "UnitOfMeasure", unit)
    return value


def _carry(above: Any, name: str, *texts: str) -> None:
    found = _put(above, "OtherInformation")
    _put(found, "ID", name)
    for text in texts:
        _value(found, text, "string", "")


def _enumeration(root: Any, name: str, choices: tuple[str, ...]) -> None:
    found = _put(root, "EnumerationSet")
    _put(found, "ID", name)
    for number, choice in enumerate(choices, 1):
        one = _put(found, "Enumeration")
        _put(one, "EnumerationNumber", str(number))
        _put(one, "EnumerationString", choice)


def _put(above: Any, name: str, text: str = "") -> Any:
    found = etree.SubElement(above, f"{{{NAMESPACE}}}{name}")
    if text:
        found.text = sayable(text)
    return found
