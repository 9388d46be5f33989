import stat
from base64 import b64encode
from pathlib import Path

import pytest

from audit.checkpoint import (
    NOTE_BYTES_MOST,
    Checkpoint,
    KeyFileError,
    NoteError,
    SigningKey,
    VerifyingKey,
    open_checkpoint,
    parse_note,
    sign_note,
    verify_note,
)
from audit.merkle import EMPTY_ROOT
from tests.builders.ledger import LOG_KEY, ORIGIN

WITNESS = SigningKey("witness.example/w1", bytes(32))
CHECKPOINT = Checkpoint(ORIGIN, 12, bytes(range(32)))
NOTE = CHECKPOINT.sign(LOG_KEY)
KEYS = [LOG_KEY.verifying]


def test_a_checkpoint_is_opened_with_the_key_that_signed_it() -> None:
    assert open_checkpoint(NOTE, ORIGIN, KEYS) == CHECKPOINT
    assert LOG_KEY.sign_note(CHECKPOINT.text) == NOTE
    (line,) = parse_note(NOTE).signatures
    assert (line.name, line.key_id) == (LOG_KEY.name, LOG_KEY.key_id)


def test_signatures_of_strangers_are_passed_over() -> None:
    both = CHECKPOINT.sign(WITNESS, LOG_KEY)
    assert open_checkpoint(both, ORIGIN, KEYS) == CHECKPOINT
    assert verify_note(both, [*KEYS, WITNESS.verifying])[1] == [WITNESS.verifying, *KEYS]


def test_a_forged_line_of_a_known_key_spoils_the_note() -> None:
    forged = NOTE[:-1] + CHECKPOINT.sign(WITNESS).splitlines()[-1].replace(b"\n", b"") + b"\n"
    with pytest.raises(NoteError):
        open_checkpoint(forged, ORIGIN, KEYS)
    other = Checkpoint(ORIGIN, 13, bytes(32)).sign(LOG_KEY).splitlines()[-1]
    with pytest.raises(NoteError, match="does not hold"):
        open_checkpoint(NOTE + other + b"\n", ORIGIN, KEYS)


def test_a_note_that_no_known_key_signed_is_refused() -> None:
    with pytest.raises(NoteError, match="no signature by a key that we know"):
        open_checkpoint(NOTE, ORIGIN, [WITNESS.verifying])


def test_a_checkpoint_of_another_log_is_refused() -> None:
    with pytest.raises(NoteError, match="not of batchline"):
        open_checkpoint(NOTE, "batchline.example/other/audit", KEYS)


LINE = f"— {ORIGIN} {b64encode(bytes(68)).decode()}\n"


@pytest.mark.parametrize(
    ("note", "reason"),
    [
        (b"", "text, a blank line"),
        (b"text\n", "text, a blank line"),
        (NOTE[:-1], "text, a blank line"),
        (b"te\x01xt\n\n" + LINE.encode(), "text, a blank line"),
        (b"\xff\n\n" + LINE.encode(), "not UTF-8"),
        (b"x" * (NOTE_BYTES_MOST + 1), "longer than any"),
        (("text\n\n" + LINE * 101).encode(), "more than 100"),
        (("text\n\n" + LINE.replace("—", "-")).encode(), "no signature line"),
        (("text\n\n" + LINE.replace(" A", "  A")).encode(), "no signature line"),
        (f"text\n\n— {ORIGIN} AAAA\n".encode(), "too short"),
        (f"text\n\n— {ORIGIN} AAAAAAB=\n".encode(), "not base64"),
        (f"text\n\n— {ORIGIN} A\n".encode(), "not base64"),
    ],
)
def test_a_note_is_read_strictly(note: bytes, reason: str) -> None:
    with pytest.raises(NoteError, match=reason):
        parse_note(note)


@pytest.mark.parametrize("text", ["no newline", "control \x07\n"])
def test_a_text_that_cannot_be_a_note_is_not_signed(text: str) -> None:
    with pytest.raises(NoteError, match="ends with a newline"):
        sign_note(text, LOG_KEY)


