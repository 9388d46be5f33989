"""The whole record of a batch for programs: as data with its schema, and as the kept PDF."""

from uuid import UUID

from flask import Response, make_response, request

from audit.canonical import digest
from ebr import batches
from ebr.batches import BatchRecord
from ebr.identity import Right
from ebr.web import asking, responses, work
from ebr.web.routing import Route


def show_record(batch: UUID) -> Response:
    """The whole batch record, in canonical form: its SHA-256 is the record digest.

    The form is `batchline-record/v1` and is published beside it. The entity tag is the digest.
    """
    plant = asking.settings()
    found = work.ask(batches.batch_record, batch, site=plant.site, zone=plant.zone)
    content = batches.record_document(found)
    answer = make_response(content)
    answer.headers["Content-Type"] = "application/json"
    answer.headers["Cache-Control"] = "no-cache, private"
    answer.set_etag(digest(content))
    answer.make_conditional(request)
    return answer


def show_record_schema() -> Response:
    """The JSON Schema of the batch record."""
    return responses.answer(batches.record_schema())


ROUTES = (
    Route(
        "GET",
        "/batches/<uuid:batch>/record",
        show_record,
        Right.VIEW_RECORDS,
        answers=BatchRecord,
    ),
    Route("GET", "/schemas/batch-record.json", show_record_schema, Right.VIEW_RECORDS),
)
