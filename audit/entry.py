"""One act as it is kept: who did what, where, why, signed by whom, and which cells it changed.

The leaf is four lines: the version, the header that the database composed, the body that the
application composed, the changes that the database captured. It is kept verbatim and hashed once;
that one hash is the link to the next entry of the stream and the leaf of the site's tree.
Writing and reading are strict: a leaf that parses here has exactly one meaning.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import NamedTuple, TypeAlias, cast

from audit.canonical import (
    INSTANT,
    CanonicalError,
    Plain,
    canonical,
    is_day,
    parse_text,
)
from audit.signature import Signature

VERSION = "batchline-entry/v1"
GENESIS = "batchline-genesis/v1"
LEAF_BYTES_BELOW = 65_536
STRING_BYTES_MOST = 4_096
CHANGES_BYTES_MOST = 32_768

ORIGIN = re.compile(r"[a-z0-9./-]+", re.ASCII)
STREAM = re.compile(r"[a-z_]+/[A-Za-z0-9._-]{1,64}", re.ASCII)
KIND = re.compile(r"[a-z0-9_]+(\.[a-z0-9_]+)*", re.ASCII)
TABLE = re.compile(r"[a-z0-9_]+\.[a-z0-9_]+", re.ASCII)
DIGEST = re.compile(r"[0-9a-f]{64}", re.ASCII)

# What the database writes at the head of every leaf; the user is the only free text in it.
_HEADER = re.compile(
    r'\{"at":"('
    + INSTANT
    + r')","prev":"([0-9a-f]{64})","seq":([1-9][0-9]{0,15}),"site":"([a-z0-9./-]+)"'
    r',"stream":"([a-z_]+/[A-Za-z0-9._-]{1,64})","user":"((?:[^"\\]|\\.)+)"'
    r',"xid":"([1-9][0-9]{0,19})"\}',
    re.ASCII,
)

_ROLE = re.compile(r"[a-z0-9_]+", re.ASCII)  # a user that needs no unescaping

BODY_KEYS = frozenset(
    ("act", "actor", "events", "reason", "refs", "request", "signatures", "station")
)
ACTOR_KEYS = frozenset(("account", "kind", "name", "person", "role"))
EVENT_KEYS = frozenset(("data", "kind", "v"))
REASON_KEYS = frozenset(("code", "text"))
CHANGE_KEYS = frozenset(("key", "new", "old", "op", "table"))
STAND_IN_KEYS = frozenset(("sha256", "size"))
CHANGES_STAND_IN_KEYS = frozenset(("count", "sha256", "size"))
STAND_IN_NAMED = b'"sha256":'  # how the name of a stand-in stands in every leaf that has one

Body: TypeAlias = Mapping[str, Plain]
Changes: TypeAlias = "Sequence[Plain] | Mapping[str, Plain]"


class EntryError(ValueError):
    """It is no entry of the ledger: its form is not the one that was promised."""


class Header(NamedTuple):
    """What the database says of an entry: when, where in which stream, written by which role."""

    at: str
    prev: str
    seq: int
    site: str
    stream: str
    user: str
    xid: str


class Reference(NamedTuple):
    """A blob that an entry refers to; `size` None when only its digest is told.

    `changes` is their number when the blob is the array of changes itself, too large for the leaf.
    """

    digest: str
    size: int | None = None
    changes: int | None = None


class Entry(NamedTuple):
    """One entry as parsed from its leaf, with the leaf and its hash."""

    header: Header
    body: Body
    changes: Changes
    leaf: bytes
    hash: bytes

    @property
    def act(self) -> str:
        """The kind of its first event: what was done."""
        return str(self.body["act"])

    @property
    def events(self) -> Sequence[Mapping[str, Plain]]:
        """What happened, in order: each with kind, v and data."""
        return cast("Sequence[Mapping[str, Plain]]", self.body["events"])

    @property
    def actor(self) -> Mapping[str, Plain]:
        """Who did it."""
        return cast("Mapping[str, Plain]", self.body["actor"])

    @property
    def refs(self) -> Sequence[str]:
        """The other streams that it concerns."""
        return cast("Sequence[str]", self.body["refs"])

    @property
    def request(self) -> str:
        """The idempotency key of the request."""
        return str(self.body["request"])

    @property
    def station(self) -> str:
        """Where it was done."""
        return str(self.body["station"])

    @property
    def signed(self) -> Sequence[Plain]:
        """The electronic signatures as they stand, whole or not."""
        return cast("Sequence[Plain]", self.body["signatures"])

    @property
    def signatures(self) -> tuple[Signature, ...]:
        """The electronic signatures given in this act; SignatureError for one not whole."""
        return tuple(map(Signature.parse, self.signed))

    @property
    def references(self) -> tuple[Reference, ...]:
        """Every blob that it refers to."""
        # A whole walk through body and changes is for the few that can hold a stand-in.
        if STAND_IN_NAMED not in self.leaf:
            return tuple(_shown(self.body))
        return tuple(references(self.body, self.changes))


def compose_body(
    events: Sequence[Mapping[str, Plain]],
    *,
    actor: Mapping[str, Plain],
    station: str,
    request: str,
    reason: Mapping[str, Plain] | None = None,
    signatures: Sequence[Signature] = (),
    refs: Sequence[str] = (),
) -> dict[str, Plain]:
    """The body of an act; EntryError when one of its parts is not of the promised form."""
    body: dict[str, Plain] = {
        "act": events[0]["kind"] if events else None,
        "actor": actor,
        "events": list(events),
        "reason": reason,
        "refs": list(refs),
        "request": request,
        "signatures": [signature.plain() for signature in signatures],
        "station": station,
    }
    checked_body(body)
    return body


def genesis(origin: str, stream: str) -> bytes:
    """The hash that stands before the first entry of a stream."""
    return sha256(f"{GENESIS}\n{origin}\n{stream}\n".encode()).digest()


def entry_hash(leaf: bytes) -> bytes:
    """The one hash of an entry: link of its chain, and leaf of the site's RFC 6962 tree."""
    return sha256(b"\x00" + leaf).digest()


