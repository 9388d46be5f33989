"""A small ledger with everything in it that a ledger can hold, always of the same bytes."""

import shutil
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from audit.canonical import Plain, canonical, instant
from audit.checkpoint import Checkpoint, SigningKey
from audit.entry import abridge, compose_body, entry_hash
from audit.export import write_export
from audit.layout import pack, tile_path, unpack
from audit.memory import MemoryLedger
from audit.merkle import Frontier
from audit.policy import Policy
from audit.signature import Signature, SignedAct, prove

ORIGIN = "batchline.example/test/audit"
LOG_KEY = SigningKey(ORIGIN, bytes(range(32)))
SIGNATURE_KEY = SigningKey(f"{ORIGIN}/signatures", bytes(range(32, 64)))
POLICY = Policy.of(ORIGIN, [LOG_KEY.verifying], [SIGNATURE_KEY.verifying])
START = datetime(2026, 1, 31, 11, 59, tzinfo=UTC)
KELLER: Mapping[str, Plain] = {
    "person": "0199d3a8-0000-7000-8000-000000000001",
    "account": "0199d3a8-0000-7000-8000-00000000000a",
    "name": "M. Keller",
    "role": "Operator",
    "kind": "human",
}


class Ticks:
    """A clock that goes on by a second each time it is read."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def an_event(kind: str = "batch.value.recorded", **data: Plain) -> dict[str, Plain]:
    return {"kind": kind, "v": 1, "data": data or {"value": {"value": "12.50", "unit": "kg"}}}


def a_body(*events: dict[str, Plain], **parts: object) -> dict[str, Plain]:
    told: dict[str, object] = {"actor": KELLER, "station": "DB-2", "request": "r-1", **parts}
    return compose_body(events or (an_event(),), **told)  # type: ignore[arg-type]  # any of them


def a_draft(shown: str, **parts: str) -> Signature:
    told: dict[str, str] = {
        "meaning": "performed",
        "person": str(KELLER["person"]),
        "account": str(KELLER["account"]),
        "name": "M. Keller",
        "role": "Operator",
        "at": instant(START),
        "method": "password",
        "station": "DB-2",
        **parts,
    }
    return Signature(components=("login", "password"), shown=shown, **told)


def an_empty_ledger() -> MemoryLedger:
    return MemoryLedger(ORIGIN, Ticks())


def act(ledger: MemoryLedger, stream: str, *events: dict[str, Plain], **parts: object) -> bytes:
    """Append to a stream where it stands."""
    return ledger.append(stream, ledger.head(stream).seq, a_body(*events, **parts))


def signed_act(ledger: MemoryLedger, stream: str, request: str = "r-signed") -> bytes:
    """Append an act with one electronic signature, its statement kept."""
    events = (an_event("batch.step.completed", step="charge-ethanol"),)
    shown = ledger.keep(canonical({"statement": "Step charge-ethanol is complete", "to": stream}))
    where = SignedAct(events, request, ORIGIN, stream)
    signature = prove(SIGNATURE_KEY, a_draft(shown), where)
    return act(ledger, stream, *events, request=request, signatures=(signature,))


def a_change(op: str = "UPDATE", **cells: Plain) -> dict[str, Plain]:
    told: dict[str, Plain] = {"status": "open", **cells}
    return {
        "key": {"id": "7"},
        "new": None if op == "DELETE" else {**told, "status": "done"},
        "old": None if op == "INSERT" else told,
        "op": op,
        "table": "batches.step",
    }


def a_ledger(entries: int = 12) -> MemoryLedger:
    """A sealed ledger of a few streams: signatures, changes, blobs, a refused attempt."""
    ledger = an_empty_ledger()
    for number in range(entries - 6):
        if number % 3 == 0:
            ledger.capture(a_change())
        act(ledger, f"batch/B-{number % 3}", request=f"r-{number}", refs=("lot/L-1",))
    signed_act(ledger, "batch/B-0")
    signed_act(ledger, "batch/B-1")
    long = abridge(an_event("recipe.drafted", text="Charge ethanol. " * 400), ledger.keep)
    act(ledger, "recipe/R-1", long)  # type: ignore[arg-type]  # an event stays one
    for op in ("INSERT", "UPDATE", "DELETE"):
        ledger.capture(a_change(op, note="µ" * 3000))
    act(ledger, "lot/L-1", reason={"code": "typing", "text": "misread the label"})
    for row in range(300):
        ledger.capture(a_change("INSERT", note=f"row {row} " * 10))
    ledger.capture(a_change("INSERT", note="kept within the kept array " * 200))
    act(ledger, "lot/L-1", reason={"code": None, "text": "import of last year's lots"})
    refused = an_event("attempt.refused", operation="release_batch", reasons=[])
    ledger.append("attempt/DB-2", None, a_body(refused, request="r-refused"))
    ledger.seal(LOG_KEY)
    return ledger


def an_export(folder: Path, ledger: MemoryLedger | None = None) -> Path:
    """An export of a ledger into a new folder."""
    out = folder / "export"
    write_export(ledger or a_ledger(), out, POLICY)
    return out


def leaves_of(folder: Path) -> list[bytes]:
    """The leaves of an export of no more than one bundle."""
    (bundle,) = (folder / "tile" / "entries" / "000.p").iterdir()
    return unpack(bundle.read_bytes(), int(bundle.name))


def sealed_anew(folder: Path, leaves: list[bytes], key: SigningKey = LOG_KEY) -> None:
    """Rewrite what a thief of the log's key, but not of the signatures', would publish."""
    shutil.rmtree(folder / "tile")
    frontier = Frontier()
    frontier.extend(map(entry_hash, leaves))
    files = {tile_path(None, 0, len(leaves)): pack(leaves)}
    files |= {tile_path(0, 0, len(tile.hashes)): tile.content for tile in frontier.tiles()}
    for path, content in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    checkpoint = Checkpoint(ORIGIN, frontier.size, frontier.root())
    (folder / "checkpoint").write_bytes(checkpoint.sign(key))
