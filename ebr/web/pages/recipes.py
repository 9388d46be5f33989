"""Master recipes: every version, its procedure and findings, its text, its approval."""

import base64
import re
from pathlib import PurePath
from typing import Any
from uuid import UUID

from flask import Response, make_response, request

from ebr import recipes
from ebr.identity import Right
from ebr.kernel import Malformed
from ebr.recipes import (
    ApproveRecipe,
    DraftRecipe,
    FindingView,
    ImportRecipe,
    MakeEffective,
    State,
    VersionView,
    WithdrawDraft,
)
from ebr.web import binding, responses, sessions, work
from ebr.web.routing import Route
from ebr.web.screens import procedure as screens


def list_versions() -> Response:
    """Every version of every recipe, newest first."""
    found = work.ask(recipes.versions, after=request.args.get("after"))
    return responses.show(
        "recipes/list.html",
        versions=found.items,
        next=found.next,
        after=request.args.get("after"),
        rights=sessions.require().rights,
    )


def show_version(version: UUID) -> Response:
    """One version: its procedure by level and drawn, what was found, the chosen phase."""
    return _show("recipes/version.html", version)


def show_text(version: UUID) -> Response:
    """The text of a version, line by line."""
    view: VersionView = work.ask(recipes.version, version)
    return responses.show("recipes/text.html", version=view, lines=view.text.splitlines())


def download_text(version: UUID) -> Response:
    """The text of a version as a file."""
    view: VersionView = work.ask(recipes.version, version)
    name = f"{view.code}-{view.number}.yaml"
    return _as_file(view.text.encode(), name, "text/yaml; charset=utf-8")


def new_text() -> Response:
    """Bring a recipe in as text, or a new text for the draft there is."""
    start = request.args.get("from", "")
    written = work.ask(recipes.version, UUID(start)).text if _identifier(start) else ""
    return _new(written)


def check_text() -> Response:
    """Everything found in a text, beside it; nothing is kept."""
    written = _text()
    return _new(written, recipes.check_or_refuse(written))


def draft_recipe() -> Response:
    """Keep a text as the draft of the next version."""
    version = work.act(recipes.draft_recipe, DraftRecipe(text=_text()))
    return responses.see(f"/recipes/{version}", said="Kept as a draft. Another person approves it.")


def ask_import() -> Response:
    """Bring a recipe in that another system wrote, as a file."""
    return responses.show("recipes/import.html")


def import_recipe() -> Response:
    """Keep a file of another system as a draft, its gaps beside it."""
    chosen = request.files.get("file")
    if chosen is None or not chosen.filename:
        raise Malformed({"content": ("Choose the file.",)})
    content = chosen.read()
    if not recipes.looks_like_xml(content):
        raise Malformed({"content": ("The file is no XML; BatchML is.",)})
    command = ImportRecipe(
        name=PurePath(chosen.filename).name,
        content=base64.b64encode(content).decode(),
        companion=_file("companion"),
    )
    version = work.act(recipes.import_recipe, command)
    said = "Kept as a draft, with everything that was found in the file."
    return responses.see(f"/recipes/{version}", said=said)


def download_source(version: UUID) -> Response:
    """The file that a version came from, as it came."""
    view: VersionView = work.ask(recipes.version, version)
    content = work.ask(recipes.source_of, version)
    return _as_file(content, f"{view.code}-{view.number}-source.xml", "application/xml")


def show_export(version: UUID) -> Response:
    """A version as BatchML: what it cannot say, and the document."""
    view: VersionView = work.ask(recipes.version, version)
    export = work.ask(recipes.exported, version)
    told = [each.partition(": ") for each in export.unsaid]
    return responses.show(
        "recipes/export.html",
        version=view,
        carried=[text for kind, _, text in told if kind == "carried"],
        lost=[text for kind, _, text in told if kind == "lost"],
        size=len(export.document),
    )


def download_export(version: UUID) -> Response:
    """A version as BatchML, as a file."""
    view: VersionView = work.ask(recipes.version, version)
    document = work.ask(recipes.exported, version).document
    return _as_file(document, f"{view.code}-{view.number}.xml", "application/xml")


def ask_approval(version: UUID) -> Response:
    """What would be signed with the approval."""
    return _show("recipes/approve.html", version, first=not sessions.require().continuous)


