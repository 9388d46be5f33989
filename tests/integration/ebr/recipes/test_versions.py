"""The life of a master recipe in the database: drafted, approved by another person, effective."""

import threading
from uuid import UUID

import pytest

from ebr import recipes
from ebr.kernel import Forbidden, Malformed, Refused, Why
from ebr.kernel.opening import reading, unit_of_work
from ebr.recipes import ApproveRecipe, State, WithdrawDraft
from tests.builders.identity import actor, entries, sign_in, somebody
from tests.builders.office import HANDRUB, LATER, Office
from tests.plugin import verifies
from workflows.recipe import Meaning


def codes(error: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in error.value.reasons]


@verifies("P11-70-1", "P11-10e-1")
def test_a_recipe_becomes_effective_when_another_person_has_signed_its_digest(
    office: Office,
) -> None:
    version = office.draft()
    office.approve(version)
    office.effective(version)
    view = office.view(version)
    assert view.state is State.EFFECTIVE
    assert (view.author_name, view.approver_name) == ("A. Moreau", "S. Lindqvist")
    kept = entries(office.database, view.stream)
    acts = [entry["act"] for entry in kept]
    assert acts == ["recipe.drafted", "recipe.approved", "recipe.made_effective"]
    assert kept[1]["signatures"][0]["name"] == "S. Lindqvist"
    assert kept[1]["events"][0]["data"]["digest"] == view.digest


def test_nobody_approves_what_they_wrote_themselves(office: Office) -> None:
    version = office.draft()
    both = somebody(office.database, "q.two", "qa_reviewer", person=office.author.person)
    office.tokens[both.login] = sign_in(office.database, both)
    with pytest.raises(Refused) as caught:
        office.approve(version, both)
    assert codes(caught) == ["recipe_author_may_not_approve"]
    assert office.view(version).state is State.DRAFT


def test_an_author_has_no_right_to_approve_at_all(office: Office) -> None:
    version = office.draft()
    with pytest.raises(Forbidden):
        office.approve(version, office.author)


def test_a_recipe_with_errors_is_kept_as_a_draft_and_cannot_be_approved(office: Office) -> None:
    version = office.draft(HANDRUB.replace("line: glycerol", "line: sugar"))
    assert any(each.severity == "error" for each in office.view(version).findings)
    with pytest.raises(Refused) as caught:
        office.approve(version)
    assert codes(caught) == ["recipe_errors_open"]


def test_the_signature_is_refused_when_the_draft_changed_after_it_was_shown(
    office: Office,
) -> None:
    version = office.draft()
    shown = dict(office.view(version).statement)
    office.draft(HANDRUB.replace("{least_s: 3,", "{least_s: 5,"))
    given = office.quality.given(shown, Meaning.APPROVED, login="s.lindqvist")
    with pytest.raises(Refused) as caught:
        office.act(
            office.quality,
            recipes.approve_recipe,
            ApproveRecipe(version=version, signature=given, remarks_accepted=True),
        )
    assert codes(caught) == ["content_changed"]


def test_the_order_of_keys_changes_nothing_of_the_digest(office: Office) -> None:
    before = office.view(office.draft()).digest
    head, rest = HANDRUB.split("product: FP-HR1\n")
    swapped = "product: FP-HR1\n" + head + rest
    assert office.view(office.draft(swapped)).digest == before


def test_a_new_version_supersedes_the_one_in_force(office: Office) -> None:
    first = office.draft()
    office.approve(first)
    office.effective(first)
    second = office.draft(LATER)
    office.approve(second)
    assert office.view(first).state is State.EFFECTIVE
    office.effective(second)
    assert office.view(first).state is State.SUPERSEDED
    with reading(office.database) as session:
        found = recipes.effective(session, "MR-HR1")
    assert found is not None
    assert found.id == second


def test_versions_are_numbered_without_a_gap(office: Office) -> None:
    with pytest.raises(Refused) as caught:
        office.draft(HANDRUB.replace("version: 1", "version: 3"))
    assert codes(caught) == ["recipe_wrong_number"]
    assert "the next version is 1" in str(caught.value)


def test_an_approved_version_can_neither_be_approved_again_nor_withdrawn(office: Office) -> None:
    version = office.draft()
    office.approve(version)
    with pytest.raises(Refused):
        office.approve(version)
    command = WithdrawDraft(version=version, why=Why("no longer needed"))
    with pytest.raises(Refused):
        office.act(office.author, recipes.withdraw_draft, command)


def test_a_draft_is_given_up_with_a_reason_and_stays_on_record(office: Office) -> None:
    version = office.draft()
    command = WithdrawDraft(version=version, why=Why("replaced by the concentrate"))
    office.act(office.author, recipes.withdraw_draft, command)
    view = office.view(version)
    assert view.state is State.WITHDRAWN
    assert view.text == HANDRUB
    assert entries(office.database, view.stream)[-1]["reason"]["text"] == (
        "replaced by the concentrate"
    )


def test_text_that_is_no_recipe_stores_nothing(office: Office) -> None:
    with pytest.raises(Malformed) as caught:
        office.draft("code: [")
    assert "text" in caught.value.faults
    with reading(office.database) as session:
        assert recipes.versions(session).items == ()


def test_two_who_bring_in_a_new_code_at_once_make_one_recipe_with_one_draft(office: Office) -> None:
    first = actor(office.database, office.tokens[office.author.login])
    later = HANDRUB.replace("{least_s: 3,", "{least_s: 4,")
    found: list[UUID] = []
    second = threading.Thread(target=lambda: found.append(office.draft(later)))
    with unit_of_work(office.database, first, "first") as work:
        version = UUID(recipes.draft_recipe(work, recipes.DraftRecipe(text=HANDRUB)))
        second.start()
        second.join(0.3)
        assert found == []  # it waits, with nothing to lock but the code
    second.join()
    assert found == [version]
    assert office.view(version).text == later
