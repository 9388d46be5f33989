"""What can go wrong for a person or a partner, and what each of them is told.

The docstring of a class is its default message and `code` is stable for ever; only the web knows
status codes. An error may carry an `aftermath`: what must be remembered although the act is
rolled back (a failure counter, a lock-out), run in the second, small unit of work that remembers
the refused attempt.
"""

import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Protocol

from audit.ledger import Breach, BreachKind

LEAST_REASON = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason why the rules say no: `text` holds the numbers, `remedy` what to do now."""

    code: str
    text: str
    remedy: str = ""
    requirement: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """The reason a person gives for a correction, a skip, an override or a void."""

    text: str
    code: str | None = None


Aftermath = Callable[[Any], None]


class EbrError(Exception):
    """Something went wrong that has no better name."""

    code: ClassVar[str] = "error"

    def __init__(self, message: str | None = None, *, aftermath: Aftermath | None = None) -> None:
        self.message = message or " ".join((type(self).__doc__ or "").split())
        self.aftermath = aftermath
        super().__init__(self.message)


class Malformed(EbrError):
    """The request cannot be read: some fields are missing or wrong."""

    code = "malformed"

    def __init__(self, faults: Mapping[str, Iterable[str]], message: str | None = None) -> None:
        super().__init__(message)
        self.faults: dict[str, tuple[str, ...]] = {
            field: tuple(sentences) for field, sentences in faults.items()
        }


class Unauthenticated(EbrError):
    """Please sign in: we do not know who is asking."""

    code = "unauthenticated"


class SignatureRejected(EbrError):
    """The signature was not accepted: name and password do not belong together."""

    code = "signature_rejected"


class Forbidden(EbrError):
    """You do not have the right to do this."""

    code = "forbidden"

    def __init__(
        self, right: str, message: str | None = None, *, aftermath: Aftermath | None = None
    ) -> None:
        super().__init__(
            message or f"This needs the right “{right}”; an administrator can grant it.",
            aftermath=aftermath,
        )
        self.right = str(right)


class Unknown(EbrError):
    """There is no such thing here, or it is not yours to see."""

    code = "unknown"

    def __init__(self, what: str, message: str | None = None) -> None:
        super().__init__(message or f"There is no such {what}.")
        self.what = what


class Refused(EbrError):
    """The rules say no."""

    code = "refused"

    def __init__(self, reasons: Iterable[Reason], *, aftermath: Aftermath | None = None) -> None:
        self.reasons = tuple(reasons)
        super().__init__(" ".join(reason.text for reason in self.reasons), aftermath=aftermath)


class Stale(EbrError):
    """Somebody else was faster: look at what changed and try again."""

    code = "stale"

    def __init__(self, found: int, expected: int, message: str | None = None) -> None:
        super().__init__(message)
        self.found = found
        self.expected = expected
        self.stream: str | None = None


class Overtaken(EbrError):
    """The record has moved on since you looked at it: look at what changed and decide again."""

    code = "overtaken"

    def __init__(self, found: int, message: str | None = None) -> None:
        super().__init__(message)
        self.found = found


class Unavailable(EbrError):
    """Something this needs does not answer at the moment."""

    code = "unavailable"

    def __init__(self, what: str, retry_after_s: int = 5, message: str | None = None) -> None:
        super().__init__(message or f"{what} does not answer at the moment; please try again.")
        self.what = what
        self.retry_after_s = retry_after_s


class Breached(EbrError):
    """The record does not hold together: stop working on it and call quality."""

    code = "breach"

    def __init__(self, kind: BreachKind, stream: str, seq: int, text: str) -> None:
        self.breach = Breach(kind, f"{stream}, entry {seq}", text)
        self.stream = stream
        self.seq = seq
        super().__init__(f"{type(self).__doc__} {self.breach.place}: {text}.")


class EngineReason(Protocol):
    """A reason of the engine, which has the fields of ours."""

    @property
    def code(self) -> StrEnum:
        """Its stable code."""

    @property
    def text(self) -> str:
        """What is so, with the numbers."""

    @property
    def remedy(self) -> str:
        """What to do now."""

    @property
    def requirement(self) -> str:
        """Which requirement it serves."""


def told(refusals: Iterable[EngineReason]) -> tuple[Reason, ...]:
    """The engine's refusals as ours, in their order."""
    return tuple(Reason(str(r.code), r.text, r.remedy, r.requirement) for r in refusals)


def refuse_if(reasons: Iterable[Reason]) -> None:
    """Raise `Refused` with all the reasons, unless there are none."""
    if found := tuple(reasons):
        raise Refused(found)


def require_why(why: Why | None, field: str = "why") -> Why:
    """The reason as given, trimmed; `Malformed` when it is missing or says nothing.

    Annex 11 (9): a change states its reason. Dots, dashes and one repeated letter are none.
    """
    text = unicodedata.normalize("NFC", why.text).strip() if why is not None else ""
    said = {letter.casefold() for letter in text if letter.isalnum()}
    if why is None or sum(letter.isalnum() for letter in text) < LEAST_REASON or len(said) == 1:
        raise Malformed({field: (f"Say why, in at least {LEAST_REASON} letters.",)})
    return Why(text, why.code)
