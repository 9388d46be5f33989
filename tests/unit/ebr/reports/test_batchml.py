"""The record as BatchML: valid, the same bytes each time, and nothing of the record left out."""

import hashlib
import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin, get_type_hints
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from ebr.batches.record import BatchRecord, document
from ebr.batches.record.parts import Instant, StepRecord
from ebr.batches.record.shapes import HeaderRecord, RecipeRecord
from ebr.recipes import Document, against_schema
from ebr.reports import batchml
from ebr.reports.batchml import InvalidDocument, production_record, writing
from tests.builders.looped import COAT, UNLOAD, coat, fact_of, looped
from tests.builders.paper import eventful
from tests.builders.small_plant import phase
from tests.builders.told import ZONE, ToldBench
from tests.plugin import verifies
from workflows.quantity import parse
from workflows.recipe import (
    Entry,
    Input,
    InputKind,
    Range,
    Repeat,
    Sequence,
    Until,
    ValueRef,
)

SPREAD = Input(key="spread", title="Spread", kind=InputKind.NUMBER, unit="g", decimals=1)
SORT = phase("sort", "Sort the tablets", Entry(inputs=(SPREAD,)))
EVEN = Until(value=ValueRef(step="sort", input="spread"), within=Range(high=parse("1.0 g")))
SPACE = {"b": "http://www.mesa.org/xml/B2MML"}
RAW = "\x01\x1b]0;\r\n\t_x0001_ _x005f_ \\u0001 \ufffe <&>\x85 Ω é 𝕏"


@cache
def told(name: str) -> BatchRecord:
    """A record by name."""
    return RECORDS[name]()


def begun() -> BatchRecord:
    """A batch that was started just now."""
    bench = ToldBench()
    bench.start()
    return bench.told


def coated() -> BatchRecord:
    """A batch with a loop of which a value was corrected."""
    bench = ToldBench(recipe=fact_of(looped()))
    bench.start()
    bench.drive("prepare")
    for number, mass in enumerate(("102.0", "103.4"), 1):
        coat(bench, str(number), mass)
    bench.correct("sample#1", "mass", "103.1")
    return bench.told


def nested() -> BatchRecord:
    """A batch with a loop in a loop, in the second pass of the outer one."""
    body = Sequence(key="one-day", title="One day", blocks=(COAT, SORT))
    day = Repeat(key="day", title="Day", body=body, until=EVEN, most=2)
    bench = ToldBench(recipe=fact_of(looped(day, UNLOAD)))
    bench.start()
    for name, mass, spread in (("1.1", "102.0", ""), ("1.2", "103.4", "9.0"), ("2.1", "103.1", "")):
        coat(bench, name, mass)
        if spread:
            bench.begin("sort#1").record("sort#1", "spread", spread).complete("sort#1")
    return bench.told


RECORDS: dict[str, Callable[[], BatchRecord]] = {
    "eventful": lambda: eventful().told,
    "begun": begun,
    "coated": coated,
    "nested": nested,
}


def read(content: bytes) -> Any:
    """The document, opened."""
    return etree.fromstring(content)


def found(content: bytes, path: str) -> list[str]:
    """The texts at a path of the document, as they were before they were written out."""
    return [plain(each.text or "") for each in read(content).iterfind(path, SPACE)]


def plain(text: str) -> str:
    """A text as a reader of the document reads it back."""
    return re.sub(r"_x([0-9A-F]{4})_", lambda code: chr(int(code[1], 16)), text)


@verifies("P11-10b-1")
@pytest.mark.parametrize("name", RECORDS)
def test_every_record_is_valid_batchml_and_the_same_bytes_each_time(name: str) -> None:
    record = told(name)
    made = production_record(record)
    assert against_schema(made, Document.PRODUCTION_RECORD) == ()
    assert production_record(record) == made
    digest = hashlib.sha256(document(record)).hexdigest()
    assert found(made, "b:ExternalReference") == [digest]
    ids = found(made, ".//b:EntryID")
    assert len(ids) == len(set(ids))
    assert found(made, "b:RecordStatus") == ["final" if name == "eventful" else "draft"]
    assert ("Draft: " in made.decode()) == (name != "eventful")


def test_every_generation_of_a_value_is_an_event_with_the_one_before_it() -> None:
    made = production_record(told("eventful"))
    values = [f"b:Events/b:Event[b:EntryID='value/check/strength/{n}']" for n in range(1, 6)]
    assert [found(made, f"{each}/b:Value/b:ValueString") for each in values] == [
        *(["70.0"], ["80.1"], ["79.9"], ["80.0"], ["80.2"])
    ]
    assert found(made, f"{values[1]}/b:PreviousValue/b:ValueString") == ["70.0"]
    assert found(made, f"{values[0]}/b:AlarmData/b:AlarmEvent") == ["action"]
    assert found(made, f"{values[1]}/b:AlarmData/b:AlarmEvent") == []
    assert set(found(made, f"{values[0]}/b:Value/b:UnitOfMeasure")) == {"%"}
    phase = ".//b:RecipeElement[b:ID='check']/b:Parameter/b:Value/b:ValueString"
    assert found(made, phase) == ["80.2"]


