"""The door: signing in and out, the lock, the password, the station of a screen."""

from flask import Response, request

from ebr import identity
from ebr.identity import (
    ChangePassword,
    LockSession,
    MoveStation,
    Right,
    SignIn,
    SignOut,
    Standing,
    UnlockSession,
)
from ebr.kernel import Malformed, Secret, Unauthenticated, new_token
from ebr.web import binding, responses, sessions, work
from ebr.web.pages.site import answer_now
from ebr.web.routing import PUBLIC, Route, Stage


def sign_in_page() -> Response:
    """Sign in at this station."""
    if sessions.view() is not None:
        return responses.see(_next())
    return responses.show("identity/sign_in.html", **sessions.doorway(_next()))


def sign_in() -> Response:
    """Open a session: login and secret, at the station of this screen."""
    place = sessions.station()
    if place is None:
        raise Malformed({"station": ("Choose the station of this screen first.",)})
    token = new_token()
    command = binding.bind(
        SignIn, token=Secret(token), station=place.code, source=sessions.source()
    )
    work.act(identity.sign_in, command)
    return sessions.keep_session(responses.see(_next()), token)


def sign_in_help() -> Response:
    """What to do when signing in does not work."""
    return responses.show("identity/help.html")


def lock() -> Response:
    """Lock the screen now."""
    if sessions.require().standing is Standing.OPEN:
        work.act(identity.lock, LockSession())
    return responses.see(_next())


def lock_page() -> Response:
    """The lock over a page that stays in the browser, or instead of a page."""
    seat = sessions.require()
    if seat.standing is Standing.OPEN:
        return responses.see(_next())
    return responses.show("identity/lock.html", blocks=("lock",), status=423, **_locked())


def _locked() -> dict[str, object]:
    return sessions.behind_lock(_next() if request.form else sessions.way_back())


def unlock() -> Response:
    """Go on, with one's own secret; nobody else can."""
    if sessions.require().standing is Standing.LOCKED:
        work.act(identity.unlock, binding.bind(UnlockSession))
    if not responses.target():
        return responses.see(_next())
    sessions.forget()
    answer = responses.done()
    answer.headers["X-CSRF-Token"] = sessions.csrf()
    return answer


def touch() -> Response:
    """A person is there: the guard has noted it already."""
    return responses.done()


def pulse() -> Response:
    """How the session stands, for the screen; a poll never keeps it open."""
    seat = sessions.view()
    if seat is None:
        raise Unauthenticated
    now = sessions.here().now
    left = 0 if seat.standing is Standing.LOCKED else (seat.locks_at - now).total_seconds()
    return answer_now({"state": str(seat.standing), "locks_in_s": max(0, round(left))})


def leave() -> Response:
    """Sign out; or leave the screen to the next person, who signs in as themself."""
    work.act(identity.sign_out, SignOut())
    return sessions.drop_session(responses.see("/sign-in"))


def password_page() -> Response:
    """Replace one's password."""
    return responses.show("identity/password.html", must=sessions.require().must_change_password)


def change_password() -> Response:
    """Replace one's password; the temporary one before anything else."""
    if request.form.get("new", "") != request.form.get("again", ""):
        raise Malformed({"again": ("The two are not the same.",)})
    work.act(identity.change_password, binding.bind(ChangePassword))
    return responses.see("/", said="Password changed. Use it from now on.")


def station_page() -> Response:
    """At which station this screen stands, chosen before anybody signs in."""
    if sessions.view() is not None:
        return responses.see("/session/station")
    return _station_page("/station", "/sign-in")


def choose_station() -> Response:
    """Remember the station in this browser."""
    place = sessions.choose_station(binding.require("station"))
    answer = responses.see(responses.inside(request.form.get("next", ""), "/sign-in"))
    return sessions.keep_station(answer, place.code)


def move_page() -> Response:
    """Go on at another station."""
    return _station_page("/session/station", "/")


def move() -> Response:
    """Go on at another station: the next signature asks for both components again."""
    place = sessions.choose_station(binding.require("station"))
    work.act(identity.move_station, MoveStation(station=place.code))
    answer = responses.see(_next(), said=f"This screen stands at {place.code} now.")
    return sessions.keep_station(answer, place.code)


def _station_page(action: str, back: str) -> Response:
    choices = tuple((each.code, each.code, each.name) for each in sessions.stations().values())
    next_page = responses.inside(request.values.get("next", ""), back)
    return responses.show("identity/station.html", action=action, choices=choices, next=next_page)


def _next() -> str:
    return responses.inside(request.values.get("next", ""))


OWN = Right.USE_OWN_SESSION
ROUTES = (
    Route("GET", "/sign-in", sign_in_page, PUBLIC),
    Route("POST", "/sign-in", sign_in, PUBLIC, form=sign_in_page),
    Route("GET", "/sign-in/help", sign_in_help, PUBLIC),
    Route("GET", "/station", station_page, PUBLIC),
    Route("POST", "/station", choose_station, PUBLIC, form=station_page),
    Route("POST", "/session/lock", lock, OWN, stage=Stage.DOOR),
    Route("GET", "/session/lock", lock_page, OWN, passive=True, stage=Stage.DOOR),
    Route("POST", "/session/unlock", unlock, OWN, form=lock_page, stage=Stage.DOOR),
    Route("POST", "/session/touch", touch, OWN, stage=Stage.BEGINNING),
    Route("GET", "/session/pulse", pulse, OWN, passive=True, stage=Stage.DOOR),
    Route("POST", "/session/leave", leave, OWN, stage=Stage.DOOR),
    Route("GET", "/session/station", move_page, OWN),
    Route("POST", "/session/station", move, OWN, form=move_page),
    Route("GET", "/password", password_page, OWN, stage=Stage.BEGINNING),
    Route("POST", "/password", change_password, OWN, stage=Stage.BEGINNING, form=password_page),
)
