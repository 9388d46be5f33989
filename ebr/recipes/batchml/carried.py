"""What our exports carry beside the words of BatchML, and how it comes back.

BatchML says structure, names, order, sizes, materials, equipment and parameters; it has no words
for limits in layers, signatures or calculations. Those stand under `OtherInformation`, as the plain
form that the digest is taken over, and only what BatchML does not say itself, so that no file can
say two things at once.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from ebr.recipes.batchml.elements import Element, Enumerations, Given
from ebr.recipes.batchml.words import ROLES
from ebr.recipes.text import BadText, Fault
from workflows import plain
from workflows.recipe import Block, Level, Parameter, ParameterRole, Phase, Recipe, Repeat

MARK: Final = "batchline.recipe"
PHASE: Final = "batchline.phase"
REPEAT: Final = "batchline.repeat"
REPORT: Final = "batchline.unsaid"
MATERIAL: Final = "material"
_SAID_OF_PHASE = frozenset({"kind", "key", "title", "instruction", "parameters"})
_SAID_OF_REPEAT = frozenset({"kind", "key", "title", "body", "level"})
_SAID_OF_RECIPE = frozenset(
    {"code", "version", "title", "product", "size", "formula", "equipment", "procedure"}
)


def of_recipe(recipe: Recipe) -> str:
    """What the header does not say: the source, and the scale as far as its ends do not say it."""
    rest = _rest(recipe, _SAID_OF_RECIPE)
    if says_scale(recipe) and recipe.scale is not None:
        del rest["scale"]
        if recipe.scale.increment is not None:
            rest["increment"] = plain.as_plain(recipe.scale.increment)
    return _written(rest)


def of_phase(phase: Phase) -> str:
    """Work, policies and times of a phase."""
    return _written(_rest(phase, _SAID_OF_PHASE))


def of_repeat(repeat: Repeat) -> str:
    """What ends a loop, and its bound."""
    return _written(_rest(repeat, _SAID_OF_REPEAT))


def says_scale(recipe: Recipe) -> bool:
    """Whether BatchML, with one unit for all sizes, can say the least and the most."""
    scale = recipe.scale
    return scale is not None and {scale.minimum.unit, scale.maximum.unit} == {recipe.size.unit}


def enumeration(phase: str, parameter: str) -> str:
    """The name of the choices of one parameter."""
    return f"{phase}.{parameter}"


def _rest(value: object, said: frozenset[str]) -> dict[str, Any]:
    form = plain.as_plain(value)
    assert isinstance(form, dict)
    return {name: held for name, held in form.items() if name not in said}


def _written(form: Mapping[str, Any]) -> str:
    return json.dumps(form, sort_keys=True, separators=(",", ":"))


def phase(element: Element, key: str, enumerations: Enumerations) -> Phase:
    """A phase of ours, as it was."""
    told = [_parameter(each, enumerations) for each in element.parameters]
    said = {
        "kind": Phase.KIND,
        "key": key,
        "title": element.names[0] if element.names else "",
        "instruction": element.names[1] if len(element.names) > 1 else "",
        "parameters": [plain.as_plain(each) for each in told],
    }
    found: Phase = _read(Phase, element, PHASE, said)
    return found


def repeat(element: Element, body: Block, key: str, title: str, level: Level | None) -> Repeat:
    """A loop of ours, as it was."""
    said = {
        "kind": Repeat.KIND,
        "key": key,
        "title": title,
        "body": plain.as_plain(body),
        "level": level,
    }
    given = {name: value for name, value in said.items() if value is not None}
    found: Repeat = _read(Repeat, element, REPEAT, given)
    return found


def recipe(carried: Mapping[str, str], said: Mapping[str, object], line: int | None) -> Recipe:
    """A recipe of ours, as it was, from what BatchML says and what is carried beside it."""
    rest = _loaded(carried[MARK], "MasterRecipe", line)
    increment = rest.pop("increment", None)
    if increment is not None:
        ends = said.get("scale")
        if not isinstance(ends, dict):
            raise BadText(Fault("MasterRecipe", line, f"{MARK} says an increment of no scale"))
        said = {**said, "scale": {**ends, "increment": increment}}
    if twice := sorted(set(rest) & set(said)):
        raise BadText(Fault("MasterRecipe", line, f"{MARK} says {', '.join(twice)} again"))
    found: Recipe = _from(Recipe, {**rest, **said}, "MasterRecipe", line)
    return found


def _parameter(given: Given, enumerations: Enumerations) -> Parameter:
    return Parameter(
        key=given.id,
        title=given.title,
        value=given.value,
        unit=given.unit or None,
        choices=enumerations.offered(given),
        role=ROLES.get(given.role, ParameterRole.PARAMETER),
    )


def _read(wanted: Any, element: Element, name: str, said: Mapping[str, object]) -> Any:
    place = f"{element} ({element.id})"
    if name not in element.carried:
        raise BadText(Fault(place, element.line, f"has no {name}, as our exports have"))
    rest = _loaded(element.carried[name], place, element.line)
    if twice := sorted(set(rest) & set(said)):
        raise BadText(Fault(place, element.line, f"{name} says {', '.join(twice)} again"))
    return _from(wanted, {**rest, **said}, place, element.line)


def _loaded(text: str, place: str, line: int | None) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as fault:
        raise BadText(Fault(place, line, f"what is carried is no JSON: {fault}")) from None
    if not isinstance(found, dict):
        raise BadText(Fault(place, line, "what is carried names no fields"))
    return found


def _from(wanted: Any, form: object, place: str, line: int | None) -> Any:
    try:
        return plain.from_plain(wanted, form)
    except plain.Unreadable as fault:
        raise BadText(Fault(place, line, str(fault))) from None
