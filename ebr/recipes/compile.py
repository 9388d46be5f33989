"""From text to the value a batch is bound to: compiled, digested, judged.

The digest is taken over the canonical form of the recipe (`workflows.plain.written`), so that
reordering keys or re-indenting the text changes nothing, and any change of meaning changes it.
"""

import hashlib
from dataclasses import dataclass

import workflows
from ebr.recipes.views import FindingView
from workflows import plain


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A recipe's canonical text, its digest, and everything found in it."""

    text: str
    digest: str
    findings: tuple[FindingView, ...]


def compiled(recipe: workflows.Recipe) -> Compiled:
    """Compile a recipe; findings never stop it, they stop the approval."""
    written = plain.written(recipe)
    return Compiled(
        text=written,
        digest=hashlib.sha256(written.encode()).hexdigest(),
        findings=seen(recipe),
    )


def from_text(written: str) -> workflows.Recipe:
    """The recipe of a canonical text."""
    return plain.read_recipe(written)


def seen(recipe: workflows.Recipe) -> tuple[FindingView, ...]:
    """What the engine finds in a recipe, as pages and the command line show it."""
    return tuple(
        FindingView(
            severity=each.severity.value, place=each.place, text=each.text, example=each.example
        )
        for each in workflows.findings(recipe)
    )
