"""`python -m audit verify`, as an inspector calls it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from audit.__main__ import main
from tests.builders.ledger import POLICY, an_export
from tests.plugin import verifies

HOUSE = Path(__file__).parents[3]


@pytest.fixture
def export(tmp_path: Path) -> Path:
    (tmp_path / "pinned.json").write_bytes(POLICY.text)
    return an_export(tmp_path)


def asked(export: Path, *more: str) -> list[str]:
    return ["verify", str(export), "--policy", str(export.parent / "pinned.json"), *more]


def test_it_answers_in_words(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(asked(export, "--retained", str(export / "checkpoint"))) == 0
    said = capsys.readouterr().out
    assert said.startswith("12 entries, 6 streams, 2 signatures, 306 changes, 6 blobs\n")
    assert said.endswith(": holds\n")


def test_it_answers_a_program(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(asked(export, "--json", "--processes", "1")) == 0
    assert json.loads(capsys.readouterr().out)["counts"]["entries"] == 12


@verifies("P11-70-1")
def test_a_breach_is_its_exit_status(export: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bundle = export / "tile" / "entries" / "000.p" / "12"
    bundle.write_bytes(bundle.read_bytes().replace(b"M. Keller", b"J. Brandt", 1))
    assert main(asked(export)) == 1
    said = capsys.readouterr().out
    assert said.startswith("BREACH root: ")
    assert said.endswith("DOES NOT HOLD\n")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({1: "nowhere"}, "nowhere is no folder"),
        ({3: "nowhere"}, "policy nowhere: nowhere cannot be read"),
        ({4: "--retained", 5: "nowhere"}, "nowhere cannot be read: No such file"),
    ],
)
def test_what_it_cannot_do_is_told_apart_from_a_breach(
    export: Path, capsys: pytest.CaptureFixture[str], change: dict[int, str], reason: str
) -> None:
    words = [*asked(export), "", ""]
    for place, word in change.items():
        words[place] = word
    assert main([word for word in words if word]) == 2
    assert reason in capsys.readouterr().err


def test_it_needs_neither_application_nor_database(export: Path) -> None:
    program = (
        "import runpy, sys\n"
        "for name in ('ebr', 'workflows', 'sqlalchemy', 'psycopg', 'flask'):\n"
        "    sys.modules[name] = None\n"
        f"sys.argv = ['audit', *{asked(export)!r}]\n"
        "runpy.run_module('audit', run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=HOUSE
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith(": holds\n")
