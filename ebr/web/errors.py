"""The only place that knows which error is which status, and what people and programs are told.

A refusal is answered with every reason, in order; the form it came from is shown again with what
was entered. Anticipated errors are never logged as errors; what is our bug gets a reference number.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from flask import Flask, Response, current_app, g, make_response, request
from sqlalchemy.exc import OperationalError
from werkzeug.datastructures import ImmutableMultiDict
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from ebr import exchange, kernel
from ebr.kernel import Reason
from ebr.web import binding, responses, sessions
from ebr.web.routing import API, Route
from ebr.web.sessions import FirstPassword, Forged, Locked

log = logging.getLogger("ebr.web")
PROBLEM = "application/problem+json"
RETRY_S = 5


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of an error: to people as a page, to programs as a problem document."""

    status: int
    code: str
    title: str
    detail: str
    page: str
    reasons: tuple[Reason, ...] = ()
    faults: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    reference: str = ""
    retry_after_s: int | None = None
    statement: Any = None
    more: Mapping[str, Any] = field(default_factory=dict)


def told(error: BaseException) -> Told:
    """The one map from errors to statuses and words."""
    match error:
        case kernel.Malformed():
            title = "This cannot be recorded as it was entered."
            found = Told(422, error.code, title, error.message, "refused", faults=error.faults)
        case Locked():
            found = Told(423, error.code, "The screen is locked.", error.message, "locked")
        case kernel.Unauthenticated():
            found = Told(401, error.code, "Please sign in.", error.message, "door")
        case kernel.SignatureRejected():
            reason = Reason(error.code, error.message)
            title = "Not accepted, and the attempt was recorded."
            found = Told(403, error.code, title, error.message, "refused", (reason,))
        case FirstPassword():
            title = "First choose a password of your own."
            found = Told(403, error.code, title, error.message, "password")
        case Forged():
            title = "This did not come from a page of ours."
            found = Told(403, error.code, title, error.message, "forbidden")
        case kernel.Forbidden():
            title = "You do not have the right to do this."
            more = {"right": error.right}
            found = Told(403, error.code, title, error.message, "forbidden", more=more)
        case kernel.Unknown():
            found = Told(404, error.code, "There is nothing here.", error.message, "unknown")
        case kernel.Refused():
            found = _refused(error)
        case kernel.Stale():
            title = "Somebody else was faster."
            versions = {"found": error.found, "expected": error.expected}
            found = Told(409, error.code, title, error.message, "stale", more=versions)
        case kernel.Overtaken():
            title = "Not done: the record has moved on."
            stands = {"found": error.found}
            found = Told(412, error.code, title, error.message, "stale", more=stands)
        case kernel.Unavailable():
            found = _away(error.code, error.message, error.retry_after_s)
        case kernel.Breached():
            title = "This record does not hold together."
            found = Told(500, error.code, title, error.message, "broken")
        case OperationalError():
            found = _away("unavailable", "The database does not answer at the moment.", RETRY_S)
        case HTTPException():
            found = _http(error)
        case _:
            title = "Something went wrong on our side."
            detail = "Nothing was recorded by this request. The reference helps us to find out why."
            found = Told(500, "broken", title, detail, "broken")
    return replace(found, reference=g.get("reference", ""))


def _refused(error: kernel.Refused) -> Told:
    statement = getattr(error, "statement", None)
    title = "Not done, and nothing was changed." if statement is None else "Not signed."
    return Told(409, error.code, title, str(error), "refused", error.reasons, statement=statement)


def _away(code: str, detail: str, retry_after_s: int) -> Told:
    title = "Something this needs does not answer."
    return Told(503, code, title, detail, "unavailable", retry_after_s=retry_after_s)


def _http(error: HTTPException) -> Told:
    status = error.code or 500
    known = {
        400: ("malformed", "This request cannot be read.", "refused"),
        404: ("unknown", "There is nothing here.", "unknown"),
        405: ("not_here", "This address does not take that.", "unknown"),
        413: ("too_large", "This is larger than we take.", "refused"),
        415: ("not_this_form", "This is not in a form we read.", "refused"),
    }
    code, title, page = known.get(status, ("http", error.name, "refused"))
    detail = {
        404: "The address may be old, or what it showed is not yours to see.",
        413: f"At most {current_app.config['MAX_CONTENT_LENGTH'] // 1024:,} KiB are taken.",
    }.get(status, error.description or title)
    return Told(status, code, title, detail, page)


