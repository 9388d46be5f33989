"""A recipe that others wrote comes in as a draft: what it leaves open keeps it from approval."""

import base64
import hashlib
import io
from uuid import UUID

import pytest
from werkzeug.datastructures import FileStorage

from ebr import recipes
from ebr.kernel import Malformed, Refused
from ebr.kernel.opening import reading
from ebr.recipes import ImportRecipe, State, VersionView
from ebr.web import create_app
from tests.builders.batchml import COMPANION, SYRUP, element, phase, recipe, whole
from tests.builders.identity import entries
from tests.builders.office import HANDRUB, Office
from tests.builders.web import HIDDEN, Browser, Program
from tests.plugin import verifies

GOOD = recipe(element("op", "Operation", phase("a")))
BAD = {
    "no XML": (b"code: MR-1", "", "content", "no XML"),
    "another schema": (b'<x xmlns="urn:x"/>', "", "content", "is of urn:x"),
    "two of one id": (
        recipe(element("op", "Operation", phase("a") + phase("a"))),
        "",
        "content",
        "has the id a",
    ),
    "wrong level": (whole(element("p", "Procedure", phase("a"))), "", "content", "wrong level"),
    "bad companion": (SYRUP.read_bytes(), "code: [", "companion", "not YAML"),
    "no code that can be kept": (
        recipe("").replace(b"<ID>MR-1<", b"<ID>" + b"x" * 101 + b"<"),
        "",
        "content",
        "has 101 characters; it may have 100",
    ),
    "blank code": (GOOD, 'code: " MR-1"', "content", "no blank before or after"),
    "sign in the code": (GOOD, 'code: "MR\\a1"', "content", "all of them to be seen"),
    "no character": (GOOD, 'title: "a\\0b"', "companion", "U+0000, which no record can hold"),
    "strange companion": (SYRUP.read_bytes(), "colour: red", "companion", "is not known here"),
}


def command(content: bytes, companion: str = "") -> ImportRecipe:
    """The import of a file."""
    coded = base64.b64encode(content).decode()
    return ImportRecipe(name="syrup.xml", content=coded, companion=companion)


def brought(office: Office, content: bytes, companion: str = "") -> VersionView:
    """The draft that a file becomes."""
    version = office.act(office.author, recipes.import_recipe, command(content, companion))
    return office.view(UUID(version))


@verifies("C211-68b-1")
def test_a_file_becomes_a_draft_that_nobody_approves_before_its_gaps_are_closed(
    office: Office,
) -> None:
    draft = brought(office, SYRUP.read_bytes())
    errors = [each for each in draft.findings if each.severity == "error"]
    assert draft.state is State.DRAFT
    assert (draft.code, draft.number) == ("1", 1)
    assert any(each.place == "setup-slurry-a1.instruction" for each in errors)
    assert len({each.place for each in errors}) == len(errors)
    with pytest.raises(Refused) as caught:
        office.approve(draft.id)
    assert "recipe_errors_open" in [reason.code for reason in caught.value.reasons]
    assert draft.imported is not None
    assert draft.imported.source == hashlib.sha256(SYRUP.read_bytes()).hexdigest()
    with reading(office.database) as session:
        assert recipes.source_of(session, draft.id) == SYRUP.read_bytes()
    written = draft.text.replace("title: Cough Syrup Demo", "title: Cough syrup")
    assert office.draft(written) == draft.id
    assert office.view(draft.id).imported is None


@verifies("C211-68b-1")
def test_a_companion_completes_the_file_and_both_texts_stay_on_record(office: Office) -> None:
    companion = COMPANION.read_text("utf-8")
    draft = brought(office, SYRUP.read_bytes(), companion)
    assert [each for each in draft.findings if each.severity == "error"] == []
    assert any("5000000 L" in each.text and "says 10 L" in each.text for each in draft.findings)
    office.approve(draft.id)
    office.effective(draft.id)
    found = office.view(draft.id)
    assert found.state is State.EFFECTIVE
    assert found.imported is not None
    assert found.imported.companion == companion
    kept = entries(office.database, draft.stream)[0]
    assert [each["kind"] for each in kept["events"]] == ["recipe.drafted", "recipe.imported"]
    again = brought(office, SYRUP.read_bytes(), companion)
    assert again.number == 2
    assert any("here it is version 2" in each.text for each in again.findings)


@verifies("C211-68b-1")
def test_a_file_that_is_refused_leaves_nothing(office: Office) -> None:
    for content, companion, field, said in BAD.values():
        with pytest.raises(Malformed) as caught:
            brought(office, content, companion)
        assert said in caught.value.faults[field][0]
    for bad in (ImportRecipe(name="a", content="no!"), ImportRecipe(name=" ", content="")):
        with pytest.raises(Malformed):
            office.act(office.author, recipes.import_recipe, bad)
    with reading(office.database) as session:
        assert recipes.versions(session).items == ()


def test_a_file_comes_in_by_page_and_api_and_goes_out_as_it_came(office: Office) -> None:
    app = create_app(office.database.settings, office.database)
    browser, program = Browser(app), Program(app)
    browser.sign_in(office.author)
    hidden = dict(HIDDEN.findall(browser.get("/recipes/import").text))

    def send(content: bytes, companion: bytes = b"") -> str:
        files = {"file": FileStorage(stream=io.BytesIO(content), filename="s.xml")}
        if companion:
            given = FileStorage(stream=io.BytesIO(companion), filename="s.yaml")
            files["companion"] = given
        answer = browser.client.post("/recipes/import", data={**hidden, **files})
        return str(answer.headers["Location"]) if answer.status_code == 303 else answer.text

    assert "The file is no XML" in send(b"code: MR-1")
    assert "nested deeper than 64 levels" in send(b"<a>" * 99)
    assert "The file is not UTF-8" in send(GOOD, b"code: \xff")
    assert "a character that no record can hold" in send(GOOD, b"code: a\0b")
    form = {"data": b" " * 3_000_000, "content_type": "multipart/form-data; boundary=a"}
    large = browser.client.post("/recipes/import", **form)
    assert (large.status_code, "At most 2,048 KiB are taken." in large.text) == (413, True)
    shown = browser.get(send(SYRUP.read_bytes())).text
    assert "BatchML V02 of 2008" in shown
    assert "nobody could execute it" in shown
    program.sign_in(office.author)
    assert program.send("/recipes", {"text": HANDRUB}).status_code == 201
    body = {"name": "s.xml", "content": base64.b64encode(SYRUP.read_bytes()).decode()}
    answer = program.send("/recipes/import", body)
    assert answer.status_code == 201
    version = answer.get_json()["id"]
    assert program.get(f"/recipes/{version}/source").data == SYRUP.read_bytes()
    document = program.get(f"/recipes/{version}/batchml").data
    assert recipes.against_schema(document, recipes.Document.BATCH_INFORMATION) == ()
    assert recipes.read_batchml(document).recipe == recipes.load(answer.get_json()["text"])
    shown = browser.get(f"/recipes/{version}/batchml").text
    assert "Nothing: a draft made of this document is the same recipe" in shown
    assert browser.get(f"/recipes/{version}/recipe.xml").data == document
    assert browser.get(f"/recipes/{version}/source").data == SYRUP.read_bytes()