def leaf(header: Header, body: Body, changes: Changes = ()) -> bytes:
    """The exact bytes of an entry; EntryError or CanonicalError when they would not be one."""
    lines = (VERSION.encode(), canonical(header._asdict()), canonical(body), canonical(changes))
    content = b"\n".join(lines)
    parse_leaf(content)
    return content


def parse_leaf(content: bytes) -> Entry:
    """The entry of a leaf; EntryError unless every byte is as the ledger writes it."""
    if len(content) >= LEAF_BYTES_BELOW:
        raise EntryError(f"a leaf of {len(content)} bytes; under {LEAF_BYTES_BELOW} are allowed")
    try:
        version, header_text, body_text, changes_text = content.decode().split("\n")
    except UnicodeDecodeError as error:
        raise EntryError(f"not UTF-8 at byte {error.start}") from error
    except ValueError as error:
        raise EntryError("a leaf is four lines: version, header, body, changes") from error
    if version != VERSION:
        raise EntryError(f"version {version[:40]!r}; this reader knows {VERSION}")
    header = _header(header_text)
    try:
        body = parse_text(body_text)
        changes = [] if changes_text == "[]" else parse_text(changes_text)
    except CanonicalError as error:
        raise EntryError(f"body or changes: {error}") from error
    return Entry(header, checked_body(body), checked_changes(changes), content, entry_hash(content))


def _header(text: str) -> Header:
    match = _HEADER.fullmatch(text)
    if match is None:
        raise EntryError(f"the header is not as the database writes it: {text[:200]}")
    at, prev, seq, site, stream, user, xid = match.groups()
    if not is_day(at):
        raise EntryError(f"{at} is no day of the calendar")
    if not _ROLE.fullmatch(user):
        try:
            user = str(parse_text(f'"{user}"'))
        except CanonicalError as error:
            raise EntryError(f"the user of the header: {error}") from error
    return Header(at, prev, int(seq), site, stream, user, xid)


def checked_body(body: Plain) -> Body:
    """The body, once its form was found good; EntryError naming what is missing otherwise."""
    if not isinstance(body, dict) or body.keys() != BODY_KEYS:
        raise EntryError(f"a body has exactly the members {', '.join(sorted(BODY_KEYS))}")
    if not isinstance(body["request"], str) or not isinstance(body["station"], str):
        raise EntryError("request and station are texts")
    _check_actor(body["actor"])
    _check_events(body["act"], body["events"])
    _check_reason(body["reason"])
    if not isinstance(body["signatures"], list):
        raise EntryError("signatures are a list")
    refs = body["refs"]
    if not isinstance(refs, list) or not all(
        isinstance(ref, str) and STREAM.fullmatch(ref) for ref in refs
    ):
        raise EntryError("refs are a list of streams")
    return body


def _check_actor(actor: Plain) -> None:
    if not isinstance(actor, dict) or actor.keys() != ACTOR_KEYS:
        raise EntryError(f"an actor has exactly the members {', '.join(sorted(ACTOR_KEYS))}")
    if not isinstance(actor["name"], str) or not isinstance(actor["role"], str):
        raise EntryError("an actor has a name and a role")
    for key in ("person", "account"):
        if actor[key] is not None and not isinstance(actor[key], str):
            raise EntryError(f"the {key} of an actor is a text or null")
    if actor["kind"] not in ("human", "service"):
        raise EntryError("an actor is human or service")
    # 11.10(e), 11.100(a): what a program did is never put down to a person.
    if actor["kind"] == "service" and actor["person"] is not None:
        raise EntryError("a service acts under a person's name")


