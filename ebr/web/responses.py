"""What goes back: a page, one block of it for htmx, JSON, or the way to the next page.

A page is one template; for htmx the same view answers with the named block that the browser asked
to replace (its target's id is the block's name), so that no fragment has a file of its own.
"""

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from flask import Response, current_app, make_response, request
from jinja2 import Template

from ebr.kernel import plain
from ebr.web.screens.forms import Field, Form

SAID = "batchline_said"
TAR = "application/x-tar"
LONGEST_SAID = 400


def show(
    template: str,
    *,
    blocks: Iterable[str] = (),
    status: int = 200,
    etag: object = None,
    **context: Any,
) -> Response:
    """The page, or for htmx the one of `blocks` that it wants to replace."""
    found = current_app.jinja_env.get_template(template)
    current_app.update_template_context(context)
    # An id may end in a number: `raw-17` wants the block `raw`.
    wanted = re.sub(r"-\d+$", "", target())
    block = wanted if wanted in set(blocks) else ""
    text = render_block(found, block, context) if block else found.render(context)
    answer = make_response(text, status)
    answer.headers["Content-Type"] = "text/html; charset=utf-8"
    answer.headers["Vary"] = "HX-Request, HX-Target, Cookie"
    if not block and SAID in request.cookies:
        answer.delete_cookie(SAID, path="/", samesite="Lax", httponly=True)
    return _tagged(answer, etag, weak=True)


def render_block(template: Template, name: str, context: Mapping[str, Any]) -> str:
    """One named block of a template."""
    return "".join(template.blocks[name](template.new_context(dict(context))))


def target() -> str:
    """The id of the element that htmx wants to replace; empty for an ordinary request."""
    if "HX-Request" not in request.headers or "HX-History-Restore-Request" in request.headers:
        return ""
    return request.headers.get("HX-Target", "")


def see(url: str, said: str = "") -> Response:
    """After an act: go and look there; `said` is told once on the next page."""
    answer = make_response("", 303)
    answer.headers["Location"] = url
    if said:
        text = quote(said[:LONGEST_SAID], safe="")
        secure = request.is_secure
        answer.set_cookie(SAID, text, path="/", samesite="Lax", httponly=True, secure=secure)
    return answer


def said() -> str:
    """What the act before this page had to say."""
    return unquote(request.cookies.get(SAID, ""))[:LONGEST_SAID]


def answer(view: Any, *, status: int = 200, etag: object = None, location: str = "") -> Response:
    """A view as JSON; `etag` is the version of the stream it was read from."""
    made = make_response(written(plain(view)), status)
    made.headers["Content-Type"] = "application/json"
    if location:
        made.headers["Location"] = location
    return _tagged(made, etag, weak=False)


def form(title: str, action: str, verb: str, icon: str, back: str, *fields: Field) -> Response:
    """The form of one act at an address of its own; `back` is where who gives it up goes."""
    asked = Form(title=title, action=action, verb=verb, icon=icon, back=back, fields=fields)
    return show("office/form.html", form=asked)


def document(content: bytes, kind: str, etag: str, name: str = "") -> Response:
    """A document as it is kept; `etag` is its digest, `name` what it is called when it is saved."""
    made = make_response(content)
    made.headers["Content-Type"] = kind
    if name:
        made.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return _tagged(made, etag, weak=False)


def archive(pieces: Iterator[bytes], name: str) -> Response:
    """A tar that is made while it is sent, to be saved; what fails at its beginning is told."""
    first = next(pieces)
    made = Response(itertools.chain((first,), pieces), content_type=TAR)
    made.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    made.headers["X-Accel-Buffering"] = "no"
    return made


def done() -> Response:
    """Done, and nothing to say."""
    return make_response("", 204)


def written(value: Any) -> str:
    """JSON text as the API writes it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"


def inside(url: str, otherwise: str = "/") -> str:
    """An address of this site to return to; anything else is `otherwise`."""
    # A browser reads a backslash as a slash, and drops line ends: both could lead elsewhere.
    if not url.isprintable() or "\\" in url or not url.startswith("/") or url.startswith("//"):
        return otherwise
    parts = urlsplit(url)
    return otherwise if parts.scheme or parts.netloc else url


def _tagged(made: Response, etag: object, *, weak: bool) -> Response:
    if etag is None:
        return made
    made.set_etag(str(etag), weak=weak)
    made.headers["Cache-Control"] = "no-cache, private"
    made.make_conditional(request)
    return made
