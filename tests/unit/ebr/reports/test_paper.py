"""The record on paper: the same bytes, the same words as the data, nothing hidden, nothing lost."""

import hashlib
import io
import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pypdf
import pytest

from ebr.batches.record import BatchRecord, document
from ebr.kernel.writing import PlantTime, amount
from ebr.reports import press, words
from ebr.reports.catalogue import BATCH_RECORD, REPORTS, Copy
from ebr.reports.press import PressFailed
from ebr.reports.prints import Rendered
from ebr.reports.render import html_of
from tests.builders.paper import eventful, printed, seal_over
from tests.builders.told import ZONE
from tests.plugin import verifies


@cache
def record() -> BatchRecord:
    """A released batch in which much departed from the recipe."""
    return eventful().told


@cache
def paper() -> Rendered:
    """Its controlled copy."""
    return pressed(Copy.CONTROLLED)


def pressed(kind: Copy) -> Rendered:
    """A copy as the renderer has it made, in a process of its own."""
    return press.printed(document(record()), seal_over(record()), printed(record(), kind))


def reader() -> pypdf.PdfReader:
    """The copy, opened."""
    return pypdf.PdfReader(io.BytesIO(paper().pdf))


def catalogue() -> Any:
    """The root of the file."""
    return reader().trailer["/Root"].get_object()


@cache
def text() -> str:
    """Everything that is printed, white space made alike."""
    return " ".join(" ".join(page.extract_text() for page in reader().pages).split())


def test_two_presses_print_the_same_bytes() -> None:
    again = pressed(Copy.CONTROLLED)
    assert hashlib.sha256(again.pdf).hexdigest() == hashlib.sha256(paper().pdf).hexdigest()
    assert again.pages == paper().pages == len(reader().pages)


def test_a_press_refuses_a_record_that_is_not_the_sealed_one() -> None:
    seal = replace(seal_over(record()), digest="0" * 64)
    with pytest.raises(PressFailed, match="not the one that is sealed"):
        press.printed(document(record()), seal, printed(record()))


def test_the_procedure_as_executed_stands_on_one_page_in_letters_and_lines() -> None:
    told = [" ".join(page.extract_text().split()) for page in reader().pages]
    (drawn,) = [n for n, page in enumerate(told) if "From above downwards" in page]
    assert "1.12 Print specimen skipped, reason on record" in told[drawn]
    assert all(f"{step.number} {step.title}" in told[drawn] for step in record().steps)
    assert not reader().pages[drawn].images


def test_the_record_is_attached_as_its_source_byte_for_byte() -> None:
    attached = reader().attachments["record.json"]
    assert attached == [document(record())]
    files = catalogue()["/AF"]
    assert {str(each.get_object()["/AFRelationship"]) for each in files} == {"/Source"}


def test_the_file_claims_pdf_a_3a_and_is_tagged() -> None:
    found = catalogue()
    assert found["/MarkInfo"]["/Marked"]
    assert str(found["/Lang"]) == "en"
    assert "/StructTreeRoot" in found
    assert "/OutputIntents" in found
    metadata = found["/Metadata"].get_object().get_data().decode()
    assert re.search(r"pdfaid:part[^0-9]*3", metadata)
    assert re.search(r"pdfaid:conformance[^A-Z]*A", metadata)
    assert b"/JavaScript" not in paper().pdf


def test_only_our_fonts_are_in_the_file_and_all_are_embedded() -> None:
    named: set[str] = set()
    for page in reader().pages:
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            inner = font.get_object()["/DescendantFonts"][0].get_object()
            assert "/FontFile2" in inner["/FontDescriptor"].get_object()
            named.add(str(inner["/BaseFont"]).partition("+")[2].partition("-")[0])
    assert named <= {"Print", "Code", "Marks"}


