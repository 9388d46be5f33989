"""Who is asking: the session behind the cookie, its lock, its rights; the token of our own forms.

The server alone decides whether a session is open: it counts from the last request that a person
made (a poll is `passive` and never counts), so stopping the clock in a browser changes nothing
(Annex 11 draft 11.8). Rights are read at every request: a role withdrawn counts at the next call
(21 CFR 11.10(g)).
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Response, current_app, g, request

from ebr import identity
from ebr.identity import EndedBy, Right, SessionView, Standing
from ebr.kernel import Actor, Forbidden, Malformed, Secret, Unauthenticated, new_id, new_token
from ebr.kernel.clock import unix_ms
from ebr.settings import Settings
from ebr.web import browsers, responses, work
from ebr.web.filters import PlantTime, initials
from ebr.web.routing import API, PUBLIC, Registered, Route, Stage

SESSION, DOOR = "batchline_session", "batchline_door"
STATION, THEME = "batchline_station", "batchline_theme"
YEAR_S = 34_560_000
THEMES = ("light", "dark", "auto")
LEAST_KEY, MOST_KEY = 8, 128


class Locked(Unauthenticated):
    """The session is locked: unlock it with your own password, or sign in as yourself."""

    code = "locked"


class FirstPassword(Forbidden):
    """The password of this account is a temporary one: choose one of your own first."""

    code = "first_password"


class Forged(Forbidden):
    """Load the page again and repeat what you did; it was not recorded."""

    code = "forged"


@dataclass(frozen=True, slots=True)
class Station:
    """A place where people work: its number, what it is."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Door:
    """A page that the menus name."""

    title: str
    icon: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Here:
    """What every page says of itself: which plant, which station, who, when."""

    site: str
    training: bool
    station: Station | None
    person: str
    initials: str
    role: str
    signed_in: bool
    theme: str
    csrf: str
    now: datetime
    offset_min: int
    idle_s: int
    path: str
    said: str
    doors: tuple[Door, ...]
    rights: frozenset[str]  # to leave out what would be refused; the acts judge by themselves


def settings() -> Settings:
    """The settings of this application."""
    found: Settings = current_app.extensions["ebr.settings"]
    return found


def stations() -> dict[str, Station]:
    """The stations of the plant by their number."""
    return {code: Station(code, name) for code, name in settings().station_names.items()}


def station() -> Station | None:
    """The station this browser stands at, as somebody once chose on it."""
    return stations().get(request.cookies.get(STATION, ""))


def theme() -> str:
    """Light, dark or as the device wants it: a choice of the station, not of the person."""
    chosen = request.cookies.get(THEME, "")
    return chosen if chosen in THEMES else "auto"


def view() -> SessionView | None:
    """The session of this request as it stands now; None for strangers and ended sessions."""
    if "seat" not in g:
        token = request.cookies.get(SESSION, "")
        found = work.ask(identity.session_of, Secret(token)) if token else None
        g.seat = None if found is None or found.standing is Standing.ENDED else found
    seat: SessionView | None = g.seat
    return seat


def require() -> SessionView:
    """The session of a request that has passed the guard."""
    found = view()
    if found is None:
        raise Unauthenticated
    return found


def forget() -> None:
    """Read the session anew: the act that just ran has changed it."""
    g.pop("seat", None)


def admit(route: Route) -> None:
    """Let the request in, or say why not: session, lock, token, right, in this order."""
    g.actor = Actor.service("door", _place())
    if route.right is not PUBLIC:
        _known(route)
    if route.acts:
        _ours()
        g.request_id = _request_id(route)
    if isinstance(route.right, Right) and not work.actor().may(route.right):
        _remember_forbidden(route, route.right)
    if not (route.passive or route.unattended or route.public):
        _touch(require())


def _known(route: Route) -> None:
    found = view()
    if found is None:
        work.act_as(work.actor(), identity.note_stranger, identity.Stranger(source=source()))
        raise Unauthenticated
    g.actor = identity.actor_of(found)
    if found.standing is Standing.LOCKED and route.stage is not Stage.DOOR:
        raise Locked
    if found.must_change_password and route.stage is Stage.WORKING:
        raise FirstPassword(Right.USE_OWN_SESSION, FirstPassword.__doc__)


def _touch(seat: SessionView) -> None:
    """A person asked: the session stays open from here on; behind the lock nothing does that."""
    if seat.standing is Standing.OPEN and seat.touch_due:
        work.act_as(work.actor(), identity.touch, identity.Touch(source=source()))


def _ours() -> None:
    """Our own page asked, not another site: the session's token comes back with the act."""
    origin = request.headers.get("Origin")
    if origin is not None and origin != request.host_url.rstrip("/"):
        raise Forged("own_page", Forged.__doc__)
    if request.path == f"{API}/session" and request.method == "POST" and request.is_json:
        return  # nobody is signed in yet, and another site cannot send JSON without being asked
    given = request.headers.get("X-CSRF-Token") or request.form.get("csrf", "")
    if not hmac.compare_digest(given.encode(), csrf().encode()) or not given:
        raise Forged("own_page", Forged.__doc__)


def _request_id(route: Route) -> str:
    """The name of this act, the same when it is sent again: of the form, or `Idempotency-Key`."""
    key = request.headers.get("Idempotency-Key") or request.form.get("request", "")
    if route.public or not key:
        if not route.public and request.path.startswith(API) and route.stage is not Stage.DOOR:
            sentence = "Give every act a key of its own, and the same key when you send it again."
            raise Malformed({"Idempotency-Key": (sentence,)})
        return str(new_id())
    if not LEAST_KEY <= len(key) <= MOST_KEY or not key.isascii() or not key.isprintable():
        raise Malformed({"Idempotency-Key": (f"Use {LEAST_KEY} to {MOST_KEY} plain characters.",)})
    return key


