"""Copies of the whole ledger for who inspects: each asked for with its purpose, and on record."""

from uuid import UUID

from flask import Response, request

from ebr import trail
from ebr.identity import Right
from ebr.trail import CopyLedger
from ebr.web import asking, binding, responses, work
from ebr.web.routing import Route


def show_copies() -> Response:
    """The form of a new copy, and every copy that was taken, newest first."""
    return responses.show(
        "trail/copies.html",
        found=work.ask(trail.copies, after=request.args.get("after") or None),
        newer="after" in request.args,
        seal=work.ask(trail.seal),
        me=work.actor().person,
    )


def copy_ledger() -> Response:
    """Say on record that the ledger is copied; the archive is then fetched from the list."""
    work.act(trail.copy_ledger, binding.bind(CopyLedger))
    return responses.see("/ledger", said="Recorded. The copy stands first in the list.")


def fetch_copy(copy: UUID) -> Response:
    """The archive of a copy that this person has asked for."""
    found = work.ask(trail.copy, copy, work.actor().person)
    pieces = trail.written(asking.settings(), found)
    return responses.archive(pieces, f"{found.name}.tar")


TAKE = Right.EXPORT_LEDGER
ROUTES = (
    Route("GET", "/ledger", show_copies, TAKE, menu="Copies of the ledger", icon="archive"),
    Route("POST", "/ledger/copies", copy_ledger, TAKE, form=show_copies),
    Route("GET", "/ledger/copies/<uuid:copy>.tar", fetch_copy, TAKE),
)
