"""A batch as its stream has left it, folded once and kept: only the tail is read again.

What is kept is a cache by (stream, sequence, hash at that sequence). A kept state whose hash is not
the stream's is dropped; dropping it changes nothing but the time it takes.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

import workflows
from ebr.kernel import (
    History,
    UnitOfWork,
    Unknown,
    held_together,
    history,
    register,
    register_upcast,
)
from workflows.recipe import Recipe
from workflows.upcasts import STEPS

KEPT_MOST = 256

for _event in workflows.EVENTS:
    register(_event)
for (_kind, _version), _step in STEPS.items():
    register_upcast(_kind, _version, _step)


@dataclass(frozen=True, slots=True)
class Found:
    """A batch (or None before its start) and the sequence of its stream."""

    batch: workflows.Batch | None
    seq: int

    @property
    def existing(self) -> workflows.Batch:
        """The batch; `Unknown` when it was never started."""
        if self.batch is None:
            raise Unknown("batch")
        return self.batch


@dataclass(frozen=True, slots=True)
class _Kept:
    seq: int
    hash: str
    batch: workflows.Batch


_kept: OrderedDict[str, _Kept] = OrderedDict()
_lock = threading.Lock()


def stream(batch: UUID) -> str:
    """Where the acts on a batch are recorded."""
    return f"batch/{batch}"


def load(work: UnitOfWork, batch: UUID) -> Found:
    """The batch for an act: what is decided on it stands on this sequence."""
    return _fold(stream(batch), work.tail)


def read(session: Session, batch: UUID) -> Found:
    """The batch for a page or a query."""
    return _fold(stream(batch), lambda name, after: history(session, name, after))


def recipe_of(session: Session, batch: UUID) -> Recipe:
    """The recipe that a batch is bound to: from its start on it never changes."""
    with _lock:
        kept = _kept.get(stream(batch))
    return kept.batch.recipe if kept else read(session, batch).existing.recipe


def forget() -> None:
    """Drop every kept state."""
    with _lock:
        _kept.clear()


def _fold(name: str, tail: Callable[[str, int], History]) -> Found:
    with _lock:
        kept = _kept.get(name)
    found = tail(name, kept.seq if kept else 0)
    if kept and found.anchor != kept.hash:
        kept, found = None, tail(name, 0)
    with held_together(name, found.seq):
        folded = workflows.replay(found.events, kept.batch if kept else None)
    if folded is not None:
        _keep(name, _Kept(found.seq, found.head_hash, folded))
    return Found(folded, found.seq)


def _keep(name: str, state: _Kept) -> None:
    with _lock:
        _kept[name] = state
        _kept.move_to_end(name)
        while len(_kept) > KEPT_MOST:
            _kept.popitem(last=False)
