"""Which decisions about stock stand only under a signature, and what it has to say (11.70)."""

from collections.abc import Mapping
from typing import Any

from ebr.inventory.events import (
    ContainerCounted,
    ExpiryShortened,
    LotRetested,
    LotStatusChanged,
)
from ebr.inventory.lifecycle import MEANINGS, LotVerb
from ebr.kernel import Needed
from workflows.recipe import Meaning


def _decided(_: Mapping[str, Any]) -> tuple[str, ...]:
    return (Meaning.DECIDED,)


def _status(data: Mapping[str, Any]) -> tuple[str, ...]:
    return (MEANINGS.get(LotVerb(data["verb"]), Meaning.DECIDED),)


SIGNATURES_NEEDED: Mapping[str, Needed] = {
    LotStatusChanged.KIND: _status,
    LotRetested.KIND: _decided,
    ExpiryShortened.KIND: _decided,
    ContainerCounted.KIND: _decided,
}
