"""Which acts on a recipe stand only under a signature, and what it has to say (11.70)."""

from collections.abc import Mapping

from ebr.kernel import Needed
from ebr.recipes.events import RecipeApproved
from workflows.recipe import Meaning

SIGNATURES_NEEDED: Mapping[str, Needed] = {RecipeApproved.KIND: lambda _: (Meaning.APPROVED,)}
