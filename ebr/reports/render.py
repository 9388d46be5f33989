"""View and template → PDF/A-3a, tagged, the record itself attached; the same bytes each time."""

from datetime import datetime
from pathlib import Path
from typing import Any

import weasyprint
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint.urls import URLFetcher

from ebr import batches
from ebr.batches import BatchRecord
from ebr.reports import drawn
from ebr.reports.catalogue import BATCH_RECORD, REPORTS
from ebr.reports.prints import Print, Rendered
from ebr.reports.seal import Seal
from ebr.reports.words import Paper, printable, qr, with_glyphs

HERE = Path(__file__).parent
ATTACHED = "record.json"


def render(record: BatchRecord, seal: Seal, print_: Print) -> Rendered:
    """The batch record on paper. Raises FileNotFoundError when one of our fonts is not there."""
    printable()
    html = with_glyphs(html_of(record, seal, print_))
    content = batches.record_document(record)
    at = datetime.fromisoformat(print_.at)
    # All of them to write_pdf: `render` alone ignores them and says nothing.
    options: dict[str, Any] = {
        "pdf_variant": "pdf/a-3a",
        "pdf_tags": True,
        "pdf_identifier": bytes.fromhex(seal.digest)[:16],
        "attachments": [
            weasyprint.Attachment(
                string=content,
                name=ATTACHED,
                description="The record as data; its SHA-256 is the record digest",
                relationship="Source",
                created=at,
                modified=at,
            )
        ],
    }
    fetcher = URLFetcher(allowed_protocols={"file"}, fail_on_errors=True)
    document = weasyprint.HTML(
        string=html, base_url=f"{HERE.as_uri()}/", url_fetcher=fetcher
    ).render(pdf_variant=options["pdf_variant"], pdf_tags=True)
    return Rendered(pdf=document.write_pdf(**options), pages=len(document.pages))


def html_of(record: BatchRecord, seal: Seal, print_: Print) -> str:
    """The document before it becomes pages."""
    report = REPORTS[BATCH_RECORD]
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= Paper(record).filters()
    return environment.get_template(report.template).render(
        r=record,
        l=seal,
        p=print_,
        toc=report.contents,
        qr=qr(seal.note),
        drawn=drawn.procedure(record),
    )
