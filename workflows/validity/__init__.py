"""Is this recipe well formed? Every finding at once, each with its place and an example.

A recipe with errors cannot be approved; remarks are answered by the author and shown to the
approver. A batch of a recipe without errors can always be carried to its end.
"""

from workflows.plan import plan_of
from workflows.recipe import Recipe
from workflows.validity import calculations, inputs, loops, parameters, resources, structure, timing
from workflows.validity.finding import Finding, FindingSeverity, Known

__all__ = ["Finding", "FindingSeverity", "Known", "findings", "has_errors"]

NOTHING_KNOWN = Known()


def findings(recipe: Recipe, known: Known = NOTHING_KNOWN) -> tuple[Finding, ...]:
    """Everything found in the recipe, in the order in which a reader would meet it."""
    found = tuple(structure.findings(recipe, known))
    if has_errors(found):
        return found  # with doubled keys or without steps, nothing further has a meaning
    plan = plan_of(recipe)
    return (
        *found,
        *resources.findings(recipe, plan, known),
        *inputs.findings(plan),
        *parameters.findings(plan),
        *calculations.findings(recipe, plan),
        *timing.findings(recipe, plan),
        *loops.findings(recipe, plan),
    )


def has_errors(found: tuple[Finding, ...]) -> bool:
    """Whether anything found stops the approval."""
    return any(each.severity is FindingSeverity.ERROR for each in found)
