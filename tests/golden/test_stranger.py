"""That others can verify an export: `stranger.py` knows the published page and none of our code."""

import ast
import subprocess
import sys
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import pytest

from audit.export import write_export
from audit.layout import tile_path
from audit.required import Required
from audit.verify import verify_export
from tests.builders.ledger import LOG_KEY, ORIGIN, POLICY, SIGNATURE_KEY, a_ledger, an_export
from tests.plugin import verifies

PROGRAM = Path(__file__).with_name("stranger.py")
KEYS = [b64decode(key.vkey.split("+", 2)[2])[1:].hex() for key in (LOG_KEY, SIGNATURE_KEY)]


def ask_a_stranger(export: Path, *more: str) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-I", str(PROGRAM), str(export), ORIGIN, *KEYS, *more]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_the_stranger_uses_nothing_of_ours() -> None:
    tree = ast.parse(PROGRAM.read_text("utf-8"))
    imported = {
        name.partition(".")[0]
        for node in ast.walk(tree)
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [str(node.module)]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    ours = {"audit", "ebr", "workflows", "devices", "tests", "validation"}
    assert not imported & ours


@verifies("P11-10b-1")
@pytest.mark.parametrize("entries", [12, 256, 300, 513])
def test_a_stranger_finds_that_an_export_holds(tmp_path: Path, entries: int) -> None:
    write_export(a_ledger(entries), tmp_path / "export", POLICY)
    done = ask_a_stranger(tmp_path / "export")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@verifies("P11-70-1")
@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (tile_path(None, 0, 12), b"12.50", b"12.51"),
        (tile_path(None, 0, 12), b"M. Keller", b"J. Brandt"),
        (tile_path(None, 0, 12), b"performed", b"witnessed"),
        ("checkpoint", b"\n12\n", b"\n11\n"),
    ],
)
def test_a_stranger_finds_what_was_changed(
    tmp_path: Path, path: str, old: bytes, new: bytes
) -> None:
    export = an_export(tmp_path)
    content = (export / path).read_bytes()
    assert old in content
    (export / path).write_bytes(content.replace(old, new, 1))
    assert ask_a_stranger(export).returncode == 1


STEP = "batch.step.completed"


@verifies("P11-70-1")
@pytest.mark.parametrize(
    ("rule", "holds"),
    [
        (Required(STEP, ("performed",)), True),
        (Required(STEP, ("performed", "performed")), False),
        (Required(STEP, ("witnessed",)), False),
        (Required(STEP, ("witnessed",), when={"step": ("another",)}), True),
        (Required(STEP, ("witnessed",), unless={"step": ("charge-ethanol",)}), True),
        (Required(STEP, ("witnessed",), unless={"step": (None, "another")}), False),
    ],
)
def test_a_stranger_and_we_judge_alike_what_must_be_signed(
    tmp_path: Path, *, rule: Required, holds: bool
) -> None:
    policy = replace(POLICY, required=(rule,))
    write_export(a_ledger(), tmp_path / "export", policy)
    pinned = tmp_path / "pinned.json"
    pinned.write_bytes(policy.text)
    assert ask_a_stranger(tmp_path / "export", str(pinned)).returncode == (0 if holds else 1)
    assert verify_export(tmp_path / "export", policy).holds is holds
