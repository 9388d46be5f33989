"""What every module stands on: the unit of work, who acts, errors, identifiers, kinds of tables."""

from ebr.kernel.actor import Actor
from ebr.kernel.codec import Event, Kept, plain, read, register, register_upcast, value_of, written
from ebr.kernel.database import Base, Derived, Kind, Operational, Raw, Recorded, table
from ebr.kernel.errors import (
    Breached,
    EbrError,
    Forbidden,
    Malformed,
    Overtaken,
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
    told,
)
from ebr.kernel.history import History, Told, held_together
from ebr.kernel.identifiers import new_id, new_token
from ebr.kernel.paging import Page, page, paged
from ebr.kernel.schema import bound, schema_of, shown
from ebr.kernel.secret import Secret
from ebr.kernel.unit_of_work import UnitOfWork, constraint, history, kept

__all__ = [
    "Actor",
    "Base",
    "Breached",
    "Derived",
    "EbrError",
    "Event",
    "Forbidden",
    "History",
    "Kept",
    "Kind",
    "Malformed",
    "Operational",
    "Overtaken",
    "Page",
    "Raw",
    "Reason",
    "Recorded",
    "Refused",
    "Secret",
    "SignatureRejected",
    "Stale",
    "Told",
    "Unauthenticated",
    "Unavailable",
    "UnitOfWork",
    "Unknown",
    "Why",
    "bound",
    "constraint",
    "held_together",
    "history",
    "kept",
    "new_id",
    "new_token",
    "page",
    "paged",
    "plain",
    "read",
    "refuse_if",
    "register",
    "register_upcast",
    "require_why",
    "schema_of",
    "shown",
    "table",
    "told",
    "value_of",
    "written",
]
