"""The ceremony of an electronic signature: two components, a stated meaning, one digest.

Who owns the session gives login and secret at the first signing of a continuous period, later the
secret alone, once for each signing; anybody else gives both every time, and nothing of them stays
behind (21 CFR 11.200(a)(1)). What is signed is what was shown: the statement is built anew, and
when its digest is not the one that the signer saw, the signature is refused and the new content
told. A service signs nothing. Whether the witness may be the performer is judged by the engine.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from audit.canonical import Plain, canonical, digest, instant
from audit.signature import SignatureDraft
from ebr.identity.attempts import (
    Act,
    Candidate,
    aftermath_of,
    candidate_by_id,
    candidate_by_login,
    tried,
)
from ebr.identity.lifecycle import AccountState
from ebr.identity.logins import normalised
from ebr.identity.model import Account, SessionRow
from ebr.identity.queries import facts_of, role_with
from ebr.identity.rights import Right
from ebr.identity.rules import standing
from ebr.identity.views import Standing
from ebr.kernel import (
    Forbidden,
    Reason,
    Refused,
    Secret,
    SignatureRejected,
    UnitOfWork,
    refuse_if,
)
from workflows.recipe import Meaning

METHOD = "password"
LOGIN, SECRET = "login", "secret"


class SigningCode(StrEnum):
    """Why a signature is refused before any secret is looked at, most fundamental first."""

    SERVICE_CANNOT_SIGN = "service_cannot_sign"
    SESSION_NOT_OPEN = "session_not_open"
    MEANING_NOT_CONFIRMED = "meaning_not_confirmed"
    CONTENT_CHANGED = "content_changed"
    SECRET_MISSING = "secret_missing"  # noqa: S105 - the name of a reason
    LOGIN_MISSING = "login_missing"
    PASSWORD_TEMPORARY = "password_temporary"  # noqa: S105 - the name of a reason


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a signer entered: the secret, the login where it is asked for, and what was shown.

    `shown` is the SHA-256 of the canonical statement that was displayed, `meaning` what the signer
    confirmed that the signature says.
    """

    secret: Secret
    shown: str
    meaning: str
    login: str | None = None


class ContentChanged(Refused):
    """What would be signed is not what was shown; the new content comes along."""

    def __init__(
        self, reasons: tuple[Reason, ...], statement: Mapping[str, Plain], shown: str
    ) -> None:
        super().__init__(reasons)
        self.statement = statement
        self.shown = shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceremony:
    """What is known when somebody wants to sign in an open session, and what was entered.

    `continuous`: the owner has signed with both components since the last break.
    """

    owner: str
    continuous: bool
    login: str
    secret: bool
    meaning_confirmed: bool
    content_shown: bool

    @property
    def by_owner(self) -> bool:
        """Whether the owner of the session signs: no login was typed, or their own."""
        return self.login in ("", self.owner)

    @property
    def components(self) -> tuple[str, ...]:
        """What the signer has given of the two components."""
        return (LOGIN, SECRET) if self.login else (SECRET,)


def reasons_against_ceremony(facts: Ceremony) -> tuple[Reason, ...]:
    """Every reason why this cannot become a signature, whoever the signer turns out to be."""
    wrong = {
        SigningCode.MEANING_NOT_CONFIRMED: not facts.meaning_confirmed,
        SigningCode.CONTENT_CHANGED: not facts.content_shown,
        SigningCode.SECRET_MISSING: not facts.secret,
        SigningCode.LOGIN_MISSING: not facts.login and not facts.continuous,
    }
    return tuple(_REASONS[code] for code, is_wrong in wrong.items() if is_wrong)


