"""Settings become an application: database, routes, templates, headers, error pages."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from flask import Flask, Response, g
from jinja2 import StrictUndefined
from werkzeug.middleware.proxy_fix import ProxyFix

from ebr.kernel import new_id
from ebr.settings import Settings
from ebr.web import (
    addresses,
    api,
    assets,
    binding,
    drawings,
    errors,
    filters,
    gauges,
    pages,
    sessions,
    statements,
    work,
)
from ebr.web.routing import register
from ebr.web.screens import wording
from ebr.web.words import words

MOST_BODY = 2 * 1024 * 1024
MOST_FIELDS = 1000
PARTS = (
    "fields",
    "signature",
    "reasons",
    "table",
    "status",
    "timeline",
    "quantity",
    "who",
    "gates",
    "banner",
    "pager",
    "steps",
    "loops",
    "work",
    "dialog",
    "office",
    "trail",
)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; manifest-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Integrity-Policy": "blocked-destinations=(script)",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}


def create_app(settings: Settings, database: work.Database | None = None) -> Flask:
    """The application of one plant; `database` is given by tests that have one already."""
    app = Flask("ebr.web", static_folder=None, template_folder="templates")
    app.jinja_options = {
        "undefined": StrictUndefined,
        "trim_blocks": True,
        "lstrip_blocks": True,
    }
    app.config.update(
        MAX_CONTENT_LENGTH=MOST_BODY, MAX_FORM_MEMORY_SIZE=MOST_BODY, MAX_FORM_PARTS=MOST_FIELDS
    )
    if settings.proxies:  # scheme, host and address as they are outside: cookies, origin, log
        trusted = settings.proxies
        outside = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted, x_host=trusted)
        app.wsgi_app = outside  # type: ignore[method-assign]  # the way that Flask documents
    app.extensions["ebr.settings"] = settings
    app.extensions[work.KEY] = database if database is not None else work.connect(settings)
    app.extensions["ebr.routes"] = (
        *register(app, "pages", pages.TABLES, sessions.admit),
        *register(app, "api", api.TABLES, sessions.admit),
    )
    _install_templates(app, settings)
    errors.install(app)
    app.before_request(_numbered)
    app.after_request(_sealed)
    return app


def _install_templates(app: Flask, settings: Settings) -> None:
    filters.install(app, settings.zone)
    wording.install(app)
    env = app.jinja_env
    env.globals.update(
        here=sessions.here,
        ic=assets.icon,
        asset=assets.address,
        script=assets.script,
        step_url=addresses.of_step,
        style=assets.style,
        words=words,
        track=drawings.track,
        ghost=drawings.ghost,
        gauge=gauges.gauge,
        shown_before=_shown_before,
        differences=statements.differences,
        statement_text=statements.written,
        refusal=lambda: g.get("refusal"),
        faults=_faults,
        was=_was,
        request_id=lambda: str(new_id()),
    )
    # The macros call each other by this name, so that a block can be drawn without its page.
    parts = SimpleNamespace()
    env.globals["ui"] = parts
    for name in PARTS:
        setattr(parts, name, env.get_template(f"parts/{name}.html").module)


def _faults(name: str) -> tuple[str, ...]:
    told = g.get("refusal")
    found: tuple[str, ...] = told.faults.get(name, ()) if told is not None else ()
    return found


def _was(name: str, otherwise: Any = "") -> str:
    entered: dict[str, str] = g.get("entered", {})
    return entered.get(name, "" if otherwise is None else str(otherwise))


def _shown_before() -> Mapping[str, Any] | None:
    told = g.get("refusal")
    changed = told is not None and told.statement is not None
    return statements.shown_before() if changed else None


def _numbered() -> None:
    g.reference = str(new_id())
    binding.require_readable_address()


def _sealed(answer: Response) -> Response:
    for name, value in HEADERS.items():
        answer.headers[name] = value
    answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers["X-Request-Id"] = str(g.get("reference", ""))
    if answer.mimetype == "text/html":
        sessions.keep_door(answer)
    return answer
