"""The verbs of master recipes: draft, approve, make effective, withdraw."""

import json
from dataclasses import replace
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

import workflows
from ebr import identity
from ebr.identity import Right, needs
from ebr.kernel import Forbidden, Kept, Malformed, UnitOfWork, Unknown, new_id, refuse_if, told
from ebr.recipes import compile as compiling
from ebr.recipes import importing, rules, statements, text
from ebr.recipes.commands import (
    ApproveRecipe,
    DraftRecipe,
    ImportRecipe,
    MakeEffective,
    WithdrawDraft,
)
from ebr.recipes.events import (
    RecipeApproved,
    RecipeDrafted,
    RecipeImported,
    RecipeMadeEffective,
    RecipeWithdrawn,
)
from ebr.recipes.lifecycle import LIFECYCLE, State, Verb
from ebr.recipes.model import Recipe, Version
from workflows.recipe import Meaning

CODE_MOST = 100


@needs(Right.AUTHOR_RECIPES)
def draft_recipe(work: UnitOfWork, command: DraftRecipe) -> str:
    """Bring a recipe in as text; the findings stand beside it. Returns the version's id."""
    try:
        written = text.load(command.text)
    except text.BadText as error:
        raise Malformed({"text": [str(fault) for fault in error.faults]}) from None
    owner = _recipe_of(work, written.code, "text")
    number = _number(work.session, owner.id)
    refuse_if(rules.reasons_against_drafting(written.code, written.version, number))
    version, drafted = _drafted(work, owner, compiling.compiled(written), written, command.text)
    work.record(owner.stream, drafted)
    return str(version.id)


@needs(Right.AUTHOR_RECIPES)
def import_recipe(work: UnitOfWork, command: ImportRecipe) -> str:
    """Bring in a file of another system as a draft, its gaps beside it. Returns the version's id.

    File and companion are kept as they came; the draft's text is ours from here on.
    """
    source = importing.decoded(command)
    found = importing.read(source, command.companion)
    owner = _recipe_of(work, importing.code_of(found), "content")
    found = importing.numbered(found, _number(work.session, owner.id))
    written = importing.text_of(found)
    version, drafted = _drafted(work, owner, importing.compiled(found), found.recipe, written)
    work.record(
        owner.stream,
        drafted,
        RecipeImported(
            version=version.id,
            code=found.recipe.code,
            number=found.recipe.version,
            file=command.name,
            format=found.version,
            source=Kept(work.keep(source), len(source)),
            companion=command.companion,
        ),
    )
    return str(version.id)


@needs(Right.APPROVE_RECIPES)
def approve_recipe(work: UnitOfWork, command: ApproveRecipe) -> None:
    """Approve a draft by a signature over its digest."""
    version, owner = _version_of(work, command.version)
    standing = statements.standing(owner.code, version)
    refuse_if(
        rules.reasons_against_approving(
            standing, _person(work), remarks_accepted=command.remarks_accepted
        )
    )
    signature = identity.sign(
        work,
        statements.of_approval(owner.code, version),
        command.signature,
        meaning=Meaning.APPROVED,
        right=Right.APPROVE_RECIPES,
    )
    version.status = LIFECYCLE.after(version.state, Verb.APPROVE).becomes
    version.approver_name = work.actor.name
    version.approved_at = work.now
    work.record(
        owner.stream,
        RecipeApproved(
            version=version.id,
            code=owner.code,
            number=version.number,
            digest=version.digest,
            remarks=tuple(standing.remarks),
        ),
        signatures=(signature,),
    )


@needs(Right.MAKE_RECIPES_EFFECTIVE)
def make_effective(work: UnitOfWork, command: MakeEffective) -> None:
    """Let new orders use an approved version; running batches keep the snapshot they have."""
    version, owner = _version_of(work, command.version)
    refuse_if(told(LIFECYCLE.reasons_against(version.state, Verb.MAKE_EFFECTIVE)))
    before = work.session.scalar(
        select(Version)
        .where(Version.recipe_id == owner.id, Version.status == State.EFFECTIVE)
        .with_for_update()
    )
    if before is not None:
        before.status = LIFECYCLE.after(before.state, Verb.SUPERSEDE).becomes
        work.session.flush()  # the index allows one effective version at a time
    version.status = LIFECYCLE.after(version.state, Verb.MAKE_EFFECTIVE).becomes
    version.effective_from = work.now
    work.record(
        owner.stream,
        RecipeMadeEffective(
            version=version.id,
            code=owner.code,
            number=version.number,
            digest=version.digest,
            effective_from=work.now,
            supersedes=before.id if before else None,
        ),
    )


