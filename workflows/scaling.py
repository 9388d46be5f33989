"""A master recipe and the size of an order → the control recipe of one batch.

Proportional lines follow the size exactly and are rounded half up to the decimals in which the
master writes them; fixed lines stay. Limits, tolerances and times stay as approved.
"""

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from workflows.expressions import round_exactly
from workflows.quantity import NUMBER, UNITS, Quantity, Rounding
from workflows.recipe import FormulaLine, Recipe, Scale, Scaling


def scaled(recipe: Recipe, size: Quantity) -> Recipe:
    """The recipe for an order of this size. Raises ValueError with the fault when there is none."""
    if size.dimension != recipe.size.dimension:
        raise ValueError(f"{size.unit} cannot be compared with {recipe.size.unit}")
    if size.amount <= 0:
        raise ValueError("the size has to be greater than zero")
    if recipe.size.amount <= 0:
        raise ValueError("the recipe gives no size to scale from")
    if recipe.scale is not None:
        _require_within(recipe.scale, size)
    factor = _exact(size) / _exact(recipe.size)
    return replace(
        recipe, size=size, formula=tuple(_scaled_line(line, factor) for line in recipe.formula)
    )


def _require_within(scale: Scale, size: Quantity) -> None:
    """ISA-88: the master recipe says in which sizes its procedure was shown to work."""
    if size.compare(scale.minimum) < 0 or size.compare(scale.maximum) > 0:
        raise ValueError(f"{size} is outside of the sizes allowed, {scale}")
    if scale.increment is not None:
        steps = (_exact(size) - _exact(scale.minimum)) / _exact(scale.increment)
        if steps.denominator != 1:
            raise ValueError(f"{size} lies between two of the sizes allowed, {scale}")


def _scaled_line(line: FormulaLine, factor: Fraction) -> FormulaLine:
    if line.scaling is Scaling.FIXED:
        return line
    amount = Fraction(line.quantity.amount) * factor
    text = round_exactly(amount, line.quantity.decimals, Rounding.HALF_UP)
    if not NUMBER.fullmatch(text):
        raise ValueError(f"{line.title} would be too large to be written down")
    if Decimal(text) == 0:
        raise ValueError(f"{line.title} would round to nothing")
    return replace(line, quantity=Quantity(text, line.quantity.unit))


def _exact(quantity: Quantity) -> Fraction:
    return Fraction(quantity.amount) * Fraction(UNITS[quantity.unit][1])
