"""The verbs of a batch: each one act, one decision of the engine, one entry in its stream.

Every operation is the same five moves: the batch as it stands, the facts, the decision, the
signatures, the record. What a decision means for stock follows in the same transaction.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

import workflows
from audit.signature import SignatureDraft
from ebr import identity
from ebr.batches import commands, consequences, facts, history, projection, statements
from ebr.identity import Given, Right, needs
from ebr.kernel import (
    Malformed,
    Reason,
    Refused,
    UnitOfWork,
    Unknown,
    Why,
    new_id,
    refuse_if,
    told,
)
from workflows import commands as acts
from workflows import quantity
from workflows.content import meanings_of
from workflows.recipe import Meaning

NOT_THE_PERFORMER = "signer_not_performer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signer:
    """Which right a signature of one meaning takes, and whose it is."""

    right: Right
    owner: bool = True  # the person at the screen; otherwise a second person


SIGNERS: Mapping[Meaning, Signer] = {
    Meaning.PERFORMED: Signer(right=Right.EXECUTE_STEPS),
    Meaning.WITNESSED: Signer(right=Right.WITNESS_STEPS, owner=False),
    Meaning.SKIPPED: Signer(right=Right.SKIP_STEPS),
    Meaning.CORRECTED: Signer(right=Right.CORRECT_VALUES),
    Meaning.DECIDED: Signer(right=Right.DECIDE_EXCEPTIONS),
    Meaning.REVIEWED: Signer(right=Right.REVIEW_BATCHES),
    Meaning.RELEASED: Signer(right=Right.RELEASE_BATCHES),
    Meaning.REJECTED: Signer(right=Right.REJECT_BATCHES),
}


@needs(Right.START_ORDERS)
def start_batch(
    work: UnitOfWork, *, number: str, order: str, size: quantity.Quantity, recipe_code: str
) -> UUID:
    """Open the record of a new batch from the effective version of a recipe."""
    command = acts.StartBatch(batch=new_id(), number=number, order=order, size=size)
    _act(work, command, recipe_code=recipe_code)
    return command.batch


@needs(Right.EXECUTE_STEPS)
def start_step(work: UnitOfWork, command: acts.StartStep) -> None:
    """Take a step in hand."""
    _act(work, command)


@needs(Right.EXECUTE_STEPS)
def record_value(work: UnitOfWork, command: acts.RecordValue) -> None:
    """Record what was read off, within limits or not."""
    _act(work, command, why=command.why)


@needs(Right.EXECUTE_STEPS)
def identify_material(work: UnitOfWork, command: acts.IdentifyMaterial) -> None:
    """Scan the container that will be charged."""
    _act(work, command)


@needs(Right.EXECUTE_STEPS)
def identify_equipment(work: UnitOfWork, command: acts.IdentifyEquipment) -> None:
    """Scan the equipment that will be used."""
    _act(work, command, why=command.why)


@needs(Right.EXECUTE_STEPS)
def accept_reading(work: UnitOfWork, command: acts.AcceptReading) -> None:
    """Take a stored reading of the scale as the weight charged."""
    _act(work, command)


@needs(Right.TYPE_WEIGHTS)
def type_weight(work: UnitOfWork, command: commands.TypeWeight) -> None:
    """Record a weight by hand, with reason and a second person."""
    _act(work, command, why=command.why)


@needs(Right.EXECUTE_STEPS)
def calculate(work: UnitOfWork, command: acts.Calculate) -> None:
    """Compute the result of a calculation step."""
    _act(work, command)


@needs(Right.EXECUTE_STEPS)
def complete_step(work: UnitOfWork, command: commands.CompleteStep) -> None:
    """Declare a step done as recorded, signed by who performed it."""
    _act(work, command)


@needs(Right.VIEW_BATCHES)
def witness_step(work: UnitOfWork, command: commands.WitnessStep) -> None:
    """Confirm a step as its second person, at the performer's screen or one's own."""
    _act(work, command)


@needs(Right.SKIP_STEPS)
def skip_step(work: UnitOfWork, command: commands.SkipStep) -> None:
    """Leave out a step that the recipe allows to be left out."""
    _act(work, command, why=command.why)


@needs(Right.CORRECT_VALUES)
def correct_value(work: UnitOfWork, command: commands.CorrectValue) -> None:
    """Put a right value beside a wrong one; who signed the wrong one signs again."""
    _act(work, command, why=command.why)


@needs(Right.REPORT_PROBLEMS)
def report_problem(work: UnitOfWork, command: acts.ReportProblem) -> None:
    """Raise an exception by hand."""
    _act(work, command, why=command.text)


@needs(Right.ADD_COMMENTS)
def add_comment(work: UnitOfWork, command: acts.AddComment) -> None:
    """Leave a remark that cannot be edited."""
    _act(work, command)


@needs(Right.DECIDE_EXCEPTIONS)
def decide_exception(work: UnitOfWork, command: commands.DecideException) -> None:
    """Say what an exception means for quality."""
    _act(work, command, why=command.reason)


@needs(Right.REVIEW_BATCHES)
def complete_review(work: UnitOfWork, command: commands.CompleteReview) -> None:
    """Declare the whole record reviewed."""
    _act(work, command)


@needs(Right.RELEASE_BATCHES)
def release_batch(work: UnitOfWork, command: commands.ReleaseBatch) -> None:
    """Certify the batch for use; its lots are released."""
    _act(work, command)


@needs(Right.REJECT_BATCHES)
def reject_batch(work: UnitOfWork, command: commands.RejectBatch) -> None:
    """Close the batch as unfit for use; its lots are rejected."""
    _act(work, command, why=command.why)


def _act(
    work: UnitOfWork,
    command: acts.Command,
    *,
    why: str = "",
    recipe_code: str | None = None,
) -> None:
    """Find, ask the facts, decide, sign, record: the spine of every act on a batch."""
    found = history.load(work, command.batch)
    came: tuple[Given, ...] = getattr(command, "signatures", ())
    named = _named(work, came)
    moment = facts.Moment(
        actor=work.actor,
        now=work.now,
        today=work.today,
        witness_window_s=work.settings.witness_window_s,
        lock=True,
        production=work.settings.production,
        # Whether the second person is really the one named, the ceremony finds out.
        second=next((each for each in named if each and each.id != work.actor.account), None),
    )
    known = facts.gather(work.session, found.batch, command, moment, recipe_code=recipe_code)
    asked = commands.plain(command)
    signatures: tuple[SignatureDraft, ...] | None = None
    if any(each is None or each.id != work.actor.account for each in named):
        # Nothing is said of another person before the ceremony has shown that it is them: a login
        # that nobody has fails like a wrong password, and nobody learns which logins there are.
        anybody = replace(known, witness=facts.anybody())
        refuse_if(told(workflows.reasons_against(found.batch, asked, anybody)))
        signatures = _signatures(work, found.batch, asked, came)
    try:
        happened = workflows.decide(found.batch, asked, known)
    except workflows.Refused as error:
        raise Refused(told(error.refusals)) from None
    if signatures is None:
        signatures = _signatures(work, found.batch, asked, came)
    after = workflows.replay(happened, found.batch)
    assert after is not None
    consequences.follow(work, after, happened)
    projection.apply(work.session, found.batch, after)
    work.record(
        history.stream(command.batch),
        *happened,
        expected=found.seq,
        why=Why(why) if why else None,
        signatures=signatures,
        refs=consequences.refs(happened),
    )


def _named(work: UnitOfWork, came: tuple[Given, ...]) -> tuple[identity.AccountView | None, ...]:
    """The accounts of the logins that were typed; None for one that nobody has."""
    typed = dict.fromkeys(given.login for given in came if given.login)
    return tuple(identity.account_by_login(work.session, login) for login in typed)


def _signatures(
    work: UnitOfWork,
    batch: workflows.Batch | None,
    command: acts.Command,
    came: tuple[Given, ...],
) -> tuple[SignatureDraft, ...]:
    """Each signature that the act takes, in order, over what its signer was shown."""
    if batch is None:
        return ()
    meanings = meanings_of(batch, command)
    if len(came) != len(meanings):
        wanted = " and ".join(f"“{meaning}”" for meaning in meanings) or "no signature"
        raise Malformed({"signatures": (f"This act takes {wanted}; {len(came)} came.",)})
    return tuple(
        _sign(work, batch, command, meaning, given)
        for meaning, given in zip(meanings, came, strict=True)
    )


def _sign(
    work: UnitOfWork,
    batch: workflows.Batch,
    command: acts.Command,
    meaning: Meaning,
    given: Given,
) -> SignatureDraft:
    signer = SIGNERS[meaning]
    try:
        content = statements.of(batch, command, meaning)
    except KeyError:
        raise Unknown("step or exception in this batch") from None
    draft = identity.sign(work, content, given, meaning=meaning, right=signer.right)
    if signer.owner and draft.person != str(work.actor.person):
        reason = Reason(
            NOT_THE_PERFORMER,
            f"{draft.name} signed, but {work.actor.name} is at work here.",
            "Sign as yourself, or change the user first.",
            "P11-200a2-1",
        )
        raise Refused((reason,))
    return draft
