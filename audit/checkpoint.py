"""A signed statement of the size and root of the site's log, in a form that other tools read.

C2SP `tlog-checkpoint` in a `signed-note`: three lines (origin, size, root), a blank line, then one
line for each signature. The same keys and texts serve the proofs of electronic signatures. Which
key is good for which tree sizes is the policy, which an auditor pins and never takes from the
party that is audited.
"""

import os
import re
import stat
from base64 import b64decode, b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

ALGORITHM = b"\x01"  # Ed25519, as signed-note numbers it
KEY_ID_BYTES = 4
SEED_BYTES = 32
LINES = 3
ROOT_BYTES = 32
SIGNATURE_BYTES = 64
NOTE_BYTES_MOST = 1_000_000
SIGNATURE_LINES_MOST = 100

_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]+")
_SIZE = re.compile(r"0|[1-9][0-9]{0,15}", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_SIGNATURE_LINE = re.compile(r"— (?P<name>[^\s+]+) (?P<blob>[A-Za-z0-9+/=]+)")
_VKEY = re.compile(r"(?P<name>[^\s+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/=]+)")


class NoteError(ValueError):
    """The signed note, or a key for it, is not well formed or not signed by a key we trust."""


class KeyFileError(OSError):
    """The file of a signing key cannot be used as it is."""


def from_base64(text: str) -> bytes:
    """The bytes of strict base64 (one text for one byte string); ValueError otherwise."""
    content = b64decode(text, validate=True)
    if b64encode(content).decode() != text:
        raise ValueError("not the canonical base64 of its bytes")
    return content


def _key_id(name: str, public: bytes) -> bytes:
    if not _NAME.fullmatch(name):
        raise NoteError(f"{name!r} cannot name a key: it needs text without spaces or plus signs")
    return sha256(name.encode() + b"\n" + ALGORITHM + public).digest()[:KEY_ID_BYTES]


class VerifyingKey:
    """The public half of a key, as given out to whoever wants to check."""

    __slots__ = ("_public", "key_id", "name", "vkey")

    def __init__(self, name: str, public: bytes) -> None:
        self.name = name
        self.key_id = _key_id(name, public)
        self.vkey = f"{name}+{self.key_id.hex()}+{b64encode(ALGORITHM + public).decode()}"
        self._public = Ed25519PublicKey.from_public_bytes(public)

    @classmethod
    def parse(cls, vkey: str) -> "VerifyingKey":
        """The key from its text form; NoteError unless name, id and key agree."""
        match = _VKEY.fullmatch(vkey)
        if match is None:
            raise NoteError(f"{vkey[:120]!r} is no key of the form name+id+base64")
        try:
            content = from_base64(match["key"])
        except ValueError as error:
            raise NoteError(f"the key of {match['name']} is not base64: {error}") from error
        if content[:1] != ALGORITHM or len(content) != 1 + SEED_BYTES:
            raise NoteError(f"the key of {match['name']} is not an Ed25519 key")
        key = cls(match["name"], content[1:])
        if key.key_id.hex() != match["id"]:
            raise NoteError(f"the id of {match['name']} is {key.key_id.hex()}, not {match['id']}")
        return key

    def verifies(self, signature: bytes, message: bytes) -> bool:
        """Whether this key made that signature over that message."""
        try:
            self._public.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def verifies_stamp(self, stamp: bytes, message: bytes) -> bool:
        """Whether `key id ‖ signature` is of this key, over that message."""
        return stamp[:KEY_ID_BYTES] == self.key_id and self.verifies(stamp[KEY_ID_BYTES:], message)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VerifyingKey) and self.vkey == other.vkey

    def __hash__(self) -> int:
        return hash(self.vkey)

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return VerifyingKey.parse, (self.vkey,)


class SigningKey:
    """A private key of the server; whoever holds it can speak in the site's name."""

    __slots__ = ("_private", "verifying")

    def __init__(self, name: str, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)
        self.verifying = VerifyingKey(name, self._private.public_key().public_bytes_raw())

    @classmethod
    def load_or_create(cls, path: Path, name: str) -> "SigningKey":
        """The key in that file; made there, readable by its owner only, when there is none."""
        if not path.exists():
            _write_seed(path, Ed25519PrivateKey.generate().private_bytes_raw())
        mode = path.stat().st_mode
        if stat.S_IMODE(mode) & 0o077:
            raise KeyFileError(
                f"{path} can be read by others than its owner; run: chmod 600 {path}, and think "
                "about who may have read it"
            )
        try:
            seed = from_base64(path.read_text("ascii").strip())
        except ValueError as error:
            raise KeyFileError(f"{path} does not hold a key: {error}") from error
        if len(seed) != SEED_BYTES:
            raise KeyFileError(f"{path} holds {len(seed)} bytes, an Ed25519 seed has {SEED_BYTES}")
        return cls(name, seed)

    @property
    def name(self) -> str:
        """The name under which it signs."""
        return self.verifying.name

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell this key from others of the same name."""
        return self.verifying.key_id

    @property
    def vkey(self) -> str:
        """The text form of the public half, to be pinned by auditors."""
        return self.verifying.vkey

    def stamp(self, message: bytes) -> str:
        """`base64(key id ‖ signature)` over a message."""
        return b64encode(self.key_id + self._private.sign(message)).decode()

    def sign_note(self, text: str) -> bytes:
        """The text with this key's signature line below it."""
        return sign_note(text, self)

    def __repr__(self) -> str:
        return f"SigningKey({self.vkey})"


