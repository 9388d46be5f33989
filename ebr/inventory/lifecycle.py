"""The life of a lot: what comes in stands in quarantine, and only quality moves it on.

EU GMP chapter 5 (5.5) and 21 CFR 211.80-89: nothing is used before quality released it; a
blocked lot goes back to quarantine, never straight to released; rejected is final.
"""

from enum import StrEnum

from ebr.identity import Right
from workflows.lifecycle import Lifecycle, Transition
from workflows.recipe import Meaning


class LotStatus(StrEnum):
    """Whether a lot may be used, as quality last decided; expiry is judged apart, by date."""

    QUARANTINE = "quarantine"
    RELEASED = "released"
    REJECTED = "rejected"
    BLOCKED = "blocked"


class LotVerb(StrEnum):
    """What quality can decide about a lot."""

    RELEASE = "release"
    REJECT = "reject"
    BLOCK = "block"
    UNBLOCK = "unblock"


MEANINGS = {LotVerb.RELEASE: Meaning.RELEASED, LotVerb.REJECT: Meaning.REJECTED}


def _row(state: LotStatus, verb: LotVerb, becomes: LotStatus) -> Transition[LotStatus, LotVerb]:
    return Transition(
        state=state,
        verb=verb,
        becomes=becomes,
        right=Right.SET_LOT_STATUS,
        meaning=MEANINGS.get(verb, Meaning.DECIDED),
        needs_reason=verb is not LotVerb.RELEASE,
    )


LOT: Lifecycle[LotStatus, LotVerb] = Lifecycle(
    name="lot",
    initial=LotStatus.QUARANTINE,
    transitions=(
        _row(LotStatus.QUARANTINE, LotVerb.RELEASE, LotStatus.RELEASED),
        _row(LotStatus.QUARANTINE, LotVerb.REJECT, LotStatus.REJECTED),
        _row(LotStatus.QUARANTINE, LotVerb.BLOCK, LotStatus.BLOCKED),
        _row(LotStatus.RELEASED, LotVerb.BLOCK, LotStatus.BLOCKED),
        _row(LotStatus.RELEASED, LotVerb.REJECT, LotStatus.REJECTED),
        _row(LotStatus.BLOCKED, LotVerb.UNBLOCK, LotStatus.QUARANTINE),
        _row(LotStatus.BLOCKED, LotVerb.REJECT, LotStatus.REJECTED),
    ),
)