def _remember_forbidden(route: Route, right: Right) -> None:
    """Refuse for want of a right, and remember that it was tried (21 CFR 11.10(g))."""
    work.act_as(
        work.actor(), identity.refuse_for_want_of, identity.Attempt(right=right, what=_what(route))
    )
    raise Forbidden(right)


def _what(route: Route) -> str:
    return f"{route.method} {route.url}"


def _place() -> str:
    found = station()
    return found.code if found else "unknown"


def source() -> str:
    """Where the request comes from, for the security log."""
    return request.remote_addr or "unknown"


def csrf() -> str:
    """The token of our forms: of the session, or of this browser before anybody signs in."""
    found = view()
    if found is not None:
        return found.csrf
    if "door" not in g:
        g.door = request.cookies.get(DOOR, "") or new_token()
    return hmac.new(str(g.door).encode(), b"csrf", hashlib.sha256).hexdigest()


def here() -> Here:
    """What every page says of itself; made once a request."""
    if "here" not in g:
        g.here = _here()
    made: Here = g.here
    return made


def _here() -> Here:
    found, setting = view(), settings()
    at = PlantTime(setting.zone).local(datetime.fromtimestamp(unix_ms() / 1000, UTC))
    offset = at.utcoffset()
    place = stations().get(found.station, Station(found.station, "")) if found else station()
    return Here(
        site=setting.site,
        training=setting.training,
        station=place,
        person=found.name if found else "",
        initials=initials(found.name) if found else "",
        role=found.role if found else "",
        signed_in=found is not None,
        theme=theme(),
        csrf=csrf(),
        now=at,
        offset_min=int(offset.total_seconds() // 60) if offset is not None else 0,
        idle_s=setting.idle_lock_s,
        path=way_back(),
        said=responses.said(),
        doors=_doors(found),
        rights=found.rights if found else frozenset(),
    )


def _doors(found: SessionView | None) -> tuple[Door, ...]:
    if found is None or found.must_change_password:
        return ()
    registered: tuple[Registered, ...] = current_app.extensions["ebr.routes"]
    return tuple(
        Door(each.route.menu, each.route.icon, each.url)
        for each in registered
        if each.route.menu and str(each.route.right) in found.rights
    )


def way_back() -> str:
    """The page to come back to: this one, or for an act the page it was sent from."""
    if "next" in request.form:
        return responses.inside(request.form["next"])
    if request.method == "GET" and not responses.target():
        here_now = request.full_path.rstrip("?") if request.query_string else request.path
        return responses.inside(here_now)
    referrer = request.headers.get("HX-Current-URL") or request.referrer or ""
    ours = request.host_url.rstrip("/")
    return responses.inside(referrer.removeprefix(ours)) if referrer.startswith(ours) else "/"


def doorway(next_page: str) -> dict[str, Any]:
    """What the sign-in page shows."""
    return {
        "next": next_page,
        "tried": request.method == "POST" and request.path == "/sign-in",
        "stations": tuple(stations().values()),
        "browser": browsers.judge(request.headers.get("User-Agent", "")),
        "supported": browsers.SUPPORTED,
    }


def behind_lock(next_page: str) -> dict[str, Any]:
    """What the lock screen shows: whose session it is, and nothing of its pages."""
    seat = require()
    return {
        "seat": seat,
        "by_idle": seat.locked_by is EndedBy.IDLE,
        "fragment": responses.target() == "lock",
        "next": next_page,
    }


def keep_door(answer: Response) -> Response:
    """Give a browser without session the cookie that its sign-in form is bound to."""
    if "door" in g and request.cookies.get(DOOR) != g.door:
        _cookie(answer, DOOR, g.door)
    return answer


def keep_session(answer: Response, token: str) -> Response:
    """Hand the browser its session: unreadable for scripts, never sent from other sites' forms."""
    _cookie(answer, SESSION, token)
    return answer


def drop_session(answer: Response) -> Response:
    """Take the session's cookie away, and what the browser kept of its pages."""
    answer.delete_cookie(SESSION, path="/", httponly=True, samesite="Lax", secure=request.is_secure)
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def keep_station(answer: Response, code: str) -> Response:
    """Remember at which station this browser stands."""
    _cookie(answer, STATION, code, YEAR_S)
    return answer


def keep_theme(answer: Response, chosen: str) -> Response:
    """Remember the station's theme."""
    if chosen not in THEMES:
        raise Malformed({"theme": (f"Choose one of {', '.join(THEMES)}.",)})
    _cookie(answer, THEME, chosen, YEAR_S)
    return answer


def stand_at(place: Station) -> None:
    """A program says with its sign-in where it stands: a failure is told of that station."""
    g.actor = Actor.service("door", place.code)


def choose_station(code: str) -> Station:
    """The station of this number; a fault for one that the plant does not have."""
    found = stations().get(code)
    if found is None:
        known = ", ".join(stations())
        raise Malformed({"station": (f"There is no station {code[:40]!r}; there are {known}.",)})
    return found


def _cookie(answer: Response, name: str, value: str, age_s: int | None = None) -> None:
    answer.set_cookie(
        name,
        value,
        max_age=age_s,
        path="/",
        secure=request.is_secure,
        httponly=True,
        samesite="Lax",
    )
