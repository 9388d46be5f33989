"""The audit trail for programs."""

from dataclasses import dataclass, fields
from datetime import datetime
from uuid import UUID

from flask import Response, request

from ebr import trail
from ebr.identity import Right
from ebr.kernel import Unknown
from ebr.trail import EntryView, Filter, Seal, TrailPage
from ebr.web import binding, responses, work
from ebr.web.routing import Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is asked of the trail, as it stands in the address."""

    record: str | None = None
    person: UUID | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: int | None = None
    after: int | None = None


def list_entries() -> Response:
    """Acts, newest first, filtered; `before` and `after` turn the page."""
    return responses.answer(found())


def found() -> TrailPage:
    """The page of the trail that this address asks for."""
    asked = binding.bind_values(Asked, {k: v for k, v in request.args.items() if v})
    chosen = Filter(
        record=asked.record,
        person=asked.person,
        kind=asked.kind,
        since=asked.since,
        until=asked.until,
    )
    return work.ask(trail.entries, chosen, before=asked.before, after=asked.after)


def show_entry(entry: int) -> Response:
    """One act, whole: the leaf byte for byte, its hash, its place in the site's log."""
    return responses.answer(work.ask(trail.entry, entry))


def show_checkpoint() -> Response:
    """The newest signed checkpoint of the site's log."""
    seal = work.ask(trail.seal)
    if seal is None:
        raise Unknown("checkpoint")
    return responses.answer(seal)


ROUTES = (
    Route(
        "GET",
        "/trail",
        list_entries,
        Right.VIEW_TRAIL,
        answers=TrailPage,
        asks=tuple(field.name for field in fields(Asked)),
    ),
    Route("GET", "/trail/<int:entry>", show_entry, Right.VIEW_TRAIL, answers=EntryView),
    Route("GET", "/checkpoint", show_checkpoint, Right.VIEW_TRAIL, answers=Seal),
)
