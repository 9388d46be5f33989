"""What a file says and nobody here asks for: told once a kind, so that nothing goes in silence."""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from ebr.recipes.batchml.parsing import Tree

_ASKED = {
    "MasterRecipe": "ID Version Description Header EquipmentRequirement Formula ProcedureLogic"
    " RecipeElement",
    "Header": "ProductID ProductName BatchSize",
    "BatchSize": "Nominal Min Max UnitOfMeasure",
    "RecipeElement": "ID Description RecipeElementType Parameter ProcedureLogic RecipeElement"
    " Header",
    "Parameter": "ID Description ParameterType ParameterSubType Value Scaled ScaleReference",
    "Value": "ValueString DataInterpretation DataType UnitOfMeasure EnumerationSetID",
}
_WHY = {
    "ModificationLog": "history is made here",
    "ApprovalHistory": "approvals are made here",
    "Version": "versions are counted here",
    "VersionDate": "versions are counted here",
}


def left_aside(tree: Tree) -> Iterator[tuple[str, int | None]]:
    """Sentences with the line where each thing stands first."""
    found: dict[tuple[str, str], list[Any]] = {}
    for element in tree.recipe.iter():
        name = etree.QName(element).localname
        if name in _ASKED:
            for part in _unasked(element, name):
                found.setdefault((name, etree.QName(part).localname), []).append(part)
    for (name, part), places in found.items():
        why = _WHY.get(part, "there is no place for it here")
        often = f", at {len(places)} places" if len(places) > 1 else ""
        yield f"{part} of {name}{often}, is left aside: {why}", places[0].sourceline


def _unasked(element: Any, name: str) -> Iterator[Any]:
    """Parts that say something and that the reader does not look at."""
    asked = set(_ASKED[name].split())
    texts = [part for part in element if etree.QName(part).localname == "ValueString"]
    for part in element:
        strange = etree.QName(part).localname not in asked or part in texts[1:]
        if strange and _says_something(part):
            yield part
    if name == "RecipeElement" and _is_composite(element):
        for kind, kept in (("Description", 1), ("Parameter", 0)):
            parts = [part for part in element if etree.QName(part).localname == kind]
            yield from filter(_says_something, parts[kept:])


def _says_something(part: Any) -> bool:
    return bool("".join(part.itertext()).strip())


def _is_composite(element: Any) -> bool:
    kinds = [part.text for part in element if etree.QName(part).localname == "RecipeElementType"]
    return (kinds[0] or "").strip() not in ("Phase", "Begin", "End") if kinds else False
