"""Whatever somebody does to an export, it is found; whatever the verifier is given, it answers."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.canonical import CanonicalError, Plain, canonical, is_canonical, parse
from audit.checkpoint import NoteError, parse_note
from audit.entry import EntryError, parse_leaf
from audit.layout import Directory
from audit.merkle import Tree, root_of, verify_consistency, verify_inclusion
from audit.policy import Policy, PolicyError
from audit.signature import Signature, SignatureError
from audit.verify import verify_export
from tests.builders.ledger import POLICY, a_ledger, an_export, leaves_of, sealed_anew
from tests.plugin import verifies

SIZE = 12
FOR_FILES = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return an_export(tmp_path_factory.mktemp("whole"), a_ledger(SIZE))


@contextmanager
def a_copy(whole: Path) -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "export"
        shutil.copytree(whole, copy)
        yield copy


@verifies("P11-10e-1", "P11-70-1")
@FOR_FILES
@given(st.data())
def test_any_changed_byte_of_an_export_is_found(whole: Path, data: st.DataObject) -> None:
    path = data.draw(st.sampled_from(sorted(Directory(whole).files())))
    content = bytearray((whole / path).read_bytes())
    place = data.draw(st.integers(0, len(content) - 1))
    content[place] ^= data.draw(st.integers(1, 255))
    with a_copy(whole) as copy:
        (copy / path).write_bytes(content)
        report = verify_export(copy, POLICY)
    assert report.breaches, (path, place)


@FOR_FILES
@given(st.data())
def test_any_file_cut_or_gone_is_found(whole: Path, data: st.DataObject) -> None:
    files = sorted(set(Directory(whole).files()) - {"policy.json"})
    path = data.draw(st.sampled_from(files))
    content = (whole / path).read_bytes()
    length = data.draw(st.integers(-1, len(content) - 1))
    with a_copy(whole) as copy:
        if length < 0:
            (copy / path).unlink()
        else:
            (copy / path).write_bytes(content[:length])
        assert verify_export(copy, POLICY).breaches


@verifies("P11-10e-1")
@FOR_FILES
@given(st.data())
def test_entries_dropped_reordered_doubled_or_moved_are_found_even_when_sealed_anew(
    whole: Path, data: st.DataObject
) -> None:
    leaves = leaves_of(whole)
    chosen = data.draw(st.lists(st.sampled_from(range(SIZE)), min_size=1, max_size=2 * SIZE))
    streams: dict[str, list[int]] = {}
    for number in chosen:
        streams.setdefault(parse_leaf(leaves[number]).header.stream, []).append(number)
    untouched = {
        stream: [n for n in range(SIZE) if parse_leaf(leaves[n]).header.stream == stream]
        for stream in streams
    }
    kept = (whole / "checkpoint").read_bytes()
    with a_copy(whole) as copy:
        sealed_anew(copy, [leaves[number] for number in chosen])
        report = verify_export(copy, POLICY)
        against = verify_export(copy, POLICY, {"kept": kept})
    # A beginning of each stream, in its own order, is what an honest younger log would be.
    honest = all(untouched[stream][: len(now)] == now for stream, now in streams.items())
    assert report.holds is honest
    assert against.holds is (chosen == list(range(SIZE)))


@verifies("P11-70-1")
@FOR_FILES
@given(st.data())
def test_a_byte_changed_in_an_entry_is_found_even_when_sealed_anew(
    whole: Path, data: st.DataObject
) -> None:
    leaves = leaves_of(whole)
    number = data.draw(st.integers(0, SIZE - 1))
    changed = bytearray(leaves[number])
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= data.draw(st.integers(1, 255))
    kept = (whole / "checkpoint").read_bytes()
    leaves[number] = bytes(changed)
    with a_copy(whole) as copy:
        sealed_anew(copy, leaves)
        assert verify_export(copy, POLICY, {"kept": kept}).breaches


@FOR_FILES
@given(st.data())
def test_the_verifier_answers_whatever_it_is_given(whole: Path, data: st.DataObject) -> None:
    leaves = leaves_of(whole)
    lines = [line for leaf in leaves for line in leaf.split(b"\n")]
    fragments = st.one_of(st.sampled_from(lines), st.binary(max_size=60), st.just(b"{}"))
    rubble = st.lists(fragments, min_size=1, max_size=5).map(b"\n".join)
    forged = data.draw(st.lists(rubble, min_size=1, max_size=8))
    with a_copy(whole) as copy:
        sealed_anew(copy, forged)
        for path in sorted(Directory(copy).files()):
            if path.startswith("blob/") and data.draw(st.booleans()):
                (copy / path).write_bytes(data.draw(st.binary(max_size=80)))
        assert list(verify_export(copy, POLICY).lines())


@given(st.binary(max_size=400))
def test_every_reader_answers_any_bytes_with_a_value_or_its_own_error(content: bytes) -> None:
    for read, error in (
        (parse, CanonicalError),
        (parse_leaf, EntryError),
        (parse_note, NoteError),
        (Policy.parse, PolicyError),
    ):
        try:
            read(content)
        except error:
            continue


PLAIN: st.SearchStrategy[Plain] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.from_regex("[a-z0-9_]+", fullmatch=True), inner, max_size=5)
    ),
    max_leaves=20,
)


@given(PLAIN)
def test_what_is_written_is_read_again_and_nothing_else_is(value: Plain) -> None:
    text = canonical(value)
    assert parse(text) == value
    assert canonical(parse(text)) == text


@given(PLAIN, st.data())
def test_of_all_texts_of_a_value_one_is_canonical(value: Plain, data: st.DataObject) -> None:
    text = bytearray(canonical(value))
    place = data.draw(st.integers(0, len(text)))
    text[place:place] = data.draw(st.sampled_from([b" ", b"\n", b"\t", b"\\", b"0", b'"']))
    if is_canonical(bytes(text)):
        assert parse(bytes(text)) != value


@given(PLAIN)
def test_any_value_is_a_signature_or_refused(value: Plain) -> None:
    with pytest.raises(SignatureError):
        Signature.parse(value)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=70), st.data())
def test_every_proof_holds_and_for_its_own_leaf_only(
    hashes: list[bytes], data: st.DataObject
) -> None:
    tree = Tree(hashes)
    index = data.draw(st.integers(0, len(hashes) - 1))
    proof = tree.inclusion(index)
    assert verify_inclusion(hashes[index], index, len(hashes), proof, tree.root())
    other = data.draw(st.integers(0, len(hashes) - 1))
    if hashes[other] != hashes[index]:
        assert not verify_inclusion(hashes[other], index, len(hashes), proof, tree.root())
    old, steps = index + 1, tree.consistency(index + 1)
    assert verify_consistency(old, len(hashes), steps, root_of(hashes[:old]), tree.root())
    assert not verify_consistency(old, len(hashes), [*steps, b"\0" * 32], tree.root(old), b"")