_REASONS = {
    SigningCode.SERVICE_CANNOT_SIGN: Reason(
        SigningCode.SERVICE_CANNOT_SIGN,
        "A service signs nothing: a signature belongs to a person.",
        "Sign in as yourself.",
        "P11-200a2-1",
    ),
    SigningCode.SESSION_NOT_OPEN: Reason(
        SigningCode.SESSION_NOT_OPEN,
        "The session is locked or has ended.",
        "Unlock it or sign in again, then sign with login and password.",
        "P11-200a1ii-1",
    ),
    SigningCode.MEANING_NOT_CONFIRMED: Reason(
        SigningCode.MEANING_NOT_CONFIRMED,
        "The signature does not say what this act needs it to mean.",
        "Read the meaning in the dialog and confirm it.",
        "P11-50a-1",
    ),
    SigningCode.CONTENT_CHANGED: Reason(
        SigningCode.CONTENT_CHANGED,
        "The content changed after it was shown to you.",
        "Read the new content, then sign it or go back.",
        "SIG-WYS-1",
    ),
    SigningCode.SECRET_MISSING: Reason(
        SigningCode.SECRET_MISSING,
        "A signature needs your password, once for each signing.",
        "Enter your password.",
        "P11-200a1i-1",
    ),
    SigningCode.LOGIN_MISSING: Reason(
        SigningCode.LOGIN_MISSING,
        "The first signing after signing in or after any break needs login and password.",
        "Enter your login as well.",
        "P11-200a1-1",
    ),
    SigningCode.PASSWORD_TEMPORARY: Reason(
        SigningCode.PASSWORD_TEMPORARY,
        "A temporary password signs nothing.",
        "Choose a password of your own first.",
        "P11-200a2-1",
    ),
}


def sign(
    work: UnitOfWork,
    statement: Mapping[str, Plain],
    given: Given,
    *,
    meaning: Meaning,
    right: Right,
) -> SignatureDraft:
    """A signature over the statement by whoever entered the components; the proof comes later.

    Raises `Refused` with every reason (`ContentChanged` with the new statement),
    `SignatureRejected` when the components do not belong together, `Forbidden` when the signer
    lacks the right.
    """
    content = canonical(statement)
    shown = digest(content)
    secret = given.secret.reveal()
    seat = _seat(work)
    facts = Ceremony(
        owner=seat.owner,
        continuous=seat.session.continuous,
        login=normalised(given.login or ""),
        secret=bool(secret),
        meaning_confirmed=given.meaning == meaning,
        content_shown=given.shown == shown,
    )
    reasons = reasons_against_ceremony(facts)
    if not facts.content_shown:
        raise ContentChanged(reasons, statement, shown)
    refuse_if(reasons)
    signer = _authenticate(work, seat, secret, facts)
    role = role_with(work.session, signer.account, right)
    if role is None:
        raise Forbidden(right, f"{signer.name} does not have the right “{right}” to sign this.")
    if facts.by_owner:
        seat.session.continuous = True
    return SignatureDraft(
        meaning=meaning,
        person=str(signer.person),
        account=str(signer.account),
        name=signer.name,
        role=role,
        at=instant(work.now),
        method=METHOD,
        components=facts.components,
        station=work.actor.station,
        shown=work.keep(content),
    )


@dataclass(frozen=True, slots=True)
class _Seat:
    """The open session in which somebody signs, and the login of its owner."""

    session: SessionRow
    owner: str


def _seat(work: UnitOfWork) -> _Seat:
    if work.actor.session is None:
        raise Refused((_REASONS[SigningCode.SERVICE_CANNOT_SIGN],))
    row, owner = work.session.execute(
        select(SessionRow, Account)
        .join(Account, Account.id == SessionRow.account)
        .where(SessionRow.id == work.actor.session)
        .execution_options(populate_existing=True)
    ).one()
    stands, _ = standing(facts_of(row, AccountState(owner.state)), work.now)
    if stands is not Standing.OPEN:
        raise Refused((_REASONS[SigningCode.SESSION_NOT_OPEN],))
    return _Seat(row, owner.login)


def _authenticate(work: UnitOfWork, seat: _Seat, secret: str, facts: Ceremony) -> Candidate:
    """The account whose secret was given; both components are checked here and only here."""
    # Invariant: a single component only ever counts for the owner of the session.
    claimed = (
        candidate_by_id(work.session, seat.session.account, share=True)
        if facts.by_owner
        else candidate_by_login(work.session, facts.login, share=True)
    )
    attempt = tried(work, claimed, secret)
    signer = attempt.proven
    if signer is None:
        source = seat.session.source
        raise SignatureRejected(
            aftermath=aftermath_of(Act.SIGN, attempt, work.actor.station, source)
        )
    if signer.temporary:
        raise Refused((_REASONS[SigningCode.PASSWORD_TEMPORARY],))
    return signer
