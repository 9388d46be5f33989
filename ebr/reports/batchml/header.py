"""The whole document: what it is about, and every part in its place; valid, or not handed out."""

from typing import Any

from lxml import etree

import workflows
from audit.canonical import digest
from ebr import batches, recipes
from ebr.batches import ApprovalRecord, BatchRecord, ResultRecord
from ebr.reports.batchml.entries import (
    Given,
    add_event,
    add_head,
    add_other_information,
    add_rest,
    add_value,
)
from ebr.reports.batchml.events import events_of, sampled
from ebr.reports.batchml.people import add_changes, add_comments, add_people, add_qualifications
from ebr.reports.batchml.procedure import add_procedure
from ebr.reports.batchml.writing import add, add_day, add_time, document, held, rest
from workflows.standing import CLOSED

PLANNED = frozenset(
    {"EquipmentRequirement", "Formula", "ProcedureLogic", "RecipeElement", "OtherInformation"}
)
DRAFT = "Draft: the batch is not closed, and its record will go on."
ABOUT = (
    (
        "Made from the batch record of Batchline; ExternalReference of this document is the SHA-256"
        " of that record in its own canonical form (record.json), which is the original."
    ),
    (
        "BatchML has no element for limits in layers, verdicts, calculations, loops, the method and"
        " proof of a signature, the hash of a ledger entry, or the outcome of completeness checks:"
        " they stand as UserAttribute of events, OtherInformation of recipe elements, or a line"
        " 'path: value' in a Description, under the names that they have in record.json."
    ),
    (
        "Instants are in UTC; a day without a time is marked format='date'. Amounts have the digits"
        " as given, units are UCUM codes. A field that is empty is left out."
    ),
    (
        "A character that XML or BatchML cannot hold is written as an underscore, x, its code in"
        " four hexadecimal digits, an underscore (ECMA-376 part 1, ST_Xstring); an underscore that"
        " would read as the beginning of such a text is written in the same way."
    ),
)


