import os
from pathlib import Path

import pytest

from audit.layout import Directory, belongs, pack, tile_path, unpack, width_at
from audit.ledger import Unreadable


@pytest.mark.parametrize(
    ("level", "index", "width", "path"),
    [
        (0, 0, 256, "tile/0/000"),
        (0, 1234067, 256, "tile/0/x001/x234/067"),
        (2, 1000, 7, "tile/2/x001/000.p/7"),
        (None, 999, 256, "tile/entries/999"),
        (None, 0, 1, "tile/entries/000.p/1"),
    ],
)
def test_tiles_stand_where_other_tools_look_for_them(
    level: int | None, index: int, width: int, path: str
) -> None:
    assert tile_path(level, index, width) == path


@pytest.mark.parametrize(
    ("path", "belonging"),
    [
        ("checkpoint", True),
        ("policy.json", True),
        ("blob/" + "a" * 64, True),
        ("blob/" + "A" * 64, False),
        ("tile/0/000", True),
        ("tile/0/001.p/44", True),
        ("tile/0/001.p/43", False),
        ("tile/0/001", False),
        ("tile/0/x000/000", False),
        ("tile/0/002.p/1", False),
        ("tile/1/000.p/1", True),
        ("tile/2/000.p/1", False),
        ("tile/entries/001.p/44", True),
        ("tile/entries/1", False),
        ("notes.txt", False),
    ],
)
def test_a_file_belongs_to_an_export_of_300_entries_or_not(path: str, *, belonging: bool) -> None:
    assert belongs(path, 300) is belonging


def test_the_last_tile_of_a_level_is_narrower() -> None:
    assert [width_at(index, 0, 300) for index in (0, 1, 2)] == [256, 44, 0]
    assert [width_at(0, level, 70_000) for level in (1, 2, 3)] == [256, 1, 0]


@pytest.mark.parametrize(
    ("bundle", "width", "reason"),
    [
        (b"", 1, "within entry 0 of 1"),
        (b"\x00", 1, "within entry 0 of 1"),
        (b"\x00\x02a", 1, "within entry 0 of 1"),
        (b"\x00\x01a\x00", 2, "within entry 1 of 2"),
        (b"\x00\x01ab", 1, "1 bytes stand after"),
    ],
)
def test_a_bundle_is_read_strictly(bundle: bytes, width: int, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        unpack(bundle, width)


def test_a_bundle_is_read_as_it_was_written() -> None:
    leaves = [b"", b"a", b"b" * 65_535]
    assert unpack(pack(leaves), 3) == leaves


def test_what_is_no_file_is_told_and_not_read(tmp_path: Path) -> None:
    source = Directory(tmp_path)
    with pytest.raises(Unreadable, match="checkpoint: there is no such file"):
        source.checkpoint()
    os.mkfifo(tmp_path / "checkpoint")
    with pytest.raises(Unreadable, match="no such file"):
        source.checkpoint()
    (tmp_path / "policy.json").write_bytes(b" " * 1_000_001)
    with pytest.raises(Unreadable, match="longer than 1000000 bytes"):
        source.policy()
    assert list(source.blobs()) == []


def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    class Locked(type(tmp_path)):  # type: ignore[misc]  # the path class of this system
        def open(self, *_args: object, **_kwargs: object) -> None:
            raise PermissionError(13, "Permission denied")

    (tmp_path / "checkpoint").write_bytes(b"x")
    with pytest.raises(Unreadable, match="cannot be read: Permission denied"):
        Directory(Locked(tmp_path)).checkpoint()


def test_only_files_named_by_a_digest_are_blobs(tmp_path: Path) -> None:
    folder = tmp_path / "blob"
    folder.mkdir()
    for name in ("a" * 64, "b" * 64, "notes"):
        (folder / name).write_bytes(b"x")
    (folder / ("c" * 64)).mkdir()
    source = Directory(tmp_path)
    assert list(source.blobs()) == ["a" * 64, "b" * 64]
    assert sorted(source.files()) == ["blob/" + "a" * 64, "blob/" + "b" * 64, "blob/notes"]
