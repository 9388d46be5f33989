"""A BatchML file becomes a draft: its structure, names and parameters, and a list of its gaps.

Read are V02 of 2008, as other systems wrote it, and 0700, in which ours are exported. Whatever the
reader had to decide for the author is noted with its place; what has no meaning here is refused
with its place, and then nothing at all comes of the file.
"""

from collections import Counter
from typing import Any

import workflows
from ebr.recipes.batchml import carried
from ebr.recipes.batchml.aside import left_aside
from ebr.recipes.batchml.blocks import Builder
from ebr.recipes.batchml.carried import MATERIAL
from ebr.recipes.batchml.draft import Draft, Gap
from ebr.recipes.batchml.elements import (
    Element,
    Enumerations,
    Reader,
    every,
    refuse_bad_ids,
)
from ebr.recipes.batchml.header import Header
from ebr.recipes.batchml.parsing import Tree, parsed
from ebr.recipes.batchml.phases import REMARK, Notes
from ebr.recipes.batchml.words import YES, Keys
from ebr.recipes.text import BadText, Fault
from workflows import plain
from workflows.quantity import Quantity
from workflows.recipe import Block, Level, Sequence

ABOVE = -1  # the level of the master recipe itself, one above the procedure


def read(content: bytes) -> Draft:
    """File → draft. Raises `BadText` with every fault that keeps it from being read."""
    tree = parsed(content)
    own = carried.MARK in Reader(tree).carried(tree.recipe)
    reader = Reader(tree, exact=own)
    elements = tuple(reader.element(each) for each in reader.all(tree.recipe, "RecipeElement"))
    refuse_bad_ids(elements)
    notes = Notes()
    names = [each.name for each in every(elements) if each.kind not in ("Begin", "End")]
    builder = Builder(
        own=own,
        keys=Keys(names),
        notes=notes,
        boilerplate="" if own else _boilerplate(elements, notes),
        enumerations=_enumerations(reader, tree, empty=own),
    )
    for said, line in () if own else left_aside(tree):
        notes.add(Gap.WORDS, REMARK, "procedure", said, line)
    make = _ours if own else _theirs
    try:
        procedure = _procedure(elements, reader, tree, builder)
        recipe = make(Header(reader, tree.recipe, notes), procedure)
    except RecursionError:
        raise BadText(Fault("MasterRecipe", None, "its blocks are nested too deep")) from None
    return Draft(
        recipe=recipe,
        noticed=() if own else notes.all(),  # nothing was decided for its author
        version=tree.version,
    )


def _theirs(header: Header, procedure: Sequence) -> workflows.Recipe:
    """A recipe of somebody else, as far as the file goes."""
    return workflows.Recipe(
        code=header.code(),
        version=header.version(),
        title=header.title(),
        product=header.product(),
        size=header.size(),
        formula=header.formula(),
        equipment=header.equipment(),
        procedure=procedure,
        scale=header.scale(),
    )


def _ours(header: Header, procedure: Sequence) -> workflows.Recipe:
    """A recipe of our own, exactly as it was exported."""
    reader, found = header.reader, header.found
    size = reader.all(found, "Header/BatchSize")
    unit = reader.text(size[0], "UnitOfMeasure") if size else ""
    ends = [reader.text(found, f"Header/BatchSize/{name}") for name in ("Min", "Max")]
    scale = [{"value": each, "unit": unit} for each in ends if each]
    said = {
        **({"scale": {"minimum": scale[0], "maximum": scale[1]}} if len(scale) == 2 else {}),
        "code": reader.text(found, "ID"),
        "version": _number(reader.text(found, "Version"), header.line),
        "title": reader.text(found, "Description"),
        "product": reader.text(found, "Header/ProductID"),
        "size": {"value": reader.text(found, "Header/BatchSize/Nominal"), "unit": unit},
        "formula": [_line(reader, each) for each in reader.all(found, "Formula/Parameter")],
        "equipment": [
            {
                "key": reader.text(each, "ID"),
                "equipment_class": reader.text(each, "Constraint/Condition"),
                "title": reader.text(each, "Description"),
            }
            for each in reader.all(found, "EquipmentRequirement")
        ],
        "procedure": plain.as_plain(procedure),
    }
    return carried.recipe(reader.carried(found), said, header.line)


def _line(reader: Reader, found: Any) -> dict[str, object]:
    given = reader.given(found)
    scaled = given.scaled.lower() in YES
    return {
        "key": given.id,
        "material": given.inner.get(MATERIAL, ""),
        "title": given.title,
        "quantity": plain.as_plain(_quantity(given.value, given.unit, given.line)),
        "scaling": "proportional" if scaled else "fixed",
    }


def _number(text: str, line: int | None) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise BadText(Fault("MasterRecipe", line, f"the version {text!r} is no whole number"))
    return int(text)


def _quantity(value: str, unit: str, line: int | None) -> Quantity:
    try:
        return Quantity(value, unit)
    except ValueError as fault:
        raise BadText(Fault("Formula", line, str(fault))) from None


def _procedure(
    elements: tuple[Element, ...], reader: Reader, tree: Tree, builder: Builder
) -> Sequence:
    """The procedure: the one element below the master recipe, or all of them in line."""
    logic = reader.logic_of(tree.recipe)
    work = [each for each in elements if each.kind not in ("Begin", "End")]
    if not work:
        raise BadText(Fault("MasterRecipe", tree.recipe.sourceline, "holds no procedure"))
    if len(work) == 1 and (work[0].kind == "Procedure" or builder.own):
        block = builder.block(work[0], ABOVE, "")
        if isinstance(block, Sequence):
            return block
        return _above(block, builder)
    if any(each.kind == "Procedure" for each in work):
        raise BadText(
            Fault("MasterRecipe", work[1].line, f"holds {len(work)} elements; one is a procedure")
        )
    whole = Element(
        id="procedure",
        kind="Procedure",
        other="",
        names=(reader.text(tree.recipe, "Header/ProductName") or "Procedure",),
        line=tree.recipe.sourceline,
        parameters=(),
        logic=logic,
        children=elements,
        carried={},
    )
    said = "the file has no procedure above its unit procedures; one was put there"
    builder.notes.add(Gap.NAME, REMARK, "procedure", said, whole.line)
    block = builder.block(whole, ABOVE, "")
    if isinstance(block, Sequence):
        return block
    return _above(block, builder)


def _above(block: Block, builder: Builder) -> Sequence:
    """The procedure of a file whose procedure is one parallel or one loop."""
    key = builder.keys.new("whole-procedure", "")
    return Sequence(key=key, title=block.title, blocks=(block,), level=Level.PROCEDURE)


def _boilerplate(elements: tuple[Element, ...], notes: Notes) -> str:
    """A description that stands at most of the elements says nothing about any of them."""
    second = [each for each in every(elements) if len(each.names) > 1 and each.names[1]]
    times = Counter(each.names[1] for each in second).most_common(1)
    if not times or times[0][1] < 3 or 2 * times[0][1] <= len(second):
        return ""
    text, count = times[0]
    first = next(each for each in second if each.names[1] == text)
    notes.add(
        Gap.WORDS,
        REMARK,
        "procedure",
        f"{count} elements have the description {text!r}; it is not taken as an instruction",
        first.line,
    )
    return text


def _enumerations(reader: Reader, tree: Tree, *, empty: bool) -> Enumerations:
    lists = {
        reader.text(each, "ID"): tuple(
            text
            for one in reader.all(each, "Enumeration")
            if (text := reader.text(one, "EnumerationString")) or empty
        )
        for each in reader.all(tree.root, "EnumerationSet")
    }
    return Enumerations(lists)
