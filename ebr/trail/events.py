"""What can have happened to the trail as a whole. Never renamed, never removed."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from ebr.kernel import register


@register
@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerCopied:
    """Somebody took a copy of the ledger, up to a checkpoint; what for is the entry's reason."""

    KIND: ClassVar[str] = "ledger.copied"
    VERSION: ClassVar[int] = 1
    copy: UUID
    size: int  # of the log under the checkpoint at which the copy ends
    root: str  # of the tree at that size, as the checkpoint has it
