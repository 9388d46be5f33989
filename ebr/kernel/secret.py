"""A value that can be used once and never be written or printed: a password on its way in."""

from typing import NoReturn


class Secret:
    """Holds a password until it is checked; `repr` hides it, pickling and a second use fail."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value: str | None = value

    def reveal(self) -> str:
        """The value, once; ValueError afterwards."""
        if self._value is None:
            raise ValueError("this secret was used already")
        value, self._value = self._value, None
        return value

    def copy(self) -> "Secret":
        """The same secret for one more try of the same act; ValueError when it was used."""
        if self._value is None:
            raise ValueError("this secret was used already")
        return Secret(self._value)

    def __repr__(self) -> str:
        return "Secret(…)"

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is never written")