def approve_recipe(version: UUID) -> Response:
    """Approve a draft by a signature over its digest."""
    work.act(recipes.approve_recipe, binding.bind(ApproveRecipe, version=version))
    return responses.see(f"/recipes/{version}", said="Approved and signed.")


def make_effective(version: UUID) -> Response:
    """Let new orders use an approved version."""
    work.act(recipes.make_effective, MakeEffective(version=version))
    return responses.see(f"/recipes/{version}", said="Effective from now on, for new orders.")


def ask_withdrawal(version: UUID) -> Response:
    """Why the draft is given up."""
    return _show("recipes/withdraw.html", version)


def withdraw_draft(version: UUID) -> Response:
    """Give a draft up, with a reason."""
    work.act(recipes.withdraw_draft, binding.bind(WithdrawDraft, version=version))
    return responses.see("/recipes", said="The draft was withdrawn; its text stays on record.")


def _show(template: str, version: UUID, **more: Any) -> Response:
    view: VersionView = work.ask(recipes.version, version)
    seat = sessions.require()
    whole = recipes.load(view.text)
    effective = work.ask(recipes.effective, view.code)
    return responses.show(
        template,
        version=view,
        effective=effective,
        procedure=screens.procedure(
            whole,
            view.findings,
            f"/recipes/{version}",
            request.values.get("step"),
            everything=request.values.get("drawn") == "whole",
        ),
        formula=whole.formula,
        scale=whole.scale,
        equipment=whole.equipment,
        against=work.ask(recipes.against_approving, version, seat.person)
        if view.state is State.DRAFT
        else (),
        rights=seat.rights,
        signing=template != "recipes/version.html",
        **more,
    )


def _new(written: str, findings: tuple[FindingView, ...] | None = None) -> Response:
    return responses.show("recipes/new.html", written=written, findings=findings)


def _text() -> str:
    """The text of the form, or of the file that was chosen."""
    return _file("file", "text") or binding.require("text").replace("\r\n", "\n")


def _file(name: str, field: str = "") -> str:
    """The text of a file that was chosen; empty when none was."""
    chosen = request.files.get(name)
    if chosen is None or not chosen.filename:
        return ""
    try:
        text = str(chosen.read(), "utf-8")
    except UnicodeDecodeError as fault:
        said = f"The file is not UTF-8, at byte {fault.start}."
        raise Malformed({field or name: (said,)}) from None
    if "\0" in text:
        raise Malformed({field or name: (binding.UNREADABLE,)})
    return text


def _as_file(content: bytes, name: str, kind: str) -> Response:
    answer = make_response(content)
    answer.headers["Content-Type"] = kind
    plain = re.sub(r"[^A-Za-z0-9._-]", "-", name)
    answer.headers["Content-Disposition"] = f'attachment; filename="{plain}"'
    return answer


def _identifier(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


ONE, LOOK = "/recipes/<uuid:version>", Right.VIEW_RECIPES
AUTHOR, APPROVE = Right.AUTHOR_RECIPES, Right.APPROVE_RECIPES
ROUTES = (
    Route("GET", "/recipes", list_versions, LOOK, menu="Recipes", icon="workflow"),
    Route("GET", "/recipes/new", new_text, AUTHOR),
    Route("POST", "/recipes/check", check_text, AUTHOR, form=new_text),
    Route("POST", "/recipes", draft_recipe, AUTHOR, form=new_text),
    Route("GET", "/recipes/import", ask_import, AUTHOR),
    Route("POST", "/recipes/import", import_recipe, AUTHOR, form=ask_import),
    Route("GET", ONE, show_version, LOOK),
    Route("GET", ONE + "/text", show_text, LOOK),
    Route("GET", ONE + "/recipe.yaml", download_text, LOOK),
    Route("GET", ONE + "/source", download_source, LOOK),
    Route("GET", ONE + "/batchml", show_export, LOOK),
    Route("GET", ONE + "/recipe.xml", download_export, LOOK),
    Route("GET", ONE + "/approve", ask_approval, APPROVE),
    Route("POST", ONE + "/approve", approve_recipe, APPROVE, form=ask_approval),
    Route(
        "POST",
        ONE + "/effective",
        make_effective,
        Right.MAKE_RECIPES_EFFECTIVE,
        form=show_version,
    ),
    Route("GET", ONE + "/withdraw", ask_withdrawal, AUTHOR),
    Route("POST", ONE + "/withdraw", withdraw_draft, AUTHOR, form=ask_withdrawal),
)
