"""Copies of the whole ledger for programs: asked for on record, then fetched as one archive."""

from uuid import UUID

from flask import Response, request

from ebr import trail
from ebr.identity import Right
from ebr.kernel import Page
from ebr.trail import CopyLedger, CopyView
from ebr.web import asking, binding, responses, work
from ebr.web.routing import API, Route


def list_copies() -> Response:
    """Every copy of the ledger that was taken, newest first; `after` turns the page."""
    return responses.answer(work.ask(trail.copies, after=request.args.get("after")))


def copy_ledger() -> Response:
    """Take a copy of the ledger up to its newest checkpoint, on record and for a purpose."""
    asked = UUID(work.act(trail.copy_ledger, binding.bind(CopyLedger)))
    found = work.ask(trail.copy, asked, work.actor().person)
    return responses.answer(found, status=201, location=f"{API}{COPIES}/{asked}.tar")


def fetch_copy(copy: UUID) -> Response:
    """The archive of a copy that the caller has asked for: always the same bytes.

    It unpacks to a folder that `python -m audit verify` takes, and any reader of tlog-tiles.
    """
    found = work.ask(trail.copy, copy, work.actor().person)
    pieces = trail.written(asking.settings(), found)
    return responses.archive(pieces, f"{found.name}.tar")


COPIES = "/ledger/copies"
TAKE = Right.EXPORT_LEDGER
ROUTES = (
    Route("GET", COPIES, list_copies, TAKE, answers=Page[CopyView], asks=("after",)),
    Route("POST", COPIES, copy_ledger, TAKE, takes=CopyLedger, answers=CopyView, status=201),
    Route("GET", COPIES + "/<uuid:copy>.tar", fetch_copy, TAKE, gives=responses.TAR),
)