@needs(Right.AUTHOR_RECIPES)
def withdraw_draft(work: UnitOfWork, command: WithdrawDraft) -> None:
    """Give a draft up; its text stays on record."""
    version, owner = _version_of(work, command.version)
    refuse_if(
        told(LIFECYCLE.reasons_against(version.state, Verb.WITHDRAW, reason=command.why.text))
    )
    version.status = LIFECYCLE.after(version.state, Verb.WITHDRAW, reason=command.why.text).becomes
    work.record(
        owner.stream,
        RecipeWithdrawn(version=version.id, code=owner.code, number=version.number),
        why=replace(command.why),
    )


def _person(work: UnitOfWork) -> UUID:
    """Who acts; a service neither writes nor approves recipes."""
    if work.actor.person is None:
        raise Forbidden(Right.AUTHOR_RECIPES)
    return work.actor.person


def _recipe_of(work: UnitOfWork, code: str, field: str) -> Recipe:
    """The recipe of a code, locked against a second author; made when the code is new."""
    if len(code) > CODE_MOST or not code.isprintable() or code != code.strip():
        said = (
            f"The recipe's code has {len(code):,} characters; it may have {CODE_MOST}, all of them "
            "to be seen, and no blank before or after."
        )
        raise Malformed({field: (said,)})
    one = select(Recipe).where(Recipe.code == code).with_for_update()
    found = work.session.scalar(one)
    if found is None:  # nothing to lock yet: whoever comes second with a new code waits here
        work.session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(code, 0))))
        found = work.session.scalar(one)
    return found or work.add(Recipe(id=new_id(), code=code))


def _version_of(work: UnitOfWork, version: UUID) -> tuple[Version, Recipe]:
    found = work.session.get(Version, version, with_for_update=True)
    if found is None:
        raise Unknown("recipe version")
    return found, work.session.get_one(Recipe, found.recipe_id)


def _draft_of(session: Session, recipe: UUID) -> Version | None:
    return session.scalar(
        select(Version).where(Version.recipe_id == recipe, Version.status == State.DRAFT)
    )


def _number(session: Session, recipe: UUID) -> int:
    """The number of the draft there is, or the next one."""
    draft = _draft_of(session, recipe)
    if draft is not None:
        return draft.number
    highest = session.scalar(select(func.max(Version.number)).where(Version.recipe_id == recipe))
    return (highest or 0) + 1


def _drafted(
    work: UnitOfWork,
    owner: Recipe,
    made: compiling.Compiled,
    written: workflows.Recipe,
    source: str,
) -> tuple[Version, RecipeDrafted]:
    """The draft of the recipe, made or written anew, and the event that says so."""
    version = _draft_of(work.session, owner.id) or work.add(
        Version(id=new_id(), recipe_id=owner.id)
    )
    _fill(version, written, made, source)
    version.author = _person(work)
    version.author_name = work.actor.name
    version.drafted_at = work.now
    return version, RecipeDrafted(
        version=version.id,
        code=written.code,
        number=written.version,
        title=written.title,
        digest=made.digest,
        text=source,
        findings=tuple(f"{each.severity} {each.place}: {each.text}" for each in made.findings),
    )


def _fill(
    version: Version, written: workflows.Recipe, made: compiling.Compiled, source: str
) -> None:
    version.number = written.version
    version.title = written.title
    version.product = written.product
    version.size = str(written.size)
    version.status = State.DRAFT
    version.text = source
    version.compiled = made.text
    version.digest = made.digest
    version.findings = json.dumps(
        [[each.severity, each.place, each.text] for each in made.findings], ensure_ascii=False
    )
