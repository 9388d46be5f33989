"""What may be asked about orders."""

from dataclasses import dataclass
from datetime import date

from ebr.kernel import Malformed, Why
from workflows.quantity import Quantity


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateOrder:
    """Ask for so much of what a recipe makes, until a day or as soon as may be."""

    recipe: str
    size: Quantity
    due_on: date | None = None

    def __post_init__(self) -> None:
        faults: dict[str, tuple[str, ...]] = {}
        if not self.recipe.strip():
            faults["recipe"] = ("Say by which recipe.",)
        if self.size.amount <= 0:
            faults["size"] = ("More than nothing.",)
        if faults:
            raise Malformed(faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseOrder:
    """Let production begin with an order."""

    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartOrder:
    """Make the batch of an order, bound to the recipe in force."""

    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompleteOrder:
    """Close an order whose batch is completed."""

    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelOrder:
    """Give an order up before its batch was started."""

    order: str
    why: Why