ROOT = b64encode(EMPTY_ROOT).decode()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "three lines"),
        (f"{ORIGIN}\n1\n{ROOT}", "three lines"),
        (f"{ORIGIN}\n1\n{ROOT}\nmore\n", "three lines"),
        (f"a b\n1\n{ROOT}\n", "three lines"),
        (f"{ORIGIN}\n01\n{ROOT}\n", "no size"),
        (f"{ORIGIN}\n-1\n{ROOT}\n", "no size"),
        (f"{ORIGIN}\n1\n!\n", "not base64"),
        (f"{ORIGIN}\n1\nAAAA\n", "has 3 bytes"),
    ],
)
def test_a_checkpoint_is_read_strictly(text: str, reason: str) -> None:
    with pytest.raises(NoteError, match=reason):
        Checkpoint.parse(text)


VKEY = LOG_KEY.vkey
NAME, KEY_ID, CONTENT = VKEY.split("+", 2)


@pytest.mark.parametrize(
    ("vkey", "reason"),
    [
        ("", "no key of the form"),
        (NAME, "no key of the form"),
        (f"a b+{KEY_ID}+{CONTENT}", "no key of the form"),
        (f"{NAME}+{KEY_ID}+A", "not base64"),
        (f"{NAME}+{KEY_ID}+AAAA", "not an Ed25519 key"),
        (f"{NAME}+{KEY_ID}+{b64encode(bytes(33)).decode()}", "not an Ed25519 key"),
        (f"{NAME}+00000000+{CONTENT}", "the id of"),
        (f"other+{KEY_ID}+{CONTENT}", "the id of"),
    ],
)
def test_a_key_is_read_strictly(vkey: str, reason: str) -> None:
    with pytest.raises(NoteError, match=reason):
        VerifyingKey.parse(vkey)


def test_keys_are_equal_when_their_text_is() -> None:
    assert VerifyingKey.parse(VKEY) == LOG_KEY.verifying
    assert len({VerifyingKey.parse(VKEY), LOG_KEY.verifying, WITNESS.verifying}) == 2
    assert LOG_KEY.verifying != VKEY


def test_a_key_needs_a_name_that_a_note_can_carry() -> None:
    for name in ("", "a b", "a+b", "a\n"):
        with pytest.raises(NoteError, match="cannot name a key"):
            SigningKey(name, bytes(32))


def test_a_key_never_shows_its_secret() -> None:
    assert repr(LOG_KEY) == f"SigningKey({VKEY})"


def test_a_key_is_made_once_and_read_again(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "log.key"
    made = SigningKey.load_or_create(path, ORIGIN)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert SigningKey.load_or_create(path, ORIGIN).vkey == made.vkey
    assert [one.name for one in path.parent.iterdir()] == ["log.key"]


def test_of_two_processes_that_make_a_key_the_first_wins(tmp_path: Path) -> None:
    path = tmp_path / "log.key"
    first = SigningKey.load_or_create(path, ORIGIN)
    late = VanishingPath(path)
    assert SigningKey.load_or_create(late, ORIGIN).vkey == first.vkey
    assert [one.name for one in tmp_path.iterdir()] == ["log.key"]


class VanishingPath(type(Path())):  # type: ignore[misc]  # the path class of this system
    """A path that says once that nothing is there, as it was a moment ago."""

    asked = 0

    def exists(self, **_kwargs: object) -> bool:
        self.asked += 1
        return self.asked > 1


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"", "holds 0 bytes"), (b"!", "does not hold a key"), (b"\xff", "does not hold a key")],
)
def test_a_damaged_key_file_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "log.key"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(KeyFileError, match=reason):
        SigningKey.load_or_create(path, ORIGIN)


def test_a_key_file_that_others_can_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.key"
    SigningKey.load_or_create(path, ORIGIN)
    path.chmod(0o640)
    with pytest.raises(KeyFileError, match="chmod 600"):
        SigningKey.load_or_create(path, ORIGIN)
