"""The words of other people's files in ours: keys from names, UCUM codes from words for units."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable

from workflows.quantity import UNITS
from workflows.recipe import ParameterRole

KEY_MOST = 64
BRIEF_MOST = 80
# Words for units that stand in files, each with its UCUM code. A code itself needs no reading.
_WORDS = {
    "kL": "kl kilolitre kilolitres kiloliter kiloliters",
    "L": "l litre litres liter liters",
    "mL": "ml millilitre millilitres milliliter milliliters",
    "kg": "kilogram kilograms kilogramme kilogrammes",
    "g": "gram grams gramme grammes",
    "mg": "milligram milligrams",
    "d": "day days",
    "h": "hour hours hr",
    "min": "minute minutes",
    "s": "sec second seconds",
    "Cel": "celsius °c degc",
    "%": "percent per-cent pct",
}
_CODES = {word: code for code, words in _WORDS.items() for word in words.split()}
ROLES = {
    "ProcessInput": ParameterRole.INPUT,
    "ProcessOutput": ParameterRole.OUTPUT,
    "ProcessParameter": ParameterRole.PARAMETER,
}
YES = frozenset({"yes", "true"})
NO_UNIT = frozenset({"", "null", "none", "n/a"})
TIMES = re.compile(r"\b(time|duration)\b", re.IGNORECASE)
_SEPARATORS = re.compile(r"[^a-z0-9]+")


def unit(word: str) -> str | None:
    """The UCUM code that a word stands for, None where none is known."""
    return word if word in UNITS else _CODES.get(word.strip().lower())


def slug(name: str) -> str:
    """A name as a key: letters a to z, digits and hyphens; empty when nothing is left of it."""
    start = name[: 4 * KEY_MOST].replace("ß", "ss")  # a name may be as long as a file
    plain = unicodedata.normalize("NFKD", start).encode("ascii", "ignore")
    text = _SEPARATORS.sub("-", plain.decode().lower()).strip("-")
    return text.lstrip("0123456789-")[:KEY_MOST].rstrip("-")


def brief(name: str) -> str:
    """A name as it stands within a sentence or another name; a long one is cut short."""
    return name if len(name) <= BRIEF_MOST else name[:BRIEF_MOST] + "…"


class Keys:
    """Gives every block a key of its own, from its name, and from where it stands if need be."""

    def __init__(self, names: Iterable[str]) -> None:
        self._times = Counter(map(slug, names))
        self._used: set[str] = set()
        self._next: dict[str, int] = {}  # the number that may be free, so that none is tried twice

    def new(self, name: str, above: str, *, spare: str = "block") -> str:
        """`mix-slurry`; `setup-make-mix-slurry` where several have the name; then a number."""
        plain = slug(name) or spare
        whole = plain if self._times[plain] < 2 else slug(f"{above}-{plain}")
        key, number = whole, self._next.get(whole, 2)
        while key in self._used:
            key, number = f"{whole[: KEY_MOST - 5]}-{number}", number + 1
        self._next[whole] = number
        return self.take(key)

    def has(self, key: str) -> bool:
        """Whether a block has it already."""
        return key in self._used

    def take(self, key: str) -> str:
        """A key that is given."""
        self._used.add(key)
        return key