@verifies("P11-50b-1")
def test_every_signature_has_name_role_meaning_instant_and_digest_in_one_manifest() -> None:
    record = told("eventful")
    made = production_record(record)
    signed = [*(each for step in record.steps for each in step.signatures)]
    signed += [s for e in record.exceptions for d in e.decisions for s in d.signatures]
    signed += record.disposition.signatures
    manifests = read(made).findall(".//b:PersonnelIdentificationManifest[b:Reason]", SPACE)
    assert len(manifests) == len(signed) == record.counts.signatures > 20
    for one, manifest in zip(signed, manifests, strict=True):
        texts = {plain(each.text) for each in manifest}
        at = datetime.fromisoformat(one.at).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        standing = "superseded" if one.superseded else "in force"
        assert {one.name, f"role: {one.role}", one.meaning.value, at, one.shown, standing} <= texts


def test_passes_of_a_loop_stand_under_it_with_their_steps_and_judgements() -> None:
    made = production_record(told("coated"))
    loop = ".//b:RecipeElementRecord[b:EntryID='loop/coat']"
    assert found(made, f"{loop}//b:Step/b:RecipeElementID") == [
        f"{key}#{number}" for number in (1, 2) for key in ("spray", "sample", "work-out")
    ]
    judged = "b:Events/b:Event[b:ProceduralElementReference='coat/pass/1']/b:Value/b:ValueString"
    assert found(made, judged) == ["2.0", "3.1"]


def test_the_recipe_stands_in_the_document_as_text_and_as_its_own_export_says_it() -> None:
    record = told("coated")
    made = production_record(record)
    recipe = "b:ControlRecipes/b:ControlRecipeRecord"
    assert found(made, f"{recipe}/b:ExternalReference") == [record.recipe.digest]
    carried = f"{recipe}/b:ControlRecipe/b:OtherInformation[b:ID='control']/b:Value/b:ValueString"
    assert found(made, carried) == [record.recipe.control]
    assert hashlib.sha256(record.recipe.control.encode()).hexdigest() == record.recipe.digest
    phases = f"{recipe}/b:ControlRecipe//b:RecipeElement[b:RecipeElementType='Phase']/b:ID"
    assert found(made, phases) == ["prepare", "spray", "sample", "work-out", "unload"]


def test_text_that_xml_cannot_hold_is_written_out_and_read_back_exactly() -> None:
    record = told("eventful")
    comment = replace(record.comments[0], text=RAW, station=RAW)
    step = replace(record.steps[0], title=RAW, key=RAW)
    operation = replace(record.operations[0], steps=(step,), number=RAW)
    changed = replace(record, comments=(comment,), operations=(operation,), site=RAW)
    made = production_record(changed)
    assert found(made, ".//b:Comment[b:PersonID]/b:CommentText") == [RAW]
    assert f"station: {RAW}" in found(made, ".//b:Comment/b:Description")
    assert found(made, "b:EquipmentScope") == [RAW]
    assert RAW in found(made, ".//b:RecipeElement/b:ID")
    assert RAW in found(made, ".//b:RecipeElement/b:RecipeElement/b:Description")


@settings(max_examples=40)
@given(text=st.text(), name=st.text())
def test_any_text_is_read_back_as_it_was(text: str, name: str) -> None:
    root = writing.document()
    writing.add(root, "Description", text)
    writing.add(root, "ID", name, schemeName=name)
    made = read(etree.tostring(root, encoding="UTF-8", pretty_print=True))
    assert [plain(each.text or "") for each in made] == [text, name]
    assert plain(made[1].get("schemeName")) == name
    assert not re.search(r"[\t\r\n]", made[1].text or "")


def test_a_document_that_is_not_valid_is_raised_and_never_handed_out() -> None:
    record = told("begun")
    with pytest.raises(InvalidDocument, match="Nominal") as caught:
        production_record(replace(record, batch=replace(record.batch, size="much")))
    assert caught.value.faults


def test_a_value_that_was_withdrawn_is_told_as_none() -> None:
    record = told("eventful")
    step = next(each for each in record.steps if each.values)
    value = step.values[0]
    withdrawn = replace(value, generations=(replace(value.generations[0], value=""),))
    operation = replace(record.operations[0], steps=(replace(step, values=(withdrawn,)),))
    made = production_record(replace(record, operations=(operation,)))
    path = f"b:Events/b:Event[b:EntryID='value/{step.key}/{value.input}/1']/b:Value/b:ValueString"
    (text,) = read(made).findall(path, SPACE)
    assert text.get("{http://www.w3.org/2001/XMLSchema-instance}nil") == "true"


