"""A page of rows and where the next begins: by key, never by offset.

Rows that arrive while somebody turns pages can then neither be shown twice nor be skipped.
"""

import base64
import binascii
import heapq
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from ebr.kernel.errors import Malformed

T = TypeVar("T")
Key = ColumnElement[Any] | InstrumentedAttribute[Any]
U = TypeVar("U")
MOST = 500


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows in order, and the mark of the next page if there is one."""

    items: tuple[T, ...]
    next: str | None = None

    def map(self, view: Callable[[T], U]) -> "Page[U]":
        """The same page with each row as its view."""
        return Page(tuple(view(item) for item in self.items), self.next)


def page(
    session: Session,
    statement: Select[*tuple[Any, ...]],
    *keys: Key,
    after: str | None = None,
    size: int = 50,
    newest_first: bool = False,
) -> Page[Any]:
    """One page of the statement's rows, ordered by `keys`, which must be unique and not null.

    Single-column (or entity) statements give the values themselves. Raises `Malformed` for a mark
    that is not ours.
    """
    size = max(1, min(size, MOST))
    if after:
        values = tuple(
            literal(value, key.type) for value, key in zip(_marked(after, keys), keys, strict=True)
        )
        row, mark = tuple_(*keys), tuple_(*values)
        statement = statement.where(row < mark if newest_first else row > mark)
    ordered = statement.order_by(*(key.desc() if newest_first else key.asc() for key in keys))
    rows = session.execute(ordered.add_columns(*keys).limit(size + 1)).all()
    width = len(keys)
    found = tuple(row[0] if len(row) == width + 1 else tuple(row[:-width]) for row in rows[:size])
    return Page(found, _mark(tuple(rows[size - 1][-width:])) if len(rows) > size else None)


def paged(
    items: Iterable[T], key: Callable[[T], tuple[int, ...]], *, after: str | None = None, size: int
) -> Page[T]:
    """The same for what is held in memory: the page of items whose keys follow the mark's.

    Keys are unique. What is not shown is only looked at, never made into a view.
    """
    size = max(1, min(size, MOST))
    mark = _whole(after) if after else None
    rest = (item for item in items if mark is None or key(item) > mark)
    found = heapq.nsmallest(size + 1, rest, key=key)
    return Page(tuple(found[:size]), _mark(key(found[size - 1])) if len(found) > size else None)


def _mark(values: tuple[Any, ...]) -> str:
    texts = [v.isoformat() if isinstance(v, date) else v for v in values]
    written = json.dumps([v if isinstance(v, int | str) else str(v) for v in texts])
    return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")


def _marked(mark: str, keys: tuple[Key, ...]) -> list[Any]:
    try:
        values = _values(mark)
        return [_typed(v, key.type.python_type) for v, key in zip(values, keys, strict=True)]
    except (ValueError, TypeError, binascii.Error) as error:
        raise _not_ours() from error


def _whole(mark: str) -> tuple[int, ...]:
    try:
        values = _values(mark)
    except (ValueError, binascii.Error) as error:
        raise _not_ours() from error
    if not isinstance(values, list) or not all(type(value) is int for value in values):
        raise _not_ours()
    return tuple(values)


def _values(mark: str) -> Any:
    return json.loads(base64.urlsafe_b64decode(mark + "=" * (-len(mark) % 4)))


def _not_ours() -> Malformed:
    return Malformed({"after": ("This is not the mark of a page.",)})


def _typed(value: Any, kind: type[Any]) -> Any:
    if kind is UUID:
        return UUID(value)
    if kind in (date, datetime):
        return kind.fromisoformat(value)
    return kind(value)
