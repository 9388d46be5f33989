"""Materials and equipment: is everything known, identified before its use, and charged once?"""

from collections.abc import Iterator

from workflows.plan import Plan
from workflows.recipe import (
    IdentifyEquipment,
    IdentifyMaterial,
    Phase,
    Produce,
    Recipe,
    Weigh,
)
from workflows.validity.finding import Finding, Known, error, remark


def findings(recipe: Recipe, plan: Plan, known: Known) -> Iterator[Finding]:
    """Faults of formula and equipment, then of the steps that use them."""
    if known.materials is not None and recipe.product not in known.materials:
        yield error("product", f"the plant has no material {recipe.product}")
    for line in recipe.formula:
        place = f"formula.{line.key}"
        if known.materials is not None and line.material not in known.materials:
            yield error(place, f"the plant has no material {line.material}")
        if line.quantity.amount <= 0:
            yield error(place, f"the quantity is {line.quantity}; it has to be more than zero")
        yield from _charged(plan, line.key)
    for requirement in recipe.equipment:
        place = f"equipment.{requirement.key}"
        classes = known.equipment_classes
        if classes is not None and requirement.equipment_class not in classes:
            yield error(place, f"the plant has no equipment of class {requirement.equipment_class}")
        if requirement.key not in plan.equipment_steps:
            yield remark(place, "no step identifies it")
    for phase in plan.phases.values():
        yield from _step(plan, phase)
    if not any(isinstance(phase.work, Produce) for phase in plan.phases.values()):
        yield remark("procedure", "no step produces a lot")


def _charged(plan: Plan, line: str) -> Iterator[Finding]:
    """Each line of the formula goes into the batch exactly once."""
    place = f"formula.{line}"
    weighing = plan.weigh_steps.get(line, ())
    identifying = plan.material_steps.get(line, ())
    if not weighing and not identifying:
        yield error(place, "no step charges it")
    if len(weighing) > 1:
        yield error(place, f"it is charged {len(weighing)} times: {', '.join(weighing)}")
    if not weighing and len(identifying) > 1:
        yield error(place, f"it is issued {len(identifying)} times: {', '.join(identifying)}")


def _step(plan: Plan, phase: Phase) -> Iterator[Finding]:
    match phase.work:
        case IdentifyMaterial(line=line) if line not in plan.lines:
            yield error(f"{phase.key}.line", f"the formula has no line {line}")
        case IdentifyEquipment(equipment=key) if key not in plan.equipment:
            yield error(f"{phase.key}.equipment", f"the recipe requires no equipment {key}")
        case Weigh() as weigh:
            yield from _weigh(plan, phase, weigh)
        case _:
            pass


def _weigh(plan: Plan, phase: Phase, weigh: Weigh) -> Iterator[Finding]:
    if weigh.line not in plan.lines:
        yield error(f"{phase.key}.line", f"the formula has no line {weigh.line}")
    else:
        yield from _identified(
            plan, phase, f"{phase.key}.line", plan.material_steps.get(weigh.line, ())
        )
    if weigh.scale not in plan.equipment:
        yield error(f"{phase.key}.scale", f"the recipe requires no equipment {weigh.scale}")
    else:
        yield from _identified(
            plan, phase, f"{phase.key}.scale", plan.equipment_steps.get(weigh.scale, ())
        )


def _identified(plan: Plan, phase: Phase, place: str, steps: tuple[str, ...]) -> Iterator[Finding]:
    """What a weighing uses has to be identified before it, for certain."""
    before = [key for key in steps if key in plan.before[phase.key]]
    if not before:
        yield error(place, "no earlier step identifies it")
    elif all(plan.phases[key].may_skip for key in before):
        yield error(
            place,
            "the step that identifies it may be skipped",
            f"skip {before[0]}, and {phase.key} cannot be done",
        )