@verifies("P11-50b-1")
def test_every_signature_is_printed_with_the_name_time_and_meaning_of_the_data() -> None:
    time, found = PlantTime(ZONE), text()
    signatures = [s for step in record().steps for s in step.signatures]
    signatures += [s for e in record().exceptions for d in e.decisions for s in d.signatures]
    signatures += record().disposition.signatures
    assert len(signatures) == record().counts.signatures
    for signature in signatures:
        said = f"{signature.name}, {signature.role}, {signature.meaning.capitalize()}"
        assert said in found
        assert words.Paper(record()).instant(signature.at) in found
        assert signature.shown[:8] in found
    assert time.zone.key == record().zone


@verifies("P11-10e-2", "P11-70-2")
def test_all_generations_of_a_value_are_printed_in_place() -> None:
    found = text()
    begin = found.index("Check strength", found.index("Record, step by step", 4000))
    place = found[begin:]
    for value in ("70.0 %", "80.1 %", "79.9 %", "80.0 %", "80.2 %"):
        assert value.replace(" ", "\u00a0") in place.replace(" ", "\u00a0")
    for key in ("ATTEMPT 2", "CORRECTION C-1", "CORRECTION C-2", "CORRECTION C-3"):
        assert key in place
    assert place.count("SUPERSEDED BY C-") >= 3
    assert "Misread the display" in place


def test_what_departed_from_the_recipe_is_told_in_words() -> None:
    found = text()
    assert "MANUAL ENTRY" in found
    assert "The line to it is down" in found
    assert "SKIPPED" in found
    assert "The labels come from the printer line" in found
    assert "End of batch record B-1" in found
    for _, title in REPORTS[BATCH_RECORD].contents[:-1]:
        assert title in found


def test_other_scripts_are_printed_and_what_has_no_glyph_is_told_by_its_number() -> None:
    found = text()
    assert "Πρώτη μέτρηση" in found
    assert "второй замер" in found
    assert "[U+7B2C][U+4E09]" in found
    html = words.with_glyphs(html_of(record(), seal_over(record()), printed(record())))
    body = html.replace("第", "")
    assert set(body) - words.printable() == set()


def test_a_draft_says_so_on_every_page() -> None:
    for page in pypdf.PdfReader(io.BytesIO(pressed(Copy.DRAFT).pdf)).pages:
        said = page.extract_text()
        assert "DRAFT, not a batch record" in said
        assert "Controlled copy" not in said


def test_an_uncontrolled_copy_says_so_across_the_page() -> None:
    html = html_of(record(), seal_over(record()), printed(record(), Copy.UNCONTROLLED))
    assert '<body class="uncontrolled">' in html
    assert "UNCONTROLLED COPY" in html
    assert "Controlled copy" not in html


def test_every_page_carries_batch_digest_print_and_its_number() -> None:
    digest = seal_over(record()).digest
    for number, page in enumerate(reader().pages, 1):
        said = " ".join(page.extract_text().split())
        assert f"{digest[:8]} {digest[8:16]}" in said
        assert "B-1" in said
        assert "Controlled copy 1" in said
        assert f"Page {number} of {paper().pages}" in said


def test_a_font_that_is_not_there_is_an_error_not_a_dot(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    words.printable.cache_clear()
    monkeypatch.setattr(words, "FONTS", tmp_path)
    with pytest.raises(FileNotFoundError, match="batchline-print-400"):
        words.printable()
    monkeypatch.undo()
    words.printable.cache_clear()


def test_a_breach_of_the_trail_is_printed_not_hidden() -> None:
    seal = replace(seal_over(record()), breaches=("entry 7 does not follow the entry before it",))
    html = html_of(record(), seal, printed(record()))
    assert "entry 7 does not follow the entry before it" in html
    assert "it does not hold together" in html


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("21.2 Cel", "21.2\u00a0°C"),
        ("10.00 L", "10.00\u00a0L"),
        ("22 1", "22"),
        ("-0.5 %", "−0.5\u00a0%"),
    ],
)
def test_amounts_are_written_as_the_plant_writes_them(written: str, wanted: str) -> None:
    assert amount(written) == wanted


def test_a_qr_code_of_the_note_has_its_quiet_zone() -> None:
    drawn = words.qr("batchline.example/demo/audit")
    assert drawn["path"].startswith("M4 4h7")
    assert drawn["size"] > 29
