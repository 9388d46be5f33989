"""Master recipes for programs."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Response, make_response, request

from ebr import recipes
from ebr.identity import Right
from ebr.kernel import Page
from ebr.recipes import (
    ApproveRecipe,
    DraftRecipe,
    FindingView,
    ImportRecipe,
    MakeEffective,
    VersionRow,
    VersionView,
    WithdrawDraft,
)
from ebr.web import binding, responses, work
from ebr.web.routing import API, Route


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """A recipe's text, to be judged and not kept."""

    text: str = field(metadata={"most": recipes.SIZE_MOST})


def list_versions() -> Response:
    """Every version of every recipe, newest first."""
    return responses.answer(work.ask(recipes.versions, after=request.args.get("after")))


def draft_recipe() -> Response:
    """Bring a recipe in as text."""
    version = UUID(work.act(recipes.draft_recipe, binding.bind(DraftRecipe)))
    view = work.ask(recipes.version, version)
    return responses.answer(view, status=201, location=f"{API}/recipes/{version}")


def import_recipe() -> Response:
    """Bring in a BatchML file of another system as a draft, completed by a companion."""
    version = UUID(work.act(recipes.import_recipe, binding.bind(ImportRecipe)))
    view = work.ask(recipes.version, version)
    return responses.answer(view, status=201, location=f"{API}/recipes/{version}")


def download_source(version: UUID) -> Response:
    """The file that a version came from, as it came."""
    return _xml(work.ask(recipes.source_of, version))


def export_recipe(version: UUID) -> Response:
    """A version as BatchML 0700; the document lists what BatchML cannot say of it."""
    return _xml(work.ask(recipes.exported, version).document)


def check_recipe() -> Response:
    """Everything found in a recipe's text; nothing is kept."""
    findings = recipes.check_or_refuse(binding.bind(Text).text)
    return responses.answer(Page(findings))


def show_schema() -> Response:
    """JSON Schema of a recipe's text."""
    found: Any = recipes.schema()
    return responses.answer(found)


def show_version(version: UUID) -> Response:
    """One version, whole, with the statement of its approval."""
    return responses.answer(work.ask(recipes.version, version))


def approve_recipe(version: UUID) -> Response:
    """Approve a draft by a signature over its digest."""
    work.act(recipes.approve_recipe, binding.bind(ApproveRecipe, version=version))
    return show_version(version)


def make_effective(version: UUID) -> Response:
    """Let new orders use an approved version."""
    work.act(recipes.make_effective, MakeEffective(version=version))
    return show_version(version)


def withdraw_draft(version: UUID) -> Response:
    """Give a draft up, with a reason."""
    work.act(recipes.withdraw_draft, binding.bind(WithdrawDraft, version=version))
    return show_version(version)


def _xml(content: bytes) -> Response:
    answer = make_response(content)
    answer.headers["Content-Type"] = "application/xml"
    return answer


ONE, LOOK = "/recipes/<uuid:version>", Right.VIEW_RECIPES
ROUTES = (
    Route("GET", "/recipes", list_versions, LOOK, answers=Page[VersionRow], asks=("after",)),
    Route(
        "POST",
        "/recipes",
        draft_recipe,
        Right.AUTHOR_RECIPES,
        takes=DraftRecipe,
        answers=VersionView,
        status=201,
    ),
    Route(
        "POST",
        "/recipes/import",
        import_recipe,
        Right.AUTHOR_RECIPES,
        takes=ImportRecipe,
        answers=VersionView,
        status=201,
    ),
    Route("GET", ONE + "/source", download_source, LOOK, gives="application/xml"),
    Route("GET", ONE + "/batchml", export_recipe, LOOK, gives="application/xml"),
    Route("POST", "/recipes/check", check_recipe, LOOK, takes=Text, answers=Page[FindingView]),
    Route("GET", "/schemas/recipe.json", show_schema, LOOK, answers=dict),
    Route("GET", ONE, show_version, LOOK, answers=VersionView),
    Route(
        "POST",
        ONE + "/approve",
        approve_recipe,
        Right.APPROVE_RECIPES,
        takes=ApproveRecipe,
        answers=VersionView,
    ),
    Route(
        "POST",
        ONE + "/effective",
        make_effective,
        Right.MAKE_RECIPES_EFFECTIVE,
        answers=VersionView,
    ),
    Route(
        "POST",
        ONE + "/withdraw",
        withdraw_draft,
        Right.AUTHOR_RECIPES,
        takes=WithdrawDraft,
        answers=VersionView,
    ),
)
