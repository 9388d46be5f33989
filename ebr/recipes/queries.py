"""Questions about master recipes."""

from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from audit.canonical import canonical, digest
from ebr.kernel import Malformed, Page, Reason, Unknown, history, kept, page
from ebr.recipes import compile as compiling
from ebr.recipes import rules, statements, text
from ebr.recipes.batchml.writing import Export
from ebr.recipes.batchml.writing import write as write_batchml
from ebr.recipes.events import RecipeApproved, RecipeDrafted, RecipeImported, RecipeMadeEffective
from ebr.recipes.lifecycle import State
from ebr.recipes.model import Recipe, Version
from ebr.recipes.views import (
    ApprovalView,
    FindingView,
    ImportedView,
    OrderableView,
    VersionRow,
    VersionView,
)
from workflows.facts import RecipeFact

_ROW = (
    "id",
    "number",
    "title",
    "product",
    "size",
    "digest",
    "author_name",
    "drafted_at",
    "approver_name",
    "approved_at",
    "effective_from",
)

_WAY = (RecipeDrafted, RecipeApproved, RecipeMadeEffective)


def versions(session: Session, *, after: str | None = None, size: int = 50) -> Page[VersionRow]:
    """Every version of every recipe, newest first."""
    statement = select(Version, Recipe.code).join(Recipe, Version.recipe_id == Recipe.id)
    found = page(session, statement, Version.id, after=after, size=size, newest_first=True)
    return found.map(lambda row: VersionRow(**_row(row[0], row[1])))


def orderable(session: Session) -> tuple[OrderableView, ...]:
    """Every recipe in force, for who wants to order by one."""
    found = session.execute(
        select(Version, Recipe.code)
        .join(Recipe, Version.recipe_id == Recipe.id)
        .where(Version.status == State.EFFECTIVE)
        .order_by(Recipe.code)
    )
    return tuple(
        OrderableView(
            code=code,
            number=row.number,
            title=row.title,
            size=row.size,
            sizes=str(compiling.from_text(row.compiled).scale or "any size"),
        )
        for row, code in found
    )


def version(session: Session, version_id: UUID) -> VersionView:
    """One version, whole."""
    found = session.get(Version, version_id)
    if found is None:
        raise Unknown("recipe version")
    owner = session.get_one(Recipe, found.recipe_id)
    statement = statements.of_approval(owner.code, found)
    return VersionView(
        **_row(found, owner.code),
        stream=owner.stream,
        text=found.text,
        findings=statements.findings(found),
        imported=_imported(session, owner.stream, found.id),
        statement=statement,
        shown=digest(canonical(statement)),
    )


def _imported(session: Session, stream: str, version: UUID) -> ImportedView | None:
    """The file that the last text of a version came from; None when a person wrote it."""
    found: ImportedView | None = None
    for entry in history(session, stream):
        for event in entry.events:
            if isinstance(event, RecipeDrafted) and event.version == version:
                found = None
            elif isinstance(event, RecipeImported) and event.version == version:
                found = ImportedView(
                    file=event.file,
                    format=event.format,
                    source=event.source.sha256,
                    companion=event.companion,
                )
    return found


def source_of(session: Session, version_id: UUID) -> bytes:
    """The file that a version came from, byte for byte."""
    imported = version(session, version_id).imported
    content = kept(session, imported.source) if imported else None
    if content is None:
        raise Unknown("file", "This version did not come from a file of another system.")
    return content


def exported(session: Session, version_id: UUID) -> Export:
    """A version as BatchML, with what BatchML cannot say of it."""
    found = session.get(Version, version_id)
    if found is None:
        raise Unknown("recipe version")
    return write_batchml(compiling.from_text(found.compiled))


def against_approving(session: Session, version_id: UUID, person: UUID) -> tuple[Reason, ...]:
    """Why this person could not approve a version now, its remarks accepted."""
    found = session.get(Version, version_id)
    if found is None:
        raise Unknown("recipe version")
    owner = session.get_one(Recipe, found.recipe_id)
    standing = statements.standing(owner.code, found)
    return tuple(rules.reasons_against_approving(standing, person, remarks_accepted=True))


def effective(session: Session, code: str) -> VersionView | None:
    """The version of a recipe that new orders use, or None."""
    found = session.scalar(
        select(Version.id)
        .join(Recipe, Version.recipe_id == Recipe.id)
        .where(Recipe.code == code, Version.status == State.EFFECTIVE)
    )
    return version(session, found) if found else None


def effective_for_start(session: Session, code: str) -> RecipeFact | None:
    """The effective version as the engine takes it, locked against being superseded meanwhile."""
    found = session.scalar(
        select(Version)
        .join(Recipe, Version.recipe_id == Recipe.id)
        .where(Recipe.code == code, Version.status == State.EFFECTIVE)
        .with_for_update(read=True, of=Version)
    )
    if found is None:
        return None
    return RecipeFact(
        recipe=compiling.from_text(found.compiled), digest=found.digest, effective=True
    )


def approvals(session: Session, code: str, number: int) -> tuple[ApprovalView, ...]:
    """How a version came into force: drafted, approved, made effective, by whom, signed as what."""
    owner = session.scalar(select(Recipe).where(Recipe.code == code))
    if owner is None:
        return ()
    return tuple(
        ApprovalView(
            act=entry.act,
            name=str(entry.actor["name"]),
            role=str(entry.actor["role"]),
            at=entry.at,
            meanings=tuple(signature.meaning for signature in entry.signatures),
            stream=entry.stream,
            seq=entry.seq,
        )
        for entry in history(session, owner.stream)
        if any(isinstance(event, _WAY) and event.number == number for event in entry.events)
    )


def check(source: str | bytes) -> tuple[FindingView, ...]:
    """Everything found in a recipe's text, without keeping it. Raises `BadText`."""
    return compiling.seen(text.load(source))


def _row(found: Version, code: str) -> dict[str, Any]:
    return {name: getattr(found, name) for name in _ROW} | {"code": code, "state": found.state}


def check_or_refuse(source: str) -> tuple[FindingView, ...]:
    """The same for text that came over the edge: its faults are those of the field `text`."""
    try:
        return check(source)
    except text.BadText as error:
        raise Malformed({"text": [str(fault) for fault in error.faults]}) from None
