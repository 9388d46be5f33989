"""Every report: its name, its template, who may ask for it, and what kinds of copy there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from ebr.identity import Right


class Copy(StrEnum):
    """What a printed copy is worth."""

    CONTROLLED = "controlled"  # numbered, kept; made at the disposition of the batch
    UNCONTROLLED = "uncontrolled"  # a further copy; says so across each page
    DRAFT = "draft"  # of a batch that is not closed; says so across each page


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One report."""

    title: str
    template: str
    right: Right
    contents: tuple[tuple[str, str], ...]  # anchor and title of each section


BATCH_RECORD = "batch_record"
REPORTS: Mapping[str, Report] = MappingProxyType(
    {
        BATCH_RECORD: Report(
            title="Batch record",
            template="batch_record.html",
            right=Right.VIEW_RECORDS,
            contents=(
                ("exceptions", "Exceptions and review summary"),
                ("people", "Signature register"),
                ("materials", "Materials"),
                ("yield", "Yield, reconciliation, lots produced"),
                ("equipment", "Equipment, status at use"),
                ("procedure", "Procedure as executed"),
                ("steps", "Record, step by step"),
                ("ipc", "In-process checks and results"),
                ("comments", "Remarks and refused attempts"),
                ("audit", "Audit trail"),
                ("integrity", "Integrity, verification, end"),
            ),
        ),
    }
)
