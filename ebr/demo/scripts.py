"""What the people of the demo read off, by recipe: values, one out of limits, one slip of the pen.

A script says only what the recipe cannot: where an input has a target, a person reads the target
off, unless a value stands here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

Place = tuple[str, str]  # step key, input key


@dataclass(frozen=True, slots=True, kw_only=True)
class Slip:
    """A value that was recorded wrongly, signed, and then corrected with a reason."""

    place: Place
    wrong: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One batch as the demo makes it."""

    recipe: str
    size: str
    values: Mapping[Place, str] = field(default_factory=dict)
    slips: tuple[Slip, ...] = ()


HANDRUB = Script(
    recipe="MR-HR1",
    size="10 L",
    values={
        ("check-ethanol", "temperature"): "21.2",  # out of its limits, and recorded as it is
        ("check-ethanol", "ethanol"): "79.6",
        ("check-peroxide", "peroxide"): "0.124",
        ("fill-bottles", "bottles"): "20",
        ("label-bottles", "issued"): "22",
        ("label-bottles", "used"): "20",
        ("label-bottles", "destroyed"): "2",
        ("produce", "quantity"): "10.0",
    },
    slips=(
        Slip(
            place=("fill-bottles", "bottles"),
            wrong="19",
            why="Miscounted: one bottle stood behind the others, twenty are in the crate.",
        ),
    ),
)

SCRIPTS: Mapping[str, Script] = {"handrub": HANDRUB}
