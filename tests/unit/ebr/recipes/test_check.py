"""`ebr recipe check`: every finding of a file at once, and an exit status a script can use."""

import json
from pathlib import Path

import pytest

from ebr.cli import recipe as command
from tests.builders.batchml import COMPANION, SYRUP

HANDRUB = Path(__file__).parents[4] / "ebr/demo/recipes/handrub.yaml"


def run(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    status = command.main(list(arguments))
    return status, capsys.readouterr().out


def test_the_handrub_recipe_has_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(capsys, "check", str(HANDRUB)) == (0, "0 errors, 0 remarks\n")


def test_a_reference_that_is_not_there_is_an_error_with_its_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "wrong.yaml"
    text = HANDRUB.read_text("utf-8").replace("target: mass-glycerol.mass", "target: nowhere.mass")
    wrong.write_text(text, "utf-8")
    status, said = run(capsys, "check", str(wrong), "--json")
    found = json.loads(said)["findings"]
    assert status == 1
    assert any("weigh-glycerol" in each["place"] for each in found)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"\x00\xff", "not UTF-8"),
        (b"a: [", "not YAML"),
        (b"[" * 100_000, "nested deeper"),
        (b"#" * 100_000_000, "at most 1,000,000 are allowed"),
        (b"<a>" + b" " * 100_000_000, "at most 10,000,000 are allowed"),
        (b"<a/>", "is of no namespace"),
    ],
    ids=["no text", "no YAML", "deeply nested", "100 MB", "100 MB of XML", "other XML"],
)
def test_a_file_that_is_no_recipe_is_refused_at_once(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    file = tmp_path / "file.yaml"
    file.write_bytes(content)
    status, out = run(capsys, "check", str(file))
    assert status == 2
    assert said in out


def test_a_file_that_is_not_there_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, out = run(capsys, "check", str(tmp_path / "none.yaml"))
    assert status == 2
    assert "No such file" in out


def test_the_published_schema_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    status, out = run(capsys, "schema")
    assert status == 0
    assert json.loads(out)["title"] == "Batchline master recipe"


def test_a_batchml_file_is_judged_as_a_text_is(capsys: pytest.CaptureFixture[str]) -> None:
    status, out = run(capsys, "check", str(SYRUP), "--json")
    found = json.loads(out)["findings"]
    assert status == 1
    assert any("5000 Kilolitres" in each["text"] and each["place"] == "size" for each in found)
    status, out = run(capsys, "check", str(SYRUP), "--companion", str(COMPANION))
    assert status == 0
    assert "\n0 errors, " in out


def test_a_recipe_is_converted_there_and_back_without_a_change(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for source in (HANDRUB, SYRUP):
        command.main(["convert", str(source), "--to", "yaml"])
        text = capsys.readouterr().out
        document = tmp_path / "recipe.xml"
        command.main(["convert", str(source), "--to", "batchml"])
        told = capsys.readouterr()
        document.write_text(told.out, "utf-8")
        assert "carried: " in told.err
        assert run(capsys, "convert", str(document), "--to", "yaml") == (0, text)


def test_a_companion_belongs_to_a_batchml_file(capsys: pytest.CaptureFixture[str]) -> None:
    status, out = run(capsys, "check", str(HANDRUB), "--companion", str(COMPANION))
    assert status == 2
    assert "a recipe in YAML is whole" in out


def test_nothing_but_a_recipe_is_ever_written_as_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "file.xml"
    file.write_bytes(b"<a>\n&nowhere;</a>")
    assert command.main(["convert", str(file), "--to", "yaml"]) == 2
    told = capsys.readouterr()
    assert told.out == ""
    assert "line 2, file: declares entities" in told.err
    assert "Entity 'nowhere' not defined" in told.err
