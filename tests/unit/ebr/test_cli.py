"""The command line knows its commands, and says so."""

import pkgutil

import pytest

from ebr import cli


def test_every_module_of_the_command_line_is_in_the_table() -> None:
    modules = {module.name for module in pkgutil.iter_modules(cli.__path__)}
    assert modules <= set(cli.COMMANDS)


@pytest.mark.parametrize("asked", [[], ["--help"], ["help"]])
def test_asked_for_nothing_it_lists_what_there_is(
    asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(asked) == 0
    assert "ebr run" in capsys.readouterr().out


def test_it_knows_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("batchline 0.")


def test_a_command_that_is_not_there_is_told_with_those_that_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["dance"]) == 2
    told = capsys.readouterr().err
    assert "no command 'dance'" in told
    assert "ebr run" in told


def test_bad_settings_end_a_command_with_all_of_them(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EBR_PORT", "none")
    monkeypatch.setenv("EBR_TIME_ZONE", "Nowhere/Land")
    assert cli.main(["run"]) == 2
    told = capsys.readouterr().err
    assert "EBR_PORT" in told
    assert "EBR_TIME_ZONE" in told
