"""What may be asked of the trail besides looking at it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyLedger:
    """Take a copy of the whole ledger out of the plant's software, for a purpose."""

    purpose: str = field(metadata={"most": 200})
