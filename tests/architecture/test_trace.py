"""Every requirement is proven by a test that names it, and the tracer can tell when not."""

from pathlib import Path

import pytest

from tests.plugin import REQUIREMENT, verifies
from validation import __main__ as command
from validation import trace

ROW = """
[[requirement]]
id = "{id}"
clause = "21 CFR 11.70"
severity = "critical"
concerns = ["quality"]
sentence = "A signature is bound."
positive = "It verifies."
negative = "A moved one does not."
"""


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(trace.requirements, "__defaults__", (tmp_path,))
    monkeypatch.setattr(trace.proofs, "__defaults__", (tmp_path,))
    return tmp_path


def test_every_row_of_this_checkout_can_be_read() -> None:
    rows = trace.requirements()
    assert len(rows) >= 26
    assert all(REQUIREMENT.fullmatch(name) for name in rows)


def test_no_test_of_this_checkout_names_a_requirement_that_nobody_wrote() -> None:
    assert trace.trace().unknown == {}


def test_a_requirement_that_a_test_names_is_shown(
    folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folders / "a.toml").write_text(ROW.format(id="P11-70-1"))
    (folders / "test_a.py").write_text('@verifies("P11-70-1")\ndef test_it(): ...\n')
    assert command.main(["trace"]) == 0
    assert trace.proofs() == {"P11-70-1": ["test_a.py::test_it"]}
    assert "1 requirements taken up, 1 named by a test" in capsys.readouterr().out


def test_a_class_of_tests_may_name_one(folders: Path) -> None:
    (folders / "test_a.py").write_text('@plugin.verifies("A-1", "B-2")\nclass TestIt: ...\n')
    assert trace.proofs() == {"A-1": ["test_a.py::TestIt"], "B-2": ["test_a.py::TestIt"]}


def test_a_requirement_without_a_test_fails_unless_it_is_only_reported(
    folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folders / "a.toml").write_text(ROW.format(id="P11-70-1"))
    assert command.main(["trace"]) == 1
    assert "P11-70-1 (critical) is named by no test" in capsys.readouterr().out
    assert command.main(["trace", "--report"]) == 0


def test_an_id_that_nobody_wrote_always_fails(
    folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folders / "test_a.py").write_text('@verifies("P11-71-1")\ndef test_it(): ...\n')
    assert command.main(["trace", "--report"]) == 1
    assert "P11-71-1 stands in no row, but test_a.py::test_it names it" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (ROW.format(id="A-1") + ROW.format(id="A-1"), "A-1 stands twice"),
        (ROW.format(id="A-1").replace("critical", "grave"), "severity of 'grave'"),
        (ROW.format(id="A-1").replace('"quality"', ""), "concerns nobody"),
        (ROW.format(id="A-1").replace("It verifies.", " "), "has no positive"),
        (ROW.format(id="A-1") + 'colour = "red"\n', "unknown fields"),
    ],
)
def test_a_row_that_cannot_be_used_is_told(
    folders: Path, capsys: pytest.CaptureFixture[str], text: str, fault: str
) -> None:
    (folders / "a.toml").write_text(text)
    assert command.main(["trace"]) == 1
    assert fault in capsys.readouterr().err


def test_an_id_that_is_put_together_is_refused(
    folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folders / "test_a.py").write_text("@verifies(NAME)\ndef test_it(): ...\n")
    assert command.main(["trace"]) == 1
    assert "written out" in capsys.readouterr().err


def test_the_mark_takes_ids_only() -> None:
    with pytest.raises(ValueError, match="P11-70-1"):
        verifies("nonsense")
    with pytest.raises(ValueError, match="P11-70-1"):
        verifies()