def _write_seed(path: Path, seed: bytes) -> None:
    """Under another name first, so that nobody ever reads half a key; the first writer wins."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(b64encode(seed) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was first: its key is the key
    finally:
        draft.unlink()


@dataclass(frozen=True, slots=True)
class NoteSignature:
    """One signature line of a note: who, which key, and `key id ‖ signature`."""

    name: str
    stamp: bytes

    @property
    def key_id(self) -> bytes:
        """The first four bytes: which key of that name."""
        return self.stamp[:KEY_ID_BYTES]


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the signatures below it, not yet checked."""

    text: str
    signatures: tuple[NoteSignature, ...]


def sign_note(text: str, *keys: SigningKey) -> bytes:
    """A signed note over a text that ends with a newline."""
    if not text.endswith("\n") or _CONTROL.search(text):
        raise NoteError("the text of a note ends with a newline and holds no control characters")
    lines = [f"— {key.name} {key.stamp(text.encode())}\n" for key in keys]
    return (text + "\n" + "".join(lines)).encode()


def parse_note(note: bytes) -> Note:
    """The parts of a signed note; NoteError unless it is well formed. Checks no signature."""
    if len(note) > NOTE_BYTES_MOST:
        raise NoteError(f"a note of {len(note)} bytes is longer than any we sign")
    try:
        whole = note.decode()
    except UnicodeDecodeError as error:
        raise NoteError(f"not UTF-8 at byte {error.start}") from error
    text, blank, below = whole.rpartition("\n\n")
    if not blank or not below.endswith("\n") or _CONTROL.search(whole):
        raise NoteError("not a signed note: text, a blank line, signature lines")
    lines = below[:-1].split("\n")
    if len(lines) > SIGNATURE_LINES_MOST:
        raise NoteError(f"more than {SIGNATURE_LINES_MOST} signature lines")
    return Note(text + "\n", tuple(_signature_line(line) for line in lines))


def _signature_line(line: str) -> NoteSignature:
    match = _SIGNATURE_LINE.fullmatch(line)
    if match is None:
        raise NoteError(f"{line[:120]!r} is no signature line")
    try:
        stamp = from_base64(match["blob"])
    except ValueError as error:
        raise NoteError(f"the signature of {match['name']} is not base64: {error}") from error
    if len(stamp) <= KEY_ID_BYTES:
        raise NoteError(f"the signature of {match['name']} is too short")
    return NoteSignature(match["name"], stamp)


def verify_note(note: bytes, keys: Iterable[VerifyingKey]) -> tuple[Note, list[VerifyingKey]]:
    """The note and the known keys that signed it; NoteError when none did or one did not.

    Lines of keys that we do not know (witnesses, a next key) are passed over. A line that claims
    a known key and does not hold is a forgery, whatever else stands there.
    """
    known = {(key.name, key.key_id): key for key in keys}
    parsed = parse_note(note)
    signers = []
    for line in parsed.signatures:
        key = known.get((line.name, line.key_id))
        if key is None:
            continue
        if not key.verifies_stamp(line.stamp, parsed.text.encode()):
            raise NoteError(f"the signature of {line.name} does not hold")
        signers.append(key)
    if not signers:
        raise NoteError("no signature by a key that we know")
    return parsed, signers


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How long the site's log was, and the one hash that stands for all of it."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The three lines that are signed."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    def sign(self, *keys: SigningKey) -> bytes:
        """The signed note of this checkpoint."""
        return sign_note(self.text, *keys)

    @classmethod
    def parse(cls, text: str) -> "Checkpoint":
        """The checkpoint of those three lines; NoteError for any other text."""
        lines = text.split("\n")
        if len(lines) != LINES + 1 or lines[LINES] or not _NAME.fullmatch(lines[0]):
            raise NoteError("a checkpoint is three lines: origin, size, root")
        if not _SIZE.fullmatch(lines[1]):
            raise NoteError(f"{lines[1][:40]!r} is no size of a log")
        try:
            root = from_base64(lines[2])
        except ValueError as error:
            raise NoteError(f"the root is not base64: {error}") from error
        if len(root) != ROOT_BYTES:
            raise NoteError(f"the root has {len(root)} bytes, not {ROOT_BYTES}")
        return cls(lines[0], int(lines[1]), root)


def open_checkpoint(note: bytes, origin: str, keys: Sequence[VerifyingKey]) -> Checkpoint:
    """The checkpoint in a note, once origin and signature were found good; NoteError otherwise."""
    parsed, _ = verify_note(note, keys)
    checkpoint = Checkpoint.parse(parsed.text)
    if checkpoint.origin != origin:
        raise NoteError(f"a checkpoint of {checkpoint.origin}, not of {origin}")
    return checkpoint