class InvalidDocument(Exception):
    """The document that we made is not valid BatchML: our fault, and nothing is handed out."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("the batch production record is not valid: " + "; ".join(faults))
        self.faults = faults


def production_record(record: BatchRecord) -> bytes:
    """The record as a BatchML batch production record; the same record, the same bytes."""
    root = document()
    _add_header(root, record)
    _add_parts(root, record)
    made: bytes = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    if faults := recipes.against_schema(made, recipes.Document.PRODUCTION_RECORD):
        raise InvalidDocument(faults)
    return made


def _add_header(root: Any, record: BatchRecord) -> None:
    batch, last = record.batch, record.entries[-1]
    closed = batch.status in CLOSED
    add(root, "ID", str(batch.id))
    content = batches.record_document(record)
    add_head(root, batch.stream, "Batch Production Record", at=last.at, reference=digest(content))
    add(root, "Description", batch.title)
    if not closed:
        add(root, "Description", DRAFT)
    add(root, "EquipmentScope", record.site)
    add_time(root, "PublishedDate", batch.closed_at)
    add_time(root, "CreationDate", batch.started_at)
    add(root, "BatchID", batch.number)
    add(root, "BatchProductionRecordSpec", record.schema)
    only = record.lots[0] if len(record.lots) == 1 else None
    add_day(root, "ExpirationDate", only.expires if only else None)
    add(root, "Language", record.language)
    add_time(root, "LastChangedDate", last.at)
    if only:
        add(root, "LotID", only.number)
    add(root, "MaterialDefinitionID", batch.product)
    add(root, "RecordStatus", "final" if closed else "draft", name=batch.status.value)
    add(root, "Version", str(last.seq))


def _add_parts(root: Any, record: BatchRecord) -> None:
    add_changes(add(root, "ChangeHistory"), record)
    comments = add(root, "Comments")
    _add_about(comments, record)
    add_comments(comments, record)
    _add_recipe(add(root, "ControlRecipes"), record)
    happened = add(root, "Events")
    for event in events_of(record):
        add_event(happened, event)
    add_people(add(root, "PersonnelIdentification"), record)
    add_procedure(add(root, "RecipeElements"), record)
    add_qualifications(add(root, "ResourceQualifications"), record)
    samples = add(root, "Samples")
    for number, result in enumerate(record.results, 1):
        if sampled(result):
            _add_sample(samples, str(number), result)


def _add_about(above: Any, record: BatchRecord) -> None:
    """What a reader of the document has to know, where BatchML itself cannot say it."""
    made = add(above, "Comment")
    add_head(made, "about", "Comment")
    add(made, "RecordReference", str(record.batch.id))
    for text in ABOUT:
        add(made, "CommentText", text)


def _add_recipe(above: Any, record: BatchRecord) -> None:
    """The recipe that the batch was bound to: its way into force, its size, its whole text."""
    recipe, batch = record.recipe, record.batch
    made = add(above, "ControlRecipeRecord")
    add_head(made, "recipe", "Control Recipe", reference=recipe.digest)
    told = add(made, "ControlRecipe")
    add(told, "ID", recipe.code)
    add(told, "Version", str(recipe.version))
    add(told, "Description", recipe.title)
    add(told, "BatchID", batch.number)
    header = add(told, "Header")
    if recipe.approvals:
        history = add(header, "ApprovalHistory")
        for approval in recipe.approvals:
            _add_approval(history, approval)
    add(header, "ProductID", batch.product)
    add(header, "ProductName", batch.title)
    size = Given.of_amount(batch.size)
    sizes = add(header, "BatchSize")
    add(sizes, "Nominal", size.text)
    add(sizes, "UnitOfMeasure", size.unit or "1")
    for lot in record.lots:
        add(header, "ActualProductProduced", f"{lot.material}, {lot.number}, {lot.quantity}")
    for planned in _planned(recipe.control):
        told.append(planned)
    said = ("code", "version", "title", "digest", "approvals")
    add_other_information(told, rest(recipe, *said))


def _planned(control: str) -> tuple[Any, ...]:
    """Equipment, formula and procedure as the recipe wants them, in the words of its own export."""
    export = recipes.write_batchml(workflows.read_recipe(control))
    root = etree.fromstring(export.document, etree.XMLParser(remove_blank_text=True))
    (master,) = root.iterfind("{*}MasterRecipe")
    for each in master.iter():
        each.text = held(each.text) if each.text else None
    return tuple(each for each in master if etree.QName(each).localname in PLANNED)


def _add_approval(above: Any, approval: ApprovalRecord) -> None:
    made = add(above, "IndividualApproval")
    add(made, "ApprovedBy", approval.name)
    add_time(made, "ApprovalDate", approval.at)
    add_rest(made, rest(approval, "name", "at"))


def _add_sample(above: Any, number: str, result: ResultRecord) -> None:
    """A result as a sample's: expected are its target and the limits, each under its layer."""
    sample = add(above, "Sample")
    add_head(sample, f"result/{number}", "Sample")
    add_rest(sample, rest(result, "title", "step", "input", "value", "unit", "verdict", "limits"))
    add(sample, "ProceduralElementReference", result.step)
    test = add(sample, "SampleTest")
    add_head(test, f"result/{number}/test", "Sample Test")
    add(test, "TestCode", result.input)
    add(test, "TestName", result.title)
    found = add(test, "SampleTestResult")
    add_head(found, f"result/{number}/test/result", "Sample Test Result")
    add(found, "TestDisposition", result.verdict.value)
    add_value(found, "Results", Given(result.value, "string", result.unit))
    for place, limit in enumerate(result.limits, 1):
        for end in ("low", "high"):
            if digits := getattr(limit, end):
                key = f"limits.{place}.{limit.layer}.{end}"
                add_value(found, "ExpectedResults", Given(digits, "decimal", limit.unit, key))
