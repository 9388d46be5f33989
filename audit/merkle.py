"""The site's log as one tree (RFC 6962): proof that an entry is in it, and that it only grew.

A leaf of the tree is the hash of an entry (`entry.entry_hash`). `Tree` keeps all of it and gives
proofs; `Frontier` keeps the growing edge only, which is all that the sealer needs to go on; the
verifying functions need nothing but the proof.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

HASH_BYTES = 32
TILE_WIDTH = 256
TILE_HEIGHT = 8
EMPTY_ROOT = sha256().digest()


def leaf_hash(leaf: bytes) -> bytes:
    """The hash of a leaf's bytes."""
    return sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash that stands for two neighbours."""
    return sha256(b"\x01" + left + right).digest()


def root_of(hashes: Sequence[bytes]) -> bytes:
    """The root over these hashes of leaves, or of equally high subtrees, from left to right."""
    if not hashes:
        return EMPTY_ROOT
    row = list(hashes)
    while len(row) > 1:
        # Invariant: RFC 6962 splits at the largest power of two, so that pairing from the left,
        # and carrying an odd last one up unchanged, meets the same tree.
        above = [node_hash(row[i], row[i + 1]) for i in range(0, len(row) - 1, 2)]
        row = above + row[len(row) & ~1 :]
    return row[0]


def root_from_leaves(leaves: Iterable[bytes]) -> bytes:
    """The root of the tree over these leaves."""
    return root_of([leaf_hash(leaf) for leaf in leaves])


class Tree:
    """A whole tree in memory, for proofs; each level keeps the hashes of its full subtrees."""

    def __init__(self, leaf_hashes: Iterable[bytes] = ()) -> None:
        self._levels: list[list[bytes]] = [[]]
        for one in leaf_hashes:
            self.append(one)

    @property
    def size(self) -> int:
        """How many leaves it has."""
        return len(self._levels[0])

    def append(self, one: bytes) -> int:
        """Add a leaf by its hash; returns its index."""
        level = 0
        self._levels[0].append(one)
        while len(self._levels[level]) % 2 == 0:
            pair = node_hash(*self._levels[level][-2:])
            level += 1
            if level == len(self._levels):
                self._levels.append([])
            self._levels[level].append(pair)
        return self.size - 1

    def leaf(self, index: int) -> bytes:
        """The hash of one leaf."""
        return self._levels[0][index]

    def root(self, size: int | None = None) -> bytes:
        """The root of the first `size` leaves; of all of them when no size is told."""
        size = self._within(size)
        return self._span(0, size) if size else EMPTY_ROOT

    def inclusion(self, index: int, size: int | None = None) -> list[bytes]:
        """The proof that a leaf is in the tree of the first `size` leaves."""
        size = self._within(size)
        if not 0 <= index < size:
            raise ValueError(f"there is no leaf {index} in a tree of {size}")
        return self._path(index, 0, size)

    def consistency(self, old: int, size: int | None = None) -> list[bytes]:
        """The proof that the tree of `old` leaves is the beginning of the tree of `size`."""
        size = self._within(size)
        if not 0 < old <= size:
            raise ValueError(f"a tree of {old} cannot be the beginning of one of {size}")
        return self._subproof(old, 0, size, whole=True)

    def _within(self, size: int | None) -> int:
        if size is None:
            return self.size
        if not 0 <= size <= self.size:
            raise ValueError(f"the tree has {self.size} leaves, not {size}")
        return size

    def _span(self, low: int, high: int) -> bytes:
        """The hash over leaves low to high, which begin at a multiple of a large enough power."""
        width = high - low
        level = width.bit_length() - 1
        if width == 1 << level:
            return self._levels[level][low >> level]
        middle = low + _largest_power_below(width)
        return node_hash(self._span(low, middle), self._span(middle, high))

    def _path(self, index: int, low: int, high: int) -> list[bytes]:
        if high - low == 1:
            return []
        middle = low + _largest_power_below(high - low)
        if index < middle:
            return [*self._path(index, low, middle), self._span(middle, high)]
        return [*self._path(index, middle, high), self._span(low, middle)]

    def _subproof(self, old: int, low: int, high: int, *, whole: bool) -> list[bytes]:
        if old == high:
            return [] if whole else [self._span(low, high)]
        middle = low + _largest_power_below(high - low)
        if old <= middle:
            return [*self._subproof(old, low, middle, whole=whole), self._span(middle, high)]
        return [*self._subproof(old, middle, high, whole=False), self._span(low, middle)]


def _largest_power_below(width: int) -> int:
    return 1 << ((width - 1).bit_length() - 1)


def verify_inclusion(
    one: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Whether the proof shows that leaf in the tree of that size and root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size or not _are_hashes([one, *proof]):
        return False
    place, last, found = index, size - 1, one
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = node_hash(step, found)
            while not place & 1 and place:
                place >>= 1
                last >>= 1
        else:
            found = node_hash(found, step)
        place >>= 1
        last >>= 1
    return last == 0 and found == root


def verify_consistency(
    old_size: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes
) -> bool:
    """Whether the proof shows the old tree to be the beginning of the new one (RFC 9162, 2.1.4.2).

    Every tree begins with the empty one, which shows nothing: False for an old size of 0.
    """
    return old_size > 0 and verify_subtree(0, old_size, size, proof, old_root, root)


def verify_subtree(
    start: int, end: int, size: int, proof: Sequence[bytes], part_root: bytes, root: bytes
) -> bool:
    """Whether the proof shows leaves start to end, with their root, to be part of the tree.

    The part begins at a multiple of the power of two that is no less than its width
    (draft-ietf-plants-merkle-tree-certs, 4.4); an empty part is part of every tree.
    """
    if not is_subtree(start, end) or end > size or not _are_hashes(proof):
        return False
    if start == end:
        return not proof and part_root == EMPTY_ROOT
    low, high, last = start, end - 1, size - 1
    while low != high and (high == last or high & 1):
        low, high, last = low >> 1, high >> 1, last >> 1
    steps = list(proof)
    if low == high:
        steps.insert(0, part_root)
    if not steps:
        return False
    found_part = found = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if high & 1 or high == last:
            if low < high:
                found_part = node_hash(step, found_part)
            found = node_hash(step, found)
            while high and not high & 1:
                low, high, last = low >> 1, high >> 1, last >> 1
        else:
            found = node_hash(found, step)
        low, high, last = low >> 1, high >> 1, last >> 1
    return last == 0 and found_part == part_root and found == root


def is_subtree(start: int, end: int) -> bool:
    """Whether leaves start to end are one node of every tree that is large enough."""
    width = end - start
    return 0 <= start <= end and (width == 0 or start % (1 << (width - 1).bit_length()) == 0)


def _are_hashes(proof: Sequence[bytes]) -> bool:
    return all(len(step) == HASH_BYTES for step in proof)


@dataclass(frozen=True, slots=True)
class Tile:
    """Up to 256 neighbouring hashes of one level: level 0 holds leaves, each level above roots."""

    level: int
    index: int
    hashes: tuple[bytes, ...]

    @property
    def full(self) -> bool:
        """Whether it will never change again."""
        return len(self.hashes) == TILE_WIDTH

    @property
    def content(self) -> bytes:
        """The hashes as they are published."""
        return b"".join(self.hashes)

    @property
    def root(self) -> bytes:
        """The one hash that stands for this tile on the level above."""
        return root_of(self.hashes)


class Frontier:
    """The growing edge of a tree: the unfinished tile of each level, and how many are finished.

    Its memory grows with the logarithm of the log. Write down `tiles()` beside every full tile
    that `append` gives, and `resume` goes on from there.
    """

    def __init__(self) -> None:
        self._edge: list[list[bytes]] = [[]]
        self._finished: list[int] = [0]

    @classmethod
    def resume(cls, size: int, edge: Iterable[Tile]) -> "Frontier":
        """The frontier of a tree of that size, from the unfinished tile of each level."""
        frontier = cls()
        given = {tile.level: tile for tile in edge}
        level, count = 0, size
        while count:
            finished, width = divmod(count, TILE_WIDTH)
            tile = given.pop(level, Tile(level, finished, ()))
            if tile.index != finished or len(tile.hashes) != width:
                raise ValueError(
                    f"a log of {size} needs tile {finished} of level {level} with {width} hashes, "
                    f"not tile {tile.index} with {len(tile.hashes)}"
                )
            frontier._at(level)
            frontier._edge[level] = list(tile.hashes)
            frontier._finished[level] = finished
            level, count = level + 1, finished
        if given:
            raise ValueError(f"a log of {size} has no tiles of level {min(given)}")
        return frontier

    @property
    def size(self) -> int:
        """How many leaves the tree has."""
        return self._finished[0] * TILE_WIDTH + len(self._edge[0])

    def append(self, one: bytes) -> list[Tile]:
        """Add the hash of a leaf; returns the tiles that it filled, lowest first."""
        return self._add(0, one)

    def extend(self, hashes: Iterable[bytes]) -> list[Tile]:
        """Add the hashes of many leaves; returns the tiles that they filled, in order."""
        return [tile for one in hashes for tile in self._add(0, one)]

    def append_tile(self, root: bytes) -> list[Tile]:
        """Add 256 leaves at once by the root of their tile, where no tile of leaves is begun."""
        if self._edge[0]:
            raise ValueError("a tile of leaves is begun; add leaves until it is full")
        self._finished[0] += 1
        return self._add(1, root)

    def _add(self, level: int, one: bytes) -> list[Tile]:
        filled = []
        self._at(level)
        self._edge[level].append(one)
        while len(self._edge[level]) == TILE_WIDTH:
            tile = Tile(level, self._finished[level], tuple(self._edge[level]))
            filled.append(tile)
            self._finished[level] += 1
            self._edge[level] = []
            level += 1
            self._at(level)
            self._edge[level].append(tile.root)
        return filled

    def _at(self, level: int) -> None:
        while len(self._edge) <= level:
            self._edge.append([])
            self._finished.append(0)

    def tiles(self) -> list[Tile]:
        """The unfinished tiles, lowest first."""
        return [
            Tile(level, self._finished[level], tuple(hashes))
            for level, hashes in enumerate(self._edge)
            if hashes
        ]

    def root(self) -> bytes:
        """The root of the tree as it is now."""
        return self.root_with(())

    def root_with(self, leaves: Sequence[bytes]) -> bytes:
        """The root once these leaves were added, without adding them; fewer than a tile's rest."""
        found = None
        for level, hashes in enumerate(self._edge):
            row = [*hashes, *leaves] if level == 0 else list(hashes)
            for power in _powers(len(row)):
                one = root_of(row[len(row) - power :])
                del row[len(row) - power :]
                found = one if found is None else node_hash(one, found)
        return EMPTY_ROOT if found is None else found


def _powers(width: int) -> list[int]:
    """The powers of two that a width consists of, smallest first."""
    return [1 << bit for bit in range(width.bit_length()) if width >> bit & 1]
