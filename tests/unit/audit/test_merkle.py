import json
from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path

import pytest

from audit.merkle import (
    EMPTY_ROOT,
    TILE_WIDTH,
    Frontier,
    Tile,
    Tree,
    is_subtree,
    leaf_hash,
    node_hash,
    root_from_leaves,
    root_of,
    verify_consistency,
    verify_inclusion,
    verify_subtree,
)

VECTORS = Path(__file__).parents[2] / "data" / "merkle" / "rfc6962-vectors.json"
CASES = json.loads(VECTORS.read_text("utf-8"))


def verdict(case: Mapping[str, object]) -> bool:
    """Ask the one function that a published case is about."""

    def octets(key: str) -> bytes:
        return b64decode(str(case.get(key) or ""))

    def number(key: str) -> int:
        return int(str(case.get(key, 0)))

    steps = case.get("proof")
    proof = [b64decode(step) for step in steps] if isinstance(steps, list) else []
    start, end = number("start"), number("end")
    if "root1" in case and "end" in case:
        return verify_subtree(start, end, number("size"), proof, octets("root1"), octets("root2"))
    if "root1" in case:
        sizes = number("size1"), number("size2")
        return verify_consistency(*sizes, proof, octets("root1"), octets("root2"))
    if "end" in case:
        place, size = number("leafIdx") - start, end - start
    else:
        place, size = number("leafIdx"), number("treeSize")
    found = verify_inclusion(octets("leafHash"), place, size, proof, octets("root"))
    return found and is_subtree(start, end)


@pytest.mark.parametrize("kind", ["inclusion", "consistency"])
def test_every_published_case_is_judged_as_published(kind: str) -> None:
    wrong = [case for case in CASES[kind] if verdict(case) is case["wantErr"]]
    assert not wrong
    assert {case["wantErr"] for case in CASES[kind]} == {True, False}
    assert len(CASES[kind]) == {"inclusion": 420, "consistency": 98}[kind]


def by_definition(hashes: list[bytes]) -> bytes:
    """RFC 6962, 2.1, word for word."""
    if not hashes:
        return EMPTY_ROOT
    if len(hashes) == 1:
        return hashes[0]
    half = 1
    while half * 2 < len(hashes):
        half *= 2
    return node_hash(by_definition(hashes[:half]), by_definition(hashes[half:]))


LEAVES = [leaf_hash(f"entry {number}".encode()) for number in range(600)]


def test_tree_frontier_and_definition_agree_at_every_size() -> None:
    tree, frontier = Tree(), Frontier()
    for size in range(len(LEAVES)):
        if size < 70 or size % 51 == 0 or size in (255, 256, 257, 511, 512, 513):
            expected = by_definition(LEAVES[:size])
            assert tree.root() == frontier.root() == root_of(LEAVES[:size]) == expected
            assert Tree(LEAVES).root(size) == expected
        assert tree.append(LEAVES[size]) == size
        frontier.append(LEAVES[size])
    assert tree.leaf(7) == LEAVES[7]
    assert root_from_leaves([b"entry 0", b"entry 1"]) == by_definition(LEAVES[:2])


@pytest.mark.parametrize("size", [1, 2, 3, 6, 7, 8, 9, 11, 13, 33])
def test_every_proof_that_a_tree_gives_is_accepted_and_no_other(size: int) -> None:
    tree = Tree(LEAVES[:40])
    root = tree.root(size)
    for index in range(size):
        proof = tree.inclusion(index, size)
        assert verify_inclusion(LEAVES[index], index, size, proof, root)
        assert not verify_inclusion(LEAVES[index + 1], index, size, proof, root)
        assert not verify_inclusion(LEAVES[index], index, size, [*proof, root], root)
        old = index + 1
        steps = tree.consistency(old, size)
        assert verify_consistency(old, size, steps, tree.root(old), root)
        assert not verify_consistency(old, size, steps, tree.root(old + 1), root)


