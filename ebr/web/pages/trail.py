"""The audit trail: who did what, when, why; from an act to its record and back, and out of here."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, request

from ebr import batches, inventory, maintenance, trail
from ebr.identity import Right
from ebr.kernel import Malformed, Unknown, plain
from ebr.trail import EntryLine, Filter, TrailPage
from ebr.web import asking, responses, work
from ebr.web.filters import PlantTime
from ebr.web.routing import Route
from ebr.web.screens import trail as screens

ASKED = ("record", "person", "kind", "since", "until")
EXPORT_MOST = 20_000
A_TIME = "Enter day and time, such as 21 Nov 2026 14:03."
WRITTEN = ("%d %b %Y %H:%M:%S", "%d %b %Y %H:%M", "%d %b %Y")


def show_trail() -> Response:
    """Acts, newest first, as the address filters them."""
    asked = _asked()
    faults: dict[str, tuple[str, ...]] = {}
    page, chosen = None, None
    try:
        chosen = _filter(asked)
        page = _page(chosen, before=_number("before"), after=_number("after"))
    except Malformed as error:
        faults = dict(error.faults)
    time = PlantTime(asking.settings().zone)
    return responses.show(
        "trail/list.html",
        asked=asked,
        faults_told=faults,
        page=page,
        days=screens.days(page.entries, time) if page else (),
        people=work.ask(trail.people),
        kinds=screens.KINDS,
        saved=[
            (words, f"/trail?{screens.query({**asked, **more})}") for words, more in screens.SAVED
        ],
        here_query=screens.query(asked),
        older=f"/trail?{screens.query(asked, before=page.older)}" if page and page.older else "",
        newer=f"/trail?{screens.query(asked, after=page.newer)}" if page and page.newer else "",
        stream=chosen.record if chosen else None,
        status=422 if faults else 200,
    )


def show_entry(entry: int) -> Response:
    """One act, whole: its sentence, its signatures, the bytes that are sealed."""
    found = work.ask(trail.entry, entry)
    return responses.show(
        "trail/entry.html",
        blocks=("raw",),
        entry=found,
        line=screens.line(found),
        seal=work.ask(trail.seal),
    )


def export_csv() -> Response:
    """Exactly what is filtered, as a table; instants carry their offset."""
    rest = _Rest(_filter(_asked()))
    time = PlantTime(asking.settings().zone)
    rows = screens.table(rest, time, rest.left)
    return _file(rows, "text/csv; charset=utf-8", "csv")


def export_json() -> Response:
    """Exactly what is filtered, as JSON."""
    rest = _Rest(_filter(_asked()))

    def parts() -> Iterator[str]:
        yield '{"entries":[\n'
        for n, each in enumerate(rest):
            yield (",\n" if n else "") + responses.written(plain(each)).rstrip("\n")
        yield '\n],"left_out":' + responses.written(rest.left()).rstrip("\n") + "}\n"

    return _file(parts(), "application/json", "json")


class _Rest:
    """Every act of a filter, page by page, up to the most that an export takes."""

    def __init__(self, chosen: Filter) -> None:
        self.chosen, self.before, self.ask = chosen, None, work.later()

    before: int | None

    def __iter__(self) -> Iterator[EntryLine]:
        count, self.before = 0, None
        while True:
            page: TrailPage = self.ask(trail.entries, self.chosen, before=self.before)
            yield from page.entries
            count += len(page.entries)
            self.before = page.older
            if page.older is None or count >= EXPORT_MOST:
                return

    def left(self) -> str:
        """What was left out; empty when everything came."""
        if self.before is None:
            return ""
        return f"Entries before {self.before} were left out: narrow the filter for them."


def _file(parts: Any, kind: str, ending: str) -> Response:
    answer = Response(parts, content_type=kind)
    answer.headers["Content-Disposition"] = f'attachment; filename="audit-trail.{ending}"'
    answer.headers["X-Accel-Buffering"] = "no"
    return answer


def _page(chosen: Filter, *, before: int | None = None, after: int | None = None) -> TrailPage:
    found: TrailPage = work.ask(trail.entries, chosen, before=before, after=after)
    return found


def _asked() -> dict[str, str]:
    return {name: request.args.get(name, "").strip() for name in ASKED}


def _filter(asked: dict[str, str]) -> Filter:
    """The filter of the address; `Malformed` with every fault."""
    faults: dict[str, tuple[str, ...]] = {}
    record = person = since = until = None
    try:
        record = _stream(asked["record"]) if asked["record"] else None
    except Unknown:
        faults["record"] = ("There is no batch, lot, equipment or recipe of this number.",)
    try:
        person = UUID(asked["person"]) if asked["person"] else None
    except ValueError:
        faults["person"] = ("Choose a person from the list.",)
    try:
        since = _instant(asked["since"]) if asked["since"] else None
    except ValueError:
        faults["since"] = (A_TIME,)
    try:
        until = _instant(asked["until"]) if asked["until"] else None
    except ValueError:
        faults["until"] = (A_TIME,)
    if faults:
        raise Malformed(faults)
    return Filter(
        record=record, person=person, kind=asked["kind"] or None, since=since, until=until
    )


def _stream(record: str) -> str:
    """The stream of a record by the number that people know it by."""
    if "/" in record:
        return record
    batch = work.ask(batches.batch_numbered, record)
    if batch is not None:
        return batches.stream(batch.id)
    equipment = work.ask(maintenance.equipment_by_code, record)
    if equipment is not None:
        return equipment.stream
    return work.ask(inventory.lot, record).stream


def _instant(text: str) -> datetime:
    """A day and time of the plant's wall, unless it says its own offset."""
    zone = asking.settings().zone
    for form in WRITTEN:
        with suppress(ValueError):
            return datetime.strptime(text, form).replace(tzinfo=zone)
    at = datetime.fromisoformat(text)
    return at if at.tzinfo else at.replace(tzinfo=zone)


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise Malformed({name: ("This is no place in the trail.",)})
    return int(text)


LOOK = Right.VIEW_TRAIL
ROUTES = (
    Route("GET", "/trail", show_trail, LOOK, menu="Audit trail", icon="history"),
    Route("GET", "/trail/<int:entry>", show_entry, LOOK),
    Route("GET", "/trail.csv", export_csv, LOOK),
    Route("GET", "/trail.json", export_json, LOOK),
)
