"""A record of the small recipe with everything that can depart from it, and its seal and print."""

from audit.canonical import digest
from audit.checkpoint import Checkpoint, SigningKey
from ebr.batches.record import BatchRecord, document
from ebr.reports.catalogue import Copy
from ebr.reports.prints import Print
from ebr.reports.seal import Seal
from tests.builders.small_plant import BATCH, BRANDT, ETHANOL, KELLER, SCALE
from tests.builders.told import ToldBench
from workflows.commands import AddComment, SkipStep, TypeWeight

KEY = SigningKey("batchline.example/demo/audit", bytes(32))


def eventful() -> ToldBench:
    """A released batch with a typed weight, three corrections, a skipped step, a remark."""
    made = ToldBench()
    made.start()
    made.until("scale")
    made.begin("weigh")
    made.do(
        TypeWeight(
            batch=BATCH, step="weigh", value="6728.1", unit="g", why="The line to it is down"
        ),
        KELLER,
        witness=BRANDT,
        container=ETHANOL,
        equipment=SCALE,
    )
    made.complete("weigh")
    made.witness("weigh")
    for key in ("clear", "room", "bottles", "mix"):
        made.drive(key)
    made.begin("check").record("check", "strength", "70.0")
    made.record("check", "strength", "80.1", why="The cylinder was not full")
    made.do(AddComment(batch=BATCH, step="check", text="Πρώτη μέτρηση < второй замер & 第三"))
    made.decided()
    made.complete("check")
    for value in ("79.9", "80.0", "80.2"):
        made.correct("check", "strength", value)
        made.complete("check")
    made.do(SkipStep(batch=BATCH, step="label", why="The labels come from the printer line"))
    made.until_rest("hand_over")
    made.released()
    return made


def seal_over(record: BatchRecord) -> Seal:
    """What a ledger would say of it: a checkpoint that is really signed."""
    content = document(record)
    checkpoint = Checkpoint(KEY.verifying.name, 200, bytes(range(32)))
    last = record.entries[-1]
    return Seal(
        digest=digest(content),
        bytes=len(content),
        seq=last.seq,
        hash=last.hash,
        index=198,
        origin=checkpoint.origin,
        size=checkpoint.size,
        root="AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
        note=checkpoint.sign(KEY).decode(),
        sealed_at=str(last.at),
        key=KEY.verifying.vkey,
        signatures=record.counts.signatures,
        breaches=(),
    )


def printed(record: BatchRecord, kind: Copy = Copy.CONTROLLED) -> Print:
    """The first print of a record."""
    return Print(
        kind=kind,
        number=1,
        by="H. Aalto, Qualified Person",
        at=str(record.entries[-1].at),
        purpose="release",
    )
