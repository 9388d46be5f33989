"""A verifier by somebody who has only the published page on the ledger, and none of our code.

    python stranger.py DIR ORIGIN LOG_KEY_HEX SIGNATURE_KEY_HEX [POLICY]

Keys are the 32 bytes of the public keys; of the policy only the rules for signatures are read.
Ends without a word when the export holds, with an AssertionError or another exception when it
does not.
"""

import base64
import hashlib
import itertools
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Never

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Heads = dict[str, tuple[int, bytes, str]]

HEADER = ["at", "prev", "seq", "site", "stream", "user", "xid"]
BODY = ["act", "actor", "events", "reason", "refs", "request", "signatures", "station"]


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def jcs(value: Any) -> bytes:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return text.encode()


def no_float(text: str) -> Never:
    raise AssertionError(f"float {text}")


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    assert all(re.fullmatch("[a-z0-9_]+", key) for key, _ in pairs), pairs
    assert len(dict(pairs)) == len(pairs), pairs
    return dict(pairs)


def read(line: bytes) -> Any:
    value = json.loads(line, object_pairs_hook=unique, parse_float=no_float)
    assert jcs(value) == line, line
    return value


def tree(row: list[bytes]) -> bytes:
    while len(row) > 1:
        pairs = zip(row[::2], row[1::2], strict=False)
        row = [sha(b"\1" + a + b) for a, b in pairs] + row[len(row) & ~1 :]
    return row[0] if row else sha(b"")


def opened(note: bytes, name: str, public: bytes) -> str:
    """The text of a note, once the key of that name is found to have signed it."""
    text, _, below = note.decode().rpartition("\n\n")
    text += "\n"
    key_id = sha(name.encode() + b"\n\1" + public)[:4]
    lines = [line for line in below.splitlines() if line.startswith(f"— {name} ")]
    stamps = [base64.b64decode(line.split(" ")[2]) for line in lines]
    assert stamps, "not signed"
    for stamp in stamps:
        assert stamp[:4] == key_id
        Ed25519PublicKey.from_public_bytes(public).verify(stamp[4:], text.encode())
    return text


def tile_name(kind: str, index: int, width: int) -> str:
    groups = [f"x{index // 1000**power % 1000:03}" for power in range(4, 0, -1)]
    while groups and groups[0] == "x000":
        groups.pop(0)
    path = "/".join(["tile", kind, *groups, f"{index % 1000:03}"])
    return path if width == 256 else f"{path}.p/{width}"


def stand_ins(value: Any) -> Iterator[tuple[str, int]]:
    if isinstance(value, dict) and value.keys() == {"sha256", "size"}:
        yield value["sha256"], value["size"]
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from stand_ins(part)


def blob(folder: Path, name: str, length: int | None = None) -> bytes:
    data = (folder / "blob" / name).read_bytes()
    assert sha(data).hex() == name
    assert length in (None, len(data))
    return data


def require_signed(rules: list[Any], body: Any) -> None:
    """Every signature that the rules ask for, by different persons, none of them set apart."""

    def one_of(told: dict[str, Any]) -> list[bool]:
        return [jcs(data.get(name)) in map(jcs, values) for name, values in told.items()]

    for rule, event in itertools.product(rules, body["events"]):
        data = event["data"]
        if event["kind"] != rule["kind"] or not all(one_of(rule.get("when", {}))):
            continue
        if any(one_of(rule.get("unless", {}))):
            continue
        apart = [data[name]["person"] for name in rule.get("apart", [])]
        signers = [
            [s["person"] for s in body["signatures"] if s["meaning"] == meaning]
            for meaning in rule["meanings"]
        ]
        assert any(
            len({*each, *apart}) == len(each) + len(set(apart))
            for each in itertools.product(*signers)
        ), rule


def entry(
    folder: Path, origin: str, key: bytes, leaf: bytes, heads: Heads, rules: list[Any]
) -> None:
    """One entry: its form, its place in the stream, its signatures and its blobs."""
    version, *lines = leaf.split(b"\n")
    header, body, changes = map(read, lines)
    assert version == b"batchline-entry/v1"
    assert (sorted(header), sorted(body)) == (HEADER, BODY)
    stream = header["stream"]
    assert re.fullmatch(r"[a-z_]+/[A-Za-z0-9._-]{1,64}", stream)
    first = sha(f"batchline-genesis/v1\n{origin}\n{stream}\n".encode())
    seq, prev, at = heads.get(stream, (0, first, ""))
    assert (header["seq"], header["prev"]) == (seq + 1, prev.hex()), "chain"
    assert header["site"] == origin
    assert header["at"] >= at, "time"
    heads[stream] = (seq + 1, sha(b"\0" + leaf), header["at"])
    assert body["act"] == body["events"][0]["kind"]
    require_signed(rules, body)
    name = f"{origin}/signatures\n\1".encode()
    for signature in body["signatures"]:
        proof = base64.b64decode(signature.pop("proof"))
        blob(folder, signature["shown"])
        bound = {
            "events": sha(jcs(body["events"])).hex(),
            "request": body["request"],
            "signature": signature,
            "site": origin,
            "stream": stream,
        }
        assert proof[:4] == sha(name + key)[:4]
        message = b"batchline-signature/v1\n" + jcs(bound)
        Ed25519PublicKey.from_public_bytes(key).verify(proof[4:], message)
    if isinstance(changes, dict):
        whole = read(blob(folder, changes["sha256"], changes["size"]))
        assert len(whole) == changes["count"]
        changes = whole
    for digest, length in stand_ins([body, changes]):
        blob(folder, digest, length)


def verify(
    folder: Path, origin: str, log_key: bytes, signature_key: bytes, rules: list[Any]
) -> None:
    note = (folder / "checkpoint").read_bytes()
    said, told, root, empty = opened(note, origin, log_key).split("\n")
    assert (said, empty) == (origin, "")
    size, row, heads = int(told), list[bytes](), Heads()
    for start in range(0, size, 256):
        width = min(256, size - start)
        bundle = (folder / tile_name("entries", start // 256, width)).read_bytes()
        for _ in range(width):
            length = int.from_bytes(bundle[:2], "big")
            leaf, bundle = bundle[2 : 2 + length], bundle[2 + length :]
            assert len(leaf) == length
            entry(folder, origin, signature_key, leaf, heads, rules)
            row.append(sha(b"\0" + leaf))
        assert not bundle
    assert base64.b64encode(tree(row)).decode() == root, "root"
    level = 0
    while row:
        for start in range(0, len(row), 256):
            part = row[start : start + 256]
            name = tile_name(str(level), start // 256, len(part))
            assert (folder / name).read_bytes() == b"".join(part), name
        row = [tree(row[start : start + 256]) for start in range(0, len(row) // 256 * 256, 256)]
        level += 1


if __name__ == "__main__":
    keys = [bytes.fromhex(word) for word in sys.argv[3:5]]
    pinned = json.loads(Path(sys.argv[5]).read_bytes()) if len(sys.argv) > 5 else {}
    verify(Path(sys.argv[1]), sys.argv[2], keys[0], keys[1], pinned.get("signatures", []))
