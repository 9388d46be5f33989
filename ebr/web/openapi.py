"""The description of the API, derived from its routes and the dataclasses it takes and answers.

OpenAPI 3.1. A route added to a table appears here by itself; the golden file in the tests shows
every change of the contract.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from ebr import __version__
from ebr.kernel import Page, schema_of
from ebr.kernel.schema import DecimalField, InstantField, SecretField, WholeField
from ebr.web.routing import PUBLIC, Registered, Stage

PROBLEM = "application/problem+json"
_PART = re.compile(r"<(?:(?P<kind>[a-z]+)(?:\([^)]*\))?:)?(?P<name>[a-z_]+)>")
_KINDS: dict[str, dict[str, Any]] = {
    "uuid": {"type": "string", "format": "uuid"},
    "int": {"type": "integer", "minimum": 0},
    "path": {"type": "string"},
    "string": {"type": "string"},
}
_INTRODUCTION = """\
Everything that a page does, as JSON. Sign in with `POST /api/v1/session`: the answer sets the
session's cookie and tells `csrf`, which every act carries in the header `X-CSRF-Token`. Give every
act an `Idempotency-Key` of its own; the same key with the same body gives the first outcome, with
another body a refusal, for 30 days. With `If-Match`, an act is done only on the version of the
record that its `ETag` named. Exact numbers are text; instants are UTC. A refusal is a problem
document (RFC 9457) that tells every reason. A locked session answers 423 until it is unlocked."""


def description(registered: Sequence[Registered]) -> dict[str, Any]:
    """The whole description as plain data."""
    names = _names(registered)
    plugin = MarshmallowPlugin(schema_name_resolver=lambda schema: names[_class_of(schema)])
    spec = APISpec(
        title="Batchline",
        version=__version__,
        openapi_version="3.1.0",
        plugins=[plugin],
        info={
            "description": _INTRODUCTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        servers=[{"url": "/"}],
    )
    _teach(plugin)
    spec.components.schema("Problem", _problem())
    spec.components.security_scheme(
        "session", {"type": "apiKey", "in": "cookie", "name": "batchline_session"}
    )
    spec.components.security_scheme(
        "csrf", {"type": "apiKey", "in": "header", "name": "X-CSRF-Token"}
    )
    for each in registered:
        if each.skin == "api":
            path = _PART.sub(r"{\g<name>}", each.url)
            spec.path(path=path, operations={each.route.method.lower(): _operation(each)})
    found: dict[str, Any] = spec.to_dict()
    return found


def _names(registered: Sequence[Registered]) -> dict[type[Any], str]:
    """A name for each schema: that of its dataclass, with its module where two are called alike."""
    kinds: set[type[Any]] = set()
    for each in registered:
        _gather(each.route.takes, kinds)
        _gather(each.route.answers, kinds)
    counted = Counter(kind.__name__ for kind in kinds)
    return {
        schema_of(kind): kind.__name__ if counted[kind.__name__] == 1 else _apart(kind)
        for kind in kinds
    }


def _gather(hint: Any, found: set[type[Any]]) -> None:
    if isinstance(hint, type) and is_dataclass(hint) and hint not in found:
        found.add(hint)
        for inner in get_type_hints(hint).values():
            _gather(inner, found)
    for inner in get_args(hint):
        _gather(inner, found)


def _apart(kind: type[Any]) -> str:
    """BatchesLotView, of `ebr.batches.views.LotView`."""
    return kind.__module__.removeprefix("ebr.").partition(".")[0].capitalize() + kind.__name__


def _class_of(schema: Any) -> type[Any]:
    found: type[Any] = schema if isinstance(schema, type) else type(schema)
    return found


def _teach(plugin: Any) -> None:
    """How our own fields look in JSON Schema."""
    shapes: dict[type[Any], dict[str, Any]] = {
        SecretField: {"type": "string", "format": "password", "writeOnly": True},
        DecimalField: {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"},
        InstantField: {"type": "string", "format": "date-time"},
        WholeField: {"type": "integer"},
    }

    def ours(_converter: Any, field: Any, **_rest: Any) -> dict[str, Any]:
        shape = dict(shapes.get(type(field), {}))
        if shape and field.allow_none:
            shape["type"] = [shape["type"], "null"]
        return shape

    plugin.converter.add_attribute_function(ours)


def _operation(each: Registered) -> dict[str, Any]:
    route = each.route
    summary, _, more = (route.view.__doc__ or "").partition("\n")
    operation: dict[str, Any] = {
        "operationId": f"{each.module}.{route.name}",
        "tags": [each.module],
        "summary": summary.strip().rstrip("."),
        "x-right": "public" if route.right is PUBLIC else str(route.right),
        "parameters": _parameters(each),
        "responses": _responses(each),
    }
    if more.strip():
        operation["description"] = " ".join(more.split())
    if not route.public:
        operation["security"] = [{"session": [], **({"csrf": []} if route.acts else {})}]
    if route.takes is not None:
        content = {"application/json": {"schema": schema_of(route.takes)}}
        operation["requestBody"] = {"required": True, "content": content}
    return operation


def _parameters(each: Registered) -> list[dict[str, Any]]:
    found = [
        {
            "name": part["name"],
            "in": "path",
            "required": True,
            "schema": _KINDS[part["kind"] or "string"],
        }
        for part in _PART.finditer(each.url)
    ]
    found += [
        {"name": name, "in": "query", "required": False, "schema": {"type": "string"}}
        for name in each.route.asks
    ]
    if each.route.acts and not each.route.public:
        key = {"type": "string", "minLength": 8, "maxLength": 128}
        needed = each.route.stage is not Stage.DOOR
        header = {"name": "Idempotency-Key", "in": "header", "required": needed, "schema": key}
        match = {"name": "If-Match", "in": "header", "required": False}
        found += [header, {**match, "schema": {"type": "string"}}]
    return found


def _responses(each: Registered) -> dict[str, Any]:
    route = each.route
    problem = {PROBLEM: {"schema": "Problem"}}
    found: dict[str, Any] = {}
    if route.gives:
        content = {route.gives: {"schema": {"type": "string", "format": "binary"}}}
        found["200"] = {"description": "The document.", "content": content}
    elif route.answers is None:
        found["204"] = {"description": "Done."}
    else:
        found[str(route.status)] = {
            "description": "The answer.",
            "content": {"application/json": {"schema": _shape(route.answers)}},
        }
    codes = {
        "401": "Nobody is signed in.",
        "403": "Without the right.",
        "423": "The session is locked.",
    }
    if "<" in route.url:
        codes["404"] = "There is no such thing."
    if route.asks:
        codes["422"] = "Faults, by field."
    if route.acts:
        codes |= {
            "409": "Refused, with every reason.",
            "412": "The record has moved on since the version in `If-Match`; nothing was done.",
            "422": "Faults, by field.",
        }
    if route.public:
        codes = {"401": "Not accepted.", "422": "Faults, by field.", "503": "Too many attempts."}
    found |= {code: {"description": words, "content": problem} for code, words in codes.items()}
    return found


def _shape(answers: Any) -> Any:
    """A view, several of them, a page of them, or anything else that is an object."""
    origin, inner = get_origin(answers), get_args(answers)
    if isinstance(answers, type) and is_dataclass(answers):
        return schema_of(answers)
    if origin in (tuple, list):
        return {"type": "array", "items": _shape(inner[0])}
    if origin is Page:
        next_mark = {"type": ["string", "null"], "description": "The mark of the next page."}
        items = {"type": "array", "items": _shape(inner[0])}
        return {
            "type": "object",
            "required": ["items", "next"],
            "properties": {"items": items, "next": next_mark},
        }
    return {"type": "object"}


def _problem() -> dict[str, Any]:
    text = {"type": "string"}
    reason = {
        "type": "object",
        "required": ["code", "text", "remedy"],
        "properties": {"code": text, "text": text, "remedy": text, "requirement": text},
    }
    return {
        "type": "object",
        "required": ["type", "title", "status", "detail", "code", "reasons", "faults"],
        "properties": {
            "type": text,
            "title": text,
            "status": {"type": "integer"},
            "detail": text,
            "instance": text,
            "code": text,
            "reasons": {"type": "array", "items": reason},
            "faults": {
                "type": "object",
                "additionalProperties": {"type": "array", "items": text},
            },
        },
    }