def install(app: Flask) -> None:
    """Answer every error of this application here."""
    app.register_error_handler(Exception, _answered)


def _answered(error: Exception) -> Response:
    found = told(error)
    if isinstance(error, RequestEntityTooLarge):  # the page of it must not ask for the form again
        request.form = ImmutableMultiDict()
    if isinstance(error, kernel.Breached):
        _alarm(error)
    if found.code == "broken":
        log.error(
            "reference %s: %s %s", found.reference, request.method, request.path, exc_info=error
        )
    made = _problem(found) if request.path.startswith(API) else _page(found)
    if found.retry_after_s is not None:
        made.headers["Retry-After"] = str(found.retry_after_s)
    if found.status == 401:
        made.headers["WWW-Authenticate"] = 'Session realm="Batchline"'
    if isinstance(error, HTTPException) and error.code == 405:
        allowed: Any = getattr(error, "valid_methods", None) or ()
        made.headers["Allow"] = ", ".join(sorted(allowed))
    made.headers["Cache-Control"] = "no-store"
    return made


def _alarm(breached: kernel.Breached) -> None:
    """Tell the security contact, outside the database whose record it is."""
    log.error("reference %s: ALARM: %s", g.get("reference", ""), breached.message)
    try:
        exchange.tell_of_breach(sessions.settings(), breached)
    except OSError:
        log.exception("the alarm could not be delivered")


def problem(found: Told) -> dict[str, Any]:
    """The problem document (RFC 9457): every reason, every fault, in order."""
    document: dict[str, Any] = {
        "type": f"urn:batchline:problem:{found.code}",
        "title": found.title,
        "status": found.status,
        "detail": found.detail,
        "instance": f"urn:batchline:reference:{found.reference}",
        "code": found.code,
        "reasons": [
            {
                "code": str(reason.code),
                "text": reason.text,
                "remedy": reason.remedy,
                "requirement": reason.requirement,
            }
            for reason in found.reasons
        ],
        "faults": {name: list(sentences) for name, sentences in found.faults.items()},
        **found.more,
    }
    if found.statement is not None:
        document["statement"] = kernel.plain(found.statement)
    return document


def _problem(found: Told) -> Response:
    made = make_response(responses.written(problem(found)), found.status)
    made.headers["Content-Type"] = PROBLEM
    return made


def _page(found: Told) -> Response:
    g.refusal = found
    g.entered = binding.entered() if request.form else {}
    if found.page == "door":
        return responses.show(
            "identity/sign_in.html", status=found.status, **sessions.doorway(sessions.way_back())
        )
    if found.page == "locked":
        return responses.show(
            "identity/lock.html",
            blocks=("lock",),
            status=found.status,
            **sessions.behind_lock(sessions.way_back()),
        )
    if found.page == "password" and request.method == "GET":
        return responses.see("/password")
    again = _form_again(found)
    if again is not None:
        return again
    if responses.target():
        made = responses.show("errors/message.html", status=found.status, told=found)
        made.headers["HX-Retarget"], made.headers["HX-Reswap"] = "#said", "innerHTML"
        return made
    page = found.page if found.page != "password" else "forbidden"
    return responses.show(f"errors/{page}.html", status=found.status, told=found)


def _form_again(found: Told) -> Response | None:
    """The form that was refused, with its reasons; None where there is none to show."""
    route: Route | None = g.get("route")
    if route is None or route.form is None or found.status not in (403, 409, 422):
        return None
    if found.code in ("forged", "forbidden"):
        return None
    try:
        made = make_response(route.form(**(request.view_args or {})))
    except kernel.EbrError:
        return None
    made.status_code = found.status
    made.headers["HX-Push-Url"] = "false"
    return made
