"""What every module stands on: the unit of work, who acts, errors, identifiers, kinds of tables."""

from ebr.kernel.actor import Actor
from ebr.kernel.database import Base, Derived, Kind, Operational, Raw, Recorded, table
from ebr.kernel.errors import (
    EbrError,
    Forbidden,
    Malformed,
    Reason,
    Refused,
    SignatureRejected,
    Stale,
    Unauthenticated,
    Unavailable,
    Unknown,
    Why,
    refuse_if,
    require_why,
)
from ebr.kernel.identifiers import new_id, new_token
from ebr.kernel.paging import Page, page
from ebr.kernel.secret import Secret

__all__ = [
    "Actor",
    "Base",
    "Derived",
    "EbrError",
    "Forbidden",
    "Kind",
    "Malformed",
    "Operational",
    "Page",
    "Raw",
    "Reason",
    "Recorded",
    "Refused",
    "Secret",
    "SignatureRejected",
    "Stale",
    "Unauthenticated",
    "Unavailable",
    "Unknown",
    "Why",
    "new_id",
    "new_token",
    "page",
    "refuse_if",
    "require_why",
    "table",
]
