"""What the audit trail answers: sentences, with everything behind them one click away."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a sentence: plain words, or the name of something."""

    text: str
    name: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Diff:
    """Old and new of one value, as they were written."""

    title: str
    was: str
    becomes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where an entry leads: the record it is about."""

    label: str
    kind: str  # batch, step, exception, lot, equipment, recipe, account
    record: str  # the identifier behind the stream
    part: str | None = None  # the step within it; else the number or code people know it by


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureLine:
    """A signature as the entry holds it: printed name, meaning, instant (21 CFR 11.50)."""

    name: str
    role: str
    meaning: str
    at: datetime
    station: str
    components: tuple[str, ...]
    shown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryLine:
    """One act in the list."""

    id: int
    at: datetime
    tone: str  # signed, changed, refused, exception, scanned, plain
    name: str
    role: str
    kind: str
    station: str
    session_of: str  # whose session it was, when another person signed in it; else empty
    act: str
    stream: str
    sentence: tuple[Part, ...]
    diffs: tuple[Diff, ...]
    reason: str | None
    signatures: tuple[SignatureLine, ...]
    target: Target | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryView(EntryLine):
    """One act, whole: the leaf byte for byte, its hash, its place in the site's log."""

    leaf: str
    hash: str
    seq: int
    index: int | None  # in the site's log; None: not sealed yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Seal:
    """The newest signed checkpoint."""

    size: int
    root: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailPage:
    """Some acts, newest first; `older` and `newer` are where the neighbours begin."""

    entries: tuple[EntryLine, ...]
    older: int | None
    newer: int | None
    seal: Seal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What is asked of the trail. `record` is a stream; `kind` one of `KINDS`, or an act."""

    record: str | None = None
    person: UUID | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyView:
    """A copy of the whole ledger that somebody took: up to which checkpoint, when, what for."""

    id: UUID
    entry: int
    size: int
    root: str
    purpose: str
    at: datetime
    by: str
    role: str
    station: str
    person: UUID | None

    @property
    def name(self) -> str:
        """What the archive is called, and the folder that it unpacks to."""
        return f"ledger-{self.size}"
