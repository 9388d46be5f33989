"""Where a step is found: its key may name a pass of a loop (`spray#2`), so it is always quoted."""

from urllib.parse import quote
from uuid import UUID


def of_step(batch: UUID | str, step: str) -> str:
    """The page of a step; the API has the same below its own root."""
    return f"/batches/{batch}/steps/{quote(step, safe='')}"