def test_a_proof_for_what_is_not_there_is_not_given() -> None:
    tree = Tree(LEAVES[:5])
    with pytest.raises(ValueError, match="no leaf 5 in a tree of 5"):
        tree.inclusion(5)
    with pytest.raises(ValueError, match="a tree of 0"):
        tree.consistency(0)
    with pytest.raises(ValueError, match="has 5 leaves, not 6"):
        tree.root(6)


def test_a_proof_without_steps_shows_nothing_of_a_larger_tree() -> None:
    tree = Tree(LEAVES[:6])
    assert not verify_consistency(3, 6, [], tree.root(3), tree.root(6))
    assert not verify_consistency(3, 6, [b"short"], tree.root(3), tree.root(6))


def test_a_part_that_does_not_begin_at_the_first_leaf_is_proved_too() -> None:
    def over(start: int, end: int) -> bytes:
        return by_definition(LEAVES[start:end])

    cases = [
        (4, 6, 7, [LEAVES[6], over(0, 4)]),
        (4, 7, 7, [over(0, 4)]),
        (4, 7, 8, [LEAVES[6], LEAVES[7], over(4, 6), over(0, 4)]),
    ]
    for start, end, size, proof in cases:
        assert verify_subtree(start, end, size, proof, over(start, end), over(0, size))
        assert not verify_subtree(start, end, size, proof, over(start, end), over(0, size + 1))
        assert not verify_subtree(start, end, size, proof, over(start, end - 1), over(0, size))


def test_a_frontier_goes_on_from_its_unfinished_tiles() -> None:
    whole, filled = Frontier(), []
    for count in range(66_000):
        filled += whole.append(count.to_bytes(32, "big"))
    assert [tile.level for tile in filled].count(0) == 66_000 // TILE_WIDTH
    assert [tile.level for tile in filled].count(1) == 1
    assert all(tile.full for tile in filled)
    again = Frontier.resume(whole.size, whole.tiles())
    assert (again.size, again.root(), again.tiles()) == (66_000, whole.root(), whole.tiles())
    assert again.extend(LEAVES) == whole.extend(LEAVES)
    assert again.root() == whole.root()


def test_a_frontier_may_end_with_a_level() -> None:
    frontier = Frontier()
    frontier.extend(count.to_bytes(32, "big") for count in range(512))
    again = Frontier.resume(512, frontier.tiles())
    assert again.root() == frontier.root()
    assert Frontier.resume(0, ()).root() == EMPTY_ROOT


@pytest.mark.parametrize(
    ("size", "edge"),
    [
        (3, []),
        (3, [Tile(0, 0, tuple(LEAVES[:2]))]),
        (259, [Tile(0, 0, tuple(LEAVES[:3])), Tile(1, 0, (LEAVES[0],))]),
        (3, [Tile(0, 0, tuple(LEAVES[:3])), Tile(1, 0, (LEAVES[0],))]),
    ],
)
def test_a_frontier_does_not_go_on_from_tiles_that_do_not_fit(size: int, edge: list[Tile]) -> None:
    with pytest.raises(ValueError, match=f"a log of {size}"):
        Frontier.resume(size, edge)


def test_whole_tiles_are_added_by_their_root() -> None:
    by_leaf, by_tile = Frontier(), Frontier()
    by_leaf.extend(LEAVES[:512])
    assert by_tile.append_tile(root_of(LEAVES[:256])) == []
    by_tile.append_tile(root_of(LEAVES[256:512]))
    assert by_tile.size == 512
    by_leaf.extend(LEAVES[512:520])
    assert by_tile.root_with(LEAVES[512:520]) == by_leaf.root()
    by_tile.extend(LEAVES[512:513])
    with pytest.raises(ValueError, match="is begun"):
        by_tile.append_tile(LEAVES[0])


def test_a_tile_tells_its_bytes() -> None:
    tile = Tile(0, 0, (LEAVES[0], LEAVES[1]))
    assert not tile.full
    assert tile.content == LEAVES[0] + LEAVES[1]
    assert tile.root == node_hash(LEAVES[0], LEAVES[1])
