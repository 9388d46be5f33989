"""What comes of a file: a recipe as far as the file goes, and everything it left open."""

from dataclasses import dataclass
from enum import StrEnum

import workflows
from workflows.validity.finding import FindingSeverity


class Gap(StrEnum):
    """What sort of thing the reader met; a companion answers some of them."""

    HEADER = "header"  # product, size, version: answered by the companion's header
    PHASE = "phase"  # a phase of which the file says nothing that could be done
    LOOP = "loop"  # done again, without a value that ends it or a bound
    LINK = "link"  # a link that is missing, doubled or leads nowhere
    CONDITION = "condition"  # a condition in words
    UNIT = "unit"  # a unit read as a code, or one that makes no sense
    NAME = "name"  # what had to be given a name or a key
    COMPANION = "companion"  # what the companion says of nothing, or otherwise than the file
    WORDS = "words"  # texts taken as something else than the file calls them


@dataclass(frozen=True, slots=True, kw_only=True)
class Noticed:
    """One thing that the reader found or decided, at a block of the recipe, with its line."""

    gap: Gap
    severity: FindingSeverity
    place: str
    text: str
    line: int | None = None

    def __str__(self) -> str:
        return f"{self.text} (line {self.line} of the file)" if self.line else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A recipe read from a file, not yet fit to be made unless nothing is left open."""

    recipe: workflows.Recipe
    noticed: tuple[Noticed, ...]
    version: str  # of BatchML, in words
