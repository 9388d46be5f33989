"""Every address of the plant's software, and the right without which it is not answered.

A module's pages and its API are each one table of `Route`s. A route without a right cannot be made;
`PUBLIC` is for the door (sign-in, health, files of the build) and nothing else. Before a view runs,
the guard has established who asks, that the session is open, the right, and for acts the token that
shows that our own page asked (21 CFR 11.10(d), 11.10(g)).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from flask import Blueprint, Flask, g
from flask.typing import ResponseReturnValue

from ebr.identity import Right

READS = frozenset({"GET"})
ACTS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
API = "/api/v1"
View = Callable[..., ResponseReturnValue]
Guard = Callable[["Route"], None]


class Access(Enum):
    """How an address may be open to all."""

    PUBLIC = "public"


PUBLIC: Final = Access.PUBLIC


class Stage(Enum):
    """How far a session must have come for an address to answer it."""

    WORKING = "working"  # open, with a password of the person's own
    BEGINNING = "beginning"  # also while the password is a temporary one
    DOOR = "door"  # also behind the lock


@dataclass(frozen=True, slots=True)
class Route:
    """One address: how it is asked, what answers, and which right it needs.

    `passive`: a poll; never extends the session. `unattended`: an act that the page itself repeats
    while somebody looks at it; never extends the session either, for nobody need be there.
    `stage`: how far the session must have come.
    `asks`: the fields that a question may have. `status`: of an answer that is not 200 or 204.
    `form`: the view (same arguments) that shows the form again when the act is refused. `takes`,
    `answers`: the command and the view of an API address, for its description; `gives`: what a
    document is that it answers instead. `menu`, `icon`: how menus call the page.
    """

    method: str
    url: str
    view: View
    right: Right | Access
    passive: bool = False
    unattended: bool = False
    stage: Stage = Stage.WORKING
    form: View | None = None
    takes: type[Any] | None = None
    answers: Any = None
    gives: str = ""
    asks: tuple[str, ...] = ()
    status: int = 200
    menu: str = ""
    icon: str = ""

    def __post_init__(self) -> None:
        if not isinstance(self.right, Right | Access):
            raise TypeError(f"{self.method} {self.url} has no right; PUBLIC is for the door only")
        if self.method not in READS | ACTS:
            raise ValueError(f"{self.url}: a route reads (GET) or acts, not {self.method!r}")
        if not self.url.startswith("/"):
            raise ValueError(f"{self.url!r} is no address from the root")
        if self.passive and self.method not in READS:
            raise ValueError(f"{self.url}: an act is never passive")

    @property
    def public(self) -> bool:
        """Whether it is answered to anybody."""
        return isinstance(self.right, Access)

    @property
    def acts(self) -> bool:
        """Whether it may change something."""
        return self.method in ACTS

    @property
    def name(self) -> str:
        """The name of its view."""
        return self.view.__name__


@dataclass(frozen=True, slots=True)
class Registered:
    """A route where it stands: which skin, which module, its whole address, its endpoint."""

    route: Route
    skin: str
    module: str
    url: str
    endpoint: str


def register(
    app: Flask, skin: str, tables: Sequence[tuple[str, Sequence[Route]]], guard: Guard
) -> tuple[Registered, ...]:
    """Add one skin, `pages` or `api`: a blueprint for each module, every view behind the guard."""
    prefix = API if skin == "api" else ""
    whole = Blueprint(skin, __name__)
    registered: list[Registered] = []
    for module, routes in tables:
        part = Blueprint(module, __name__)
        for route in routes:
            part.add_url_rule(
                prefix + route.url,
                endpoint=route.name,
                view_func=_guarded(route, guard),
                methods=[route.method],
                provide_automatic_options=False,
            )
            name = f"{skin}.{module}.{route.name}"
            registered.append(Registered(route, skin, module, prefix + route.url, name))
        whole.register_blueprint(part)
    app.register_blueprint(whole)
    return tuple(registered)


def _guarded(route: Route, guard: Guard) -> View:
    def guarded(**arguments: Any) -> ResponseReturnValue:
        g.route = route
        guard(route)
        return route.view(**arguments)

    guarded.__name__ = route.name
    guarded.__doc__ = route.view.__doc__
    return guarded
