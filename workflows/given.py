"""What a refusal has made sure of before: a fact without which no act is reached."""

from typing import TypeVar

T = TypeVar("T")


def given(value: T | None) -> T:
    """The value. AssertionError when a rule that should have refused did not: our fault."""
    if value is None:
        raise AssertionError("a rule let an act pass without the fact it needs")
    return value
