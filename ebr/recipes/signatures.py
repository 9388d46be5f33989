"""Which acts on a recipe stand only under a signature, and what it has to say (11.70)."""

from audit.required import Required
from ebr.recipes.events import RecipeApproved
from workflows.recipe import Meaning

SIGNATURES_NEEDED = (Required(RecipeApproved.KIND, (Meaning.APPROVED,)),)
