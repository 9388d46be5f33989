"""Which decisions about stock stand only under a signature, and what it has to say (11.70)."""

from audit.required import Required
from ebr.inventory.events import (
    ContainerCounted,
    ExpiryShortened,
    LotRetested,
    LotStatusChanged,
)
from ebr.inventory.lifecycle import MEANINGS
from workflows.recipe import Meaning

_STATUS, _VERBS = LotStatusChanged.KIND, tuple(MEANINGS)

SIGNATURES_NEEDED = (
    *(Required(_STATUS, (meaning,), when={"verb": (verb,)}) for verb, meaning in MEANINGS.items()),
    Required(_STATUS, (Meaning.DECIDED,), unless={"verb": _VERBS}),
    Required(LotRetested.KIND, (Meaning.DECIDED,)),
    Required(ExpiryShortened.KIND, (Meaning.DECIDED,)),
    Required(ContainerCounted.KIND, (Meaning.DECIDED,)),
)
