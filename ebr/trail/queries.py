"""Questions to the audit trail. The cost follows what is shown, never how much there is.

Pages go by the entry's number: an entry that arrives meanwhile can neither be shown twice nor be
skipped. The columns beside the leaf find entries; what is shown is read from the leaf itself.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import RowMapping, text
from sqlalchemy.orm import Session

from audit.entry import parse_leaf
from ebr.kernel import Unknown
from ebr.trail import sentences
from ebr.trail.views import EntryLine, EntryView, Filter, Seal, TrailPage

KINDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "signed": (
            "batch.step.completed",
            "batch.step.witnessed",
            "batch.step.skipped",
            "batch.value.corrected",
            "batch.exception.decided",
            "batch.reviewed",
            "batch.released",
            "batch.rejected",
            "recipe.approved",
        ),
        "corrected": ("batch.value.corrected",),
        "refused": ("attempt.refused",),
        "exceptions": ("batch.exception.raised", "batch.exception.decided"),
        "access": (
            "session.started",
            "session.ended",
            "session.locked",
            "session.unlocked",
            "account.locked",
        ),
    }
)
PAGE = 100
# The statements are put together from the constants of this file; every value is bound (S608).
_COLUMNS = "e.id, e.at, e.stream, e.seq, e.act, e.leaf, e.hash"


def entries(
    session: Session,
    asked: Filter,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = PAGE,
) -> TrailPage:
    """A page of acts, newest first: those older than `before`, or newer than `after`."""
    upward = after is not None
    rows = found(session, asked, before=before, after=after, size=size + 1)
    more, rows = len(rows) > size, rows[:size]
    if upward:
        rows.reverse()
    lines = tuple(_line(row) for row in rows)
    first, last = (lines[0].id, lines[-1].id) if lines else (None, None)
    return TrailPage(
        entries=lines,
        older=last if (more or upward) else None,
        newer=first if (before is not None or (upward and more)) else None,
        seal=seal(session),
    )


def entry(session: Session, number: int) -> EntryView:
    """One act, whole."""
    row = (
        session.execute(
            text(
                f"SELECT {_COLUMNS}, l.idx FROM audit.entry e"  # noqa: S608  # columns of ours
                " LEFT JOIN audit.site_leaf l ON l.entry = e.id WHERE e.id = :id"
            ),
            {"id": number},
        )
        .mappings()
        .first()
    )
    if row is None:
        raise Unknown("entry")
    line = _line(row)
    return EntryView(
        **{name: getattr(line, name) for name in EntryLine.__dataclass_fields__},
        leaf=row["leaf"],
        hash=bytes(row["hash"]).hex(),
        seq=row["seq"],
        index=row["idx"],
    )


def seal(session: Session) -> Seal | None:
    """The newest signed checkpoint of the site's log, or None before the first."""
    row = session.execute(
        text("SELECT size, root, at, note FROM audit.checkpoint ORDER BY size DESC LIMIT 1")
    ).first()
    return Seal(size=row.size, root=row.root.hex(), at=row.at, note=row.note) if row else None


def people(session: Session) -> tuple[tuple[str, str], ...]:
    """Who may stand in the trail, as many as a choice can offer: identifier and name."""
    found = session.execute(
        text("SELECT id::text, name FROM identity.person ORDER BY name, id LIMIT 500")
    )
    return tuple((row[0], row[1]) for row in found)


def found(
    session: Session,
    asked: Filter,
    *,
    before: int | None = None,
    after: int | None = None,
    size: int = PAGE,
) -> list[RowMapping]:
    """The entries themselves, in the order in which the page is turned."""
    where, values = _where(asked)
    order = "ASC" if after is not None else "DESC"
    if before is not None:
        where.append("e.id < :mark")
    elif after is not None:
        where.append("e.id > :mark")
    values |= {"mark": before if before is not None else after, "size": size}
    if asked.record is None:
        chosen = (
            f"SELECT {_COLUMNS} FROM audit.entry e{_all(where)} ORDER BY e.id {order} LIMIT :size"  # noqa: S608  # columns of ours
        )
        return list(session.execute(text(chosen), values).mappings())
    # Within a stream numbers rise with the sequence, so each half is one index scan.
    values["record"] = asked.record
    own = (
        f"SELECT {_COLUMNS} FROM audit.entry e{_all(['e.stream = :record', *where])}"  # noqa: S608  # columns of ours
        f" ORDER BY e.seq {order} LIMIT :size"
    )
    named = (
        f"SELECT {_COLUMNS} FROM audit.entry_ref r JOIN audit.entry e ON e.id = r.entry"  # noqa: S608  # columns of ours
        f"{_all(['r.stream = :record', *where])} ORDER BY r.entry {order} LIMIT :size"
    )
    both = f"SELECT * FROM (({own}) UNION ALL ({named})) e ORDER BY e.id {order} LIMIT :size"  # noqa: S608  # columns of ours
    return list(session.execute(text(both), values).mappings())


def _where(asked: Filter) -> tuple[list[str], dict[str, Any]]:
    where: list[str] = []
    values: dict[str, Any] = {}
    if asked.person is not None:
        where.append("e.person = :person")
        values["person"] = str(asked.person)
    if asked.kind:
        where.append("e.act = ANY(:acts)")
        values["acts"] = list(KINDS.get(asked.kind, (asked.kind,)))
    if asked.since is not None:
        where.append("e.at >= :since")
        values["since"] = asked.since
    if asked.until is not None:
        where.append("e.at < :until")
        values["until"] = asked.until
    return where, values


def _all(where: list[str]) -> str:
    return f" WHERE {' AND '.join(where)}" if where else ""


def _line(row: RowMapping) -> EntryLine:
    try:
        held = parse_leaf(row["leaf"].encode())
        return sentences.line(row["id"], row["at"], row["stream"], held.body)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        # One entry that is not whole must not hide all others: it is told as what it is.
        return sentences.unreadable(row["id"], row["at"], row["stream"], row["act"], str(error))
