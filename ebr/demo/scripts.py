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
class Brought:
    """A recipe that another system wrote: its file, and the companion that completes it."""

    file: str
    companion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One batch as the demo makes it; a recipe that is `brought` in comes into force before."""

    recipe: str
    size: str
    brought: Brought | None = None
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

COUGH_SYRUP = Script(
    recipe="MR-CS1",
    size="10 L",
    brought=Brought(file="cough-syrup.xml", companion="cough-syrup.companion.yaml"),
    values={
        ("mix-slurry-1-slurry-utility", "waste"): "1.2",
        ("mix-slurry-1-slurry-utility", "samples"): "1",
        # Two parts of the first slurry, so that one loop takes a second pass.
        ("mix-slurry-1-partial-wip-confirmation#1", "volume"): "0.5",
        ("mix-slurry-1-partial-wip-confirmation#1", "last"): "no",
        ("mix-slurry-1-partial-wip-confirmation#2", "volume"): "0.2",
        ("mix-slurry-2-partial-wip-confirmation", "volume"): "1.7",
        ("blend-slurry-partial-wip-confirmation", "volume"): "10.0",
        ("slurry-close", "temperature"): "22.4",  # out of its limits, and recorded as it is
        ("slurry-close", "ph"): "4.4",
        ("slurry-close", "density"): "1.219",
        ("setup-filler", "volume"): "100.2",
        ("package", "bottles"): "98",
        ("package", "rejects"): "2",
        ("fg-confirmation", "cases"): "5",
        ("mark-label-fg", "issued"): "105",
        ("mark-label-fg", "used"): "98",
        ("mark-label-fg", "destroyed"): "7",
        ("mark-and-label-fg", "quantity"): "9.8",
    },
    slips=(
        Slip(
            place=("package", "bottles"),
            wrong="89",
            why="Two digits changed places: the counter of the line stands at ninety-eight.",
        ),
    ),
)

SCRIPTS: Mapping[str, Script] = {"handrub": HANDRUB, "cough-syrup": COUGH_SYRUP}