class Full:
    """Makes a record in which no field is empty, every value with a mark of its own."""

    def __init__(self, recipe: str) -> None:
        self.recipe = recipe
        self.count = itertools.count(1)
        self.marks: dict[str, str] = {}  # what has to stand in the document → field

    def of(self, kind: type[Any]) -> Any:
        """One part of the record with all its fields."""
        hints = get_type_hints(kind)
        return kind(**{e.name: self.value(hints[e.name], kind, e.name) for e in fields(kind)})

    def value(self, hint: Any, kind: type[Any], name: str) -> Any:
        """A value for one field."""
        if (kind, name) in STANDING_ELSEWHERE:
            return ()
        if (kind, name) == (RecipeRecord, "control"):
            return self.recipe
        origin, inner = get_origin(hint), get_args(hint)
        if origin is tuple:
            return tuple(self.value(inner[0], kind, name) for _ in range(2))
        if origin is Literal:
            return inner[0]
        if origin is not None:  # something, or None
            return self.value(inner[0], kind, name)
        if isinstance(hint, type) and is_dataclass(hint):
            return self.of(hint)
        number = next(self.count)
        if hint is bool:
            return number % 2 == 0
        if isinstance(hint, type) and issubclass(hint, Enum):
            return [*hint][number % len(hint)]
        made, mark = marked(hint, number, amount=(kind, name) == (HeaderRecord, "size"))
        self.marks[mark] = f"{kind.__name__}.{name}"
        return made


# A step names again what stands among all equipment and all remarks of the record.
STANDING_ELSEWHERE = {(StepRecord, "comments"), (StepRecord, "equipment")}


def marked(hint: Any, number: int, *, amount: bool) -> tuple[Any, str]:
    """A value that no other field has, and how the document writes it."""
    large = str(10**9 + number)
    if hint is UUID:
        return UUID(int=number), str(UUID(int=number))
    if hint is date:
        day = date(3000, 1, 1) + timedelta(days=number)
        return day, day.isoformat()
    if hint is int:
        return int(large), large
    if hint is Instant:
        at = datetime(2500, 1, 1, tzinfo=UTC) + timedelta(seconds=number)
        return at.astimezone(ZONE).isoformat(), at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return (f"{large} L", large) if amount else (f"«{number}»", f"«{number}»")


@verifies("P11-10b-1")
def test_no_text_number_or_instant_of_any_field_is_left_out() -> None:
    full = Full(told("coated").recipe.control)
    record = full.of(BatchRecord)
    assert {type(record).__name__, "Parameter", "RefusedRecord", "ApprovalRecord"} <= parts(record)
    made = plain(production_record(record).decode())
    assert {field for mark, field in full.marks.items() if mark not in made} == set()
    told_less = plain(production_record(replace(record, refused=())).decode())
    forgotten = {field for mark, field in full.marks.items() if mark not in told_less}
    assert forgotten == {f"RefusedRecord.{e.name}" for e in fields(record.refused[0])}


def turned(told: Any, seen: set[tuple[str, str]]) -> Iterator[tuple[str, Any]]:
    """The value with one code or flag changed at a time, one of every field there is."""
    for each in fields(told):
        value, field = getattr(told, each.name), (type(told).__name__, each.name)
        if is_dataclass(value):
            yield from ((n, replace(told, **{each.name: v})) for n, v in turned(value, seen))
        elif isinstance(value, bool | Enum) and field not in seen:
            seen.add(field)
            yield ".".join(field), replace(told, **{each.name: other(value)})
        for place, part in enumerate(value if isinstance(value, tuple) else ()):
            if isinstance(part, Enum) and field not in seen:
                seen.add(field)
                changed = (*value[:place], other(part), *value[place + 1 :])
                yield ".".join(field), replace(told, **{each.name: changed})
            if is_dataclass(part):
                for n, v in turned(part, seen):
                    changed = (*value[:place], v, *value[place + 1 :])
                    yield n, replace(told, **{each.name: changed})


def other(value: Any) -> Any:
    """Another value of the same kind."""
    if isinstance(value, bool):
        return not value
    return next(each for each in type(value) if each is not value)


def test_no_code_and_no_flag_of_the_record_is_left_out() -> None:
    whole, known = told("eventful"), set[str]()
    steps = []
    for step in whole.steps:  # as few as have every code there is
        if new := {name for name, _ in turned(step, set())} - known:
            known |= new
            steps.append(step)
    operation = replace(whole.operations[0], steps=tuple(steps))
    record = replace(whole, operations=(operation,), entries=whole.entries[:1])

    def without_digest_of(each: BatchRecord) -> str:
        made = read(production_record(each))
        made.find("b:ExternalReference", SPACE).text = ""
        return str(etree.tostring(made, encoding="unicode"))

    plain_one = without_digest_of(record)
    changes = dict(turned(record, set()))
    assert len(changes) > 25
    assert {name for name, each in changes.items() if without_digest_of(each) == plain_one} == set()


def test_the_page_of_the_format_names_every_part_of_the_record() -> None:
    page = Path(batchml.__file__).with_name("BATCHML.md").read_text("utf-8")
    names = parts(Full(told("coated").recipe.control).of(BatchRecord)) | {"CommentRecord"}
    assert {name for name in names if f"`{name}`" not in page} == set()


def parts(told: Any) -> set[str]:
    """The names of the parts that a record is made of."""
    if isinstance(told, tuple):
        return {name for each in told for name in parts(each)}
    if not is_dataclass(told):
        return set()
    inner = (parts(getattr(told, each.name)) for each in fields(told))
    return {type(told).__name__}.union(*inner)
