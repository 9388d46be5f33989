"""What was once written into the ledger can be read, whatever has become of the code."""

import json
from pathlib import Path

import pytest

from ebr.kernel import codec
from tests.golden import examples


def test_every_event_has_its_golden_file() -> None:
    missing = [
        f"{kind} v{v}" for kind, v in examples.known() if not examples.path(kind, v).exists()
    ]
    assert missing == [], "python -m tests.golden.examples writes them"


@pytest.mark.parametrize("path", sorted(examples.FOLDER.glob("*.json")), ids=lambda path: path.stem)
def test_an_event_is_read_and_today_s_is_written_as_it_was(path: Path) -> None:
    known = examples.known()
    golden = json.loads(path.read_text(encoding="utf-8"))
    assert path == examples.path(golden["kind"], golden["v"])
    event = codec.read(golden)
    if (golden["kind"], golden["v"]) in known:
        assert codec.written(event) == golden
