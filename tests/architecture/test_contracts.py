"""The storeys hold, the doors are used, and the judge can tell when they are not."""

from pathlib import Path

import grimp
import pytest

from tests.architecture import contracts, faces


def test_every_import_contract_is_kept() -> None:
    verdict = contracts.judge()
    assert verdict.unknown == ()
    assert verdict.checked >= 8
    assert verdict.kept


def test_a_name_that_is_neither_built_nor_planned_is_told() -> None:
    slim, unknown = contracts.on_standing_rooms(
        [{"name": "x", "type": "forbidden", "source_modules": ["ebr.kernel", "ebr.kernal"]}],
        frozenset(),
    )
    assert slim[0]["source_modules"] == ["ebr.kernel"]
    assert unknown == ("ebr.kernal",)


def test_a_room_entered_past_its_door_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = tmp_path / "gatehouse"
    (house / "lots").mkdir(parents=True)
    for name, text in {
        "__init__.py": "",
        "lots/__init__.py": "from gatehouse.lots import model\n",
        "lots/model.py": "",
        "polite.py": "from gatehouse import lots\n",
        "rude.py": "\nfrom gatehouse.lots import model\n",
    }.items():
        (house / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    graph = grimp.build_graph("gatehouse", cache_dir=None)
    assert [str(trespass) for trespass in faces.trespasses(graph, "gatehouse", ["lots"])] == [
        "gatehouse.rude (line 2) enters gatehouse.lots.model; it must knock at gatehouse.lots"
    ]