def _check_events(act: Plain, events: Plain) -> None:
    if not isinstance(events, list) or not events:
        raise EntryError("an entry holds at least one event")
    for event in events:
        if not isinstance(event, dict) or event.keys() != EVENT_KEYS:
            raise EntryError("an event has exactly the members data, kind, v")
        if not isinstance(event["kind"], str) or not KIND.fullmatch(event["kind"]):
            raise EntryError("the kind of an event is words joined by points")
        if type(event["v"]) is not int or event["v"] < 1:
            raise EntryError("the version of an event is a number from 1")
        if not isinstance(event["data"], dict):
            raise EntryError("the data of an event is an object")
    if act != events[0]["kind"]:
        raise EntryError(f"the act is {act!r}, the first event {events[0]['kind']!r}")


def _check_reason(reason: Plain) -> None:
    if reason is None:
        return
    if not isinstance(reason, dict) or reason.keys() != REASON_KEYS:
        raise EntryError("a reason is null or has exactly the members code, text")
    if reason["code"] is not None and not isinstance(reason["code"], str):
        raise EntryError("the code of a reason is a word or null")
    if not isinstance(reason["text"], str) and not is_stand_in(reason["text"]):
        raise EntryError("the text of a reason is a text")


def checked_changes(changes: Plain) -> Changes:
    """The captured changes, once their form was found good; EntryError otherwise."""
    if isinstance(changes, dict):
        if _reference(changes, CHANGES_STAND_IN_KEYS) is None:
            raise EntryError("changes are an array, or its stand-in with count, sha256, size")
        return changes
    if not isinstance(changes, list):
        raise EntryError("changes are an array, or its stand-in with count, sha256, size")
    for change in changes:
        _check_change(change)
    return changes


# Whether old and new cells are told, by what was done to the row.
_TOLD = {"INSERT": (False, True), "UPDATE": (True, True), "DELETE": (True, False)}


def _check_change(change: Plain) -> None:
    if not isinstance(change, dict) or change.keys() != CHANGE_KEYS:
        raise EntryError(f"a change has exactly the members {', '.join(sorted(CHANGE_KEYS))}")
    old, new = change["old"], change["new"]
    if not isinstance(change["table"], str) or not TABLE.fullmatch(change["table"]):
        raise EntryError("the table of a change is schema.table")
    if not _is_cells(change["key"]):
        raise EntryError("the key of a change holds the cells of the primary key")
    told = _TOLD.get(str(change["op"]))
    if told is None:
        raise EntryError("a change is an INSERT, UPDATE or DELETE")
    if (old is not None, new is not None) != told:
        raise EntryError(f"old and new of a change do not fit {change['op']}")
    if any(cells is not None and not _is_cells(cells) for cells in (old, new)):
        raise EntryError("the cells of a change are texts, stand-ins or null")
    if isinstance(old, dict) and isinstance(new, dict) and old.keys() != new.keys():
        raise EntryError("an UPDATE tells the same cells before and after")


def _is_cells(cells: Plain) -> bool:
    return isinstance(cells, dict) and all(
        cell is None or isinstance(cell, str) or is_stand_in(cell) for cell in cells.values()
    )


def is_stand_in(value: Plain) -> bool:
    """Whether this stands for bytes kept in `audit.blob`, by digest and size."""
    return _reference(value, STAND_IN_KEYS) is not None


def _reference(value: Plain, keys: frozenset[str]) -> Reference | None:
    if not isinstance(value, dict) or value.keys() != keys:
        return None
    named, size, count = value["sha256"], value["size"], value.get("count")
    if not isinstance(named, str) or not DIGEST.fullmatch(named) or not _is_count(size):
        return None
    if "count" in keys and not _is_count(count):
        return None
    return Reference(named, cast("int", size), cast("int | None", count))


def _is_count(number: Plain) -> bool:
    return type(number) is int and number >= 0


def references(body: Body, changes: Changes) -> Iterator[Reference]:
    """Every blob that body and changes refer to: stand-ins, and what signers were shown."""
    yield from _shown(body)
    yield from stand_ins(body)
    whole = _reference(changes, CHANGES_STAND_IN_KEYS)
    if whole is not None:
        yield whole
    else:
        yield from stand_ins(changes)


def _shown(body: Body) -> Iterator[Reference]:
    for signature in cast("Sequence[Plain]", body["signatures"]):
        if isinstance(signature, dict) and DIGEST.fullmatch(str(signature.get("shown"))):
            yield Reference(str(signature["shown"]))


def abridge(value: Plain, keep: Callable[[bytes], str]) -> Plain:
    """The value with every string over 4,096 bytes kept as a blob and replaced by its stand-in."""
    if isinstance(value, str):
        content = value.encode()
        if len(content) <= STRING_BYTES_MOST:
            return value
        return {"sha256": keep(content), "size": len(content)}
    if isinstance(value, Mapping):
        return {key: abridge(part, keep) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [abridge(part, keep) for part in value]
    return value


def stand_ins(value: Plain) -> Iterator[Reference]:
    """Every stand-in within a value."""
    if isinstance(value, Mapping):
        reference = _reference(value, STAND_IN_KEYS)
        if reference is not None:
            yield reference
            return
        for part in value.values():
            yield from stand_ins(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from stand_ins(part)
