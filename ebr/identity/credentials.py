"""Passwords: which are good enough, how they are kept, when they are kept anew.

NIST SP 800-63B: at least 15 characters, everything may stand in one, no rule of composition,
nothing is cut off; what is common, breached or guessable from the context is refused with the
reason. Kept as a salted, memory-hard hash; an unknown login costs as much time as a known one.
"""

import functools
import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import Type

from ebr.kernel import Reason

LEAST = 15
MOST = 1024
LEAST_CONTEXT_WORD = 4
MOST_COMMON_WORDS = 2
LEAST_DIFFERENT = 5
REQUIREMENT = "NIST-63B-1"
BLOCKLIST = Path(__file__).with_name("blocklist.txt")
_WAYS = (
    "abcdefghijklmnopqrstuvwxyz",
    "1234567890",
    "qwertyuiop",
    "qwertzuiop",
    "asdfghjkl",
    "zxcvbnm",
    "yxcvbnm",
    "1234567890qwertyuiopasdfghjklzxcvbnm",
    "1234567890qwertzuiopasdfghjklyxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p",
    "qazwsxedcrfvtgbyhnujmikolp",
)
_LEET = str.maketrans("4@831!0$5+7", "aabeiiosstt")


class PasswordFault(StrEnum):
    """Why a password is refused, in order of precedence."""

    UNREADABLE = "password_unreadable"
    TOO_SHORT = "password_too_short"
    TOO_LONG = "password_too_long"
    COMMON = "password_common"
    REPETITIVE = "password_repetitive"
    CONTEXT = "password_context"
    SAME = "password_same"


class Cost(StrEnum):
    """How slow a hash is: as in a plant, or as in a test."""

    NORMAL = "normal"
    TEST = "test"


_HASHERS = {
    Cost.NORMAL: PasswordHasher(time_cost=2, memory_cost=47_104, parallelism=1, type=Type.ID),
    Cost.TEST: PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, type=Type.ID),
}


def hashed(password: str, cost: str) -> str:
    """The hash that is kept, with its salt and its cost inside."""
    return _HASHERS[Cost(cost)].hash(_bytes(password))


def matches(password: str, kept: str | None, cost: str) -> bool:
    """Whether the password is the one that was kept; as slow when there is none to compare with."""
    hasher = _HASHERS[Cost(cost)]
    try:
        hasher.verify(kept or _nobody(Cost(cost)), _bytes(password))
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
    return kept is not None


def aged(kept: str, cost: str) -> bool:
    """Whether a hash was made at another cost than today's."""
    return _HASHERS[Cost(cost)].check_needs_rehash(kept)


@functools.cache
def _nobody(cost: Cost) -> str:
    return _HASHERS[cost].hash(b"nobody has this password")


def _bytes(password: str) -> bytes:
    return unicodedata.normalize("NFC", password).encode()


def reasons_against_password(password: str, context: Iterable[str]) -> tuple[Reason, ...]:
    """Every reason why this may not be a password of somebody with these names, site and login."""
    try:
        _bytes(password)
    except UnicodeEncodeError:
        return (_reason(PasswordFault.UNREADABLE, "The password holds signs that do not exist."),)
    text = unicodedata.normalize("NFC", password)
    return tuple(_reasons(text, _context_words(context)))


def same_as_before() -> Reason:
    """The reason when a new password is the old one."""
    return _reason(PasswordFault.SAME, "The new password is the one you have now.")


def _reasons(text: str, context: tuple[str, ...]) -> Iterator[Reason]:
    if len(text) < LEAST:
        said = f"The password has {len(text)} characters; at least {LEAST} are needed."
        yield _reason(PasswordFault.TOO_SHORT, said)
    if len(text) > MOST:
        said = f"The password has {len(text)} characters; at most {MOST} are accepted."
        yield _reason(PasswordFault.TOO_LONG, said)
        return
    if _is_common(text):
        yield _reason(PasswordFault.COMMON, "The password is among those tried first by attackers.")
    if (different := len(set(text.casefold()))) < LEAST_DIFFERENT:
        said = f"The password has only {different} different characters."
        yield _reason(PasswordFault.REPETITIVE, said)
    if found := _held(text, context):
        said = f"The password holds “{found}”, which others know about you or this site."
        yield _reason(PasswordFault.CONTEXT, said)


def _reason(code: PasswordFault, text: str) -> Reason:
    remedy = "Choose a longer passphrase of words that have nothing to do with you or this site."
    return Reason(code, text, remedy, REQUIREMENT)


def _context_words(context: Iterable[str]) -> tuple[str, ...]:
    """Names, logins and site names, whole and in their parts, longest first."""
    whole = {unicodedata.normalize("NFC", name).casefold().strip() for name in context}
    parts = {part for name in whole for part in _split(name)}
    joined = {"".join(_split(name)) for name in whole}
    words = (word for word in whole | parts | joined if len(word) >= LEAST_CONTEXT_WORD)
    return tuple(sorted(words, key=lambda word: (-len(word), word)))


def _split(name: str) -> list[str]:
    return "".join(sign if sign.isalnum() else " " for sign in name).split()


def _held(text: str, context: tuple[str, ...]) -> str:
    """The longest context word that stands in the password, or nothing.

    However long the rest is: what others know is no part of a secret.
    """
    folded = text.casefold()
    return next((word for word in context if word in folded), "")


def _is_common(text: str) -> bool:
    folded = text.casefold()
    letters = "".join(sign for sign in folded if sign.isalnum())
    plain = letters.translate(_LEET)
    return (
        folded in _phrases()
        or letters in _phrases()
        or plain in _phrases()
        or _is_walk(letters)
        or any(_is_few_words(each) for each in (letters, plain))
    )


@functools.cache
def _listed() -> tuple[frozenset[str], frozenset[str]]:
    lines = [line.strip() for line in BLOCKLIST.read_text(encoding="utf-8").splitlines()]
    entries = [line for line in lines if line and not line.startswith("#")]
    words = frozenset(entry for entry in entries if len(entry) < LEAST and " " not in entry)
    phrases = frozenset("".join(entry.split()) for entry in entries) | frozenset(entries)
    return words, phrases


def _words() -> frozenset[str]:
    return _listed()[0]


def _phrases() -> frozenset[str]:
    return _listed()[1]


def _is_walk(letters: str) -> bool:
    """Fingers running along the keyboard or the alphabet, forwards or back, any number of times."""
    both = (way for row in _WAYS for way in (row, row[::-1]))
    return any(letters in way * (len(letters) // len(way) + 2) for way in both)


def _is_few_words(letters: str) -> bool:
    """Whether one or two common words, repeated or with digits around them, are the whole of it."""
    used: set[str] = set()
    place = 0
    while place < len(letters):
        word = _longest_word(letters, place)
        if word:
            used.add(word)
        elif not letters[place].isdigit():
            return False
        place += len(word) or 1
    return len(used) <= MOST_COMMON_WORDS


def _longest_word(letters: str, place: int) -> str:
    for end in range(min(len(letters), place + LEAST), place + 2, -1):
        if letters[place:end] in _words():
            return letters[place:end]
    return ""
