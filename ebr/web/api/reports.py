"""The whole record of a batch for programs: as data with its schema, as BatchML, as PDF."""

from uuid import UUID

from flask import Response, request

from audit.canonical import digest
from ebr import batches, reports
from ebr.batches import BatchRecord
from ebr.identity import Right
from ebr.kernel import Malformed, Page
from ebr.reports import AskedView, AskRecord, Copy, CopyView
from ebr.web import asking, binding, responses, work
from ebr.web.routing import Route


def show_record(batch: UUID) -> Response:
    """The whole batch record, in canonical form: its SHA-256 is the record digest.

    The form is `batchline-record/v1` and is published beside it. The entity tag is the digest.
    """
    plant = asking.settings()
    found = work.ask(batches.batch_record, batch, site=plant.site, zone=plant.zone)
    content = batches.record_document(found)
    return responses.document(content, "application/json", digest(content))


def show_record_xml(batch: UUID) -> Response:
    """The record as a BatchML batch production record (0700), valid against its published schema.

    `RecordStatus` is `draft` as long as the batch is not closed; the digest of the record in its
    own form is its `ExternalReference`. The entity tag is the digest of the document.
    """
    plant = asking.settings()
    found = work.ask(batches.batch_record, batch, site=plant.site, zone=plant.zone)
    content = reports.production_record(found)
    name = f"batch-record-{found.batch.number}.xml"
    return responses.document(content, XML, digest(content), name)


def show_record_schema() -> Response:
    """The JSON Schema of the batch record."""
    return responses.answer(batches.record_schema())


def list_copies(batch: UUID) -> Response:
    """Every copy of the record that was rendered, with purpose and digests."""
    return responses.answer(Page(work.ask(reports.copies, batch)))


def show_record_pdf(batch: UUID) -> Response:
    """The kept PDF: of a closed batch the controlled copy, before that the newest draft.

    `kind` chooses another one. 503 with Retry-After while it is being rendered.
    """
    asked = request.args.get("kind")
    if asked and asked not in set(Copy):
        raise Malformed({"kind": (f"Choose one of {', '.join(Copy)}.",)})
    found = work.ask(reports.kept_copy, batch, Copy(asked) if asked else None)
    view = found.view
    return responses.document(found.pdf, PDF, view.sha256, view.name)


def ask_for_record(batch: UUID) -> Response:
    """Have a copy rendered: a draft, or a further copy of a closed record."""
    work.act(reports.ask_for_record, binding.bind(AskRecord, batch=batch))
    return list_copies(batch)


def list_asked() -> Response:
    """Every copy that was asked for, of all batches, newest first; `after` turns the page."""
    return responses.answer(work.ask(reports.asked_for, after=request.args.get("after")))


PDF = "application/pdf"
XML = "application/xml"
RECORD = "/batches/<uuid:batch>/record"
ROUTES = (
    Route(
        "GET", "/reports", list_asked, Right.VIEW_REPORTS, answers=Page[AskedView], asks=("after",)
    ),
    Route(
        "GET",
        RECORD,
        show_record,
        Right.VIEW_RECORDS,
        answers=BatchRecord,
    ),
    Route("GET", RECORD + ".xml", show_record_xml, Right.VIEW_RECORDS, gives=XML),
    Route("GET", RECORD + ".pdf", show_record_pdf, Right.VIEW_RECORDS, gives=PDF, asks=("kind",)),
    Route("GET", RECORD + "/copies", list_copies, Right.VIEW_RECORDS, answers=Page[CopyView]),
    Route(
        "POST",
        RECORD + "/copies",
        ask_for_record,
        Right.VIEW_RECORDS,
        takes=AskRecord,
        answers=Page[CopyView],
    ),
    Route(
        "GET", "/schemas/batch-record.json", show_record_schema, Right.VIEW_RECORDS, answers=dict
    ),
)
