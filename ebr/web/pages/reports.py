"""The whole record of a batch on screen, and its copies on paper."""

from uuid import UUID

from flask import Response, request

from audit.canonical import digest
from ebr import batches, reports
from ebr.identity import Right
from ebr.reports import AskRecord
from ebr.web import asking, binding, responses, work
from ebr.web.routing import Route
from workflows.standing import CLOSED


def show_record(batch: UUID) -> Response:
    """Everything that is on record of a batch, in the order of the paper."""
    plant = asking.settings()
    found = work.ask(batches.batch_record, batch, site=plant.site, zone=plant.zone)
    return responses.show(
        "reports/record.html",
        record=found,
        digest=digest(batches.record_document(found)),
        copies=work.ask(reports.copies, batch),
        closed=found.batch.status in CLOSED,
        etag=found.entries[-1].hash,
    )


def show_record_pdf(batch: UUID) -> Response:
    """The kept PDF: of a closed batch the controlled copy, before that the newest draft."""
    found = work.ask(reports.kept_copy, batch)
    view = found.view
    return responses.document(found.pdf, "application/pdf", view.sha256, view.name)


def ask_for_record(batch: UUID) -> Response:
    """Have a copy rendered."""
    work.act(reports.ask_for_record, binding.bind(AskRecord, batch=batch))
    return responses.see(f"/batches/{batch}/record", said="The copy is being rendered.")


def list_asked() -> Response:
    """Every copy that was asked for, of all batches, the newest first."""
    found = work.ask(reports.asked_for, after=request.args.get("after") or None)
    return responses.show("reports/list.html", found=found, newer="after" in request.args)


RECORD = "/batches/<uuid:batch>/record"
ROUTES = (
    Route("GET", "/reports", list_asked, Right.VIEW_REPORTS, menu="Reports", icon="printer"),
    Route("GET", RECORD, show_record, Right.VIEW_RECORDS),
    Route("GET", RECORD + ".pdf", show_record_pdf, Right.VIEW_RECORDS),
    Route("POST", RECORD + "/copies", ask_for_record, Right.VIEW_RECORDS, form=show_record),
)
