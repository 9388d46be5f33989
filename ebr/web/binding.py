"""A form or a JSON body becomes a command, with all its faults at once.

In a form, dots nest and numbers count: `why.text`, `signatures.0.secret`. In JSON, numbers are read
as exact decimals and an unknown name is a fault. What the address says (`batch`, `step`) is given
by the view and cannot be overridden by the body.
"""

import functools
import json
from collections.abc import Hashable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Literal, NoReturn, TypeVar, cast

import marshmallow as ma
from flask import request

from ebr.kernel import Malformed, schema_of

T = TypeVar("T")
OURS = frozenset({"csrf", "request", "next", "version", "statement"})
WHOLE = "request"
DEEPEST = 12
REQUIRED = "This is missing."
UNREADABLE = "Contains a character that no record can hold."
WORDS = {
    "Missing data for required field.": REQUIRED,
    "Field may not be null.": REQUIRED,
    "Missing.": REQUIRED,
    "Unknown field.": "There is no such field.",
    "Invalid input type.": "This must be an object.",
    "Not a valid UUID.": "This is no identifier of ours.",
    "Not a valid string.": "This must be a text.",
    "Not a valid boolean.": "Choose yes or no.",
    "Not a valid date.": "Enter a date, such as 2026-11-21.",
    "Not a valid datetime.": "Enter an instant with its offset, such as 2026-11-21T14:03:22+01:00.",
}


def bind(kind: type[T], **given: Any) -> T:
    """The command that this request asks for; `Malformed` with every fault, by field."""
    if not request.is_json:
        return _built(kind, form_body(), given, unknown="exclude")
    body = json_body()
    if twice := sorted(body.keys() & given.keys()):
        raise Malformed(dict.fromkeys(twice, ("The address says this already.",)))
    return _built(kind, body, given, unknown="raise")


def bind_values(kind: type[T], values: Mapping[str, Any], **given: Any) -> T:
    """The same from values that came with the address, for a question about an act."""
    return _built(kind, dict(values), given, unknown="raise")


def _built(
    kind: type[T],
    body: dict[str, Any],
    given: dict[str, Any],
    *,
    unknown: Literal["exclude", "raise"],
) -> T:
    schema = _body_of(cast("Hashable", kind), frozenset(given))
    try:
        values = schema.load(body, unknown=unknown)
    except ma.ValidationError as fault:
        raise Malformed(faults_of(fault.messages)) from fault
    try:
        return kind(**values, **given)
    except ValueError as fault:
        raise Malformed({WHOLE: (str(fault),)}) from fault


@functools.cache
def _body_of(kind: Hashable, given: frozenset[str]) -> ma.Schema:
    """The schema of a command whose missing parts the address gives: it loads the parts.

    Made once: loading leaves nothing behind in it.
    """

    def parts(_: ma.Schema, data: Mapping[str, Any], **__: Any) -> dict[str, Any]:
        return dict(data)

    whole = schema_of(cast("type[Any]", kind))
    body: type[ma.Schema] = type(f"{whole.__name__}Body", (whole,), {"make": ma.post_load(parts)})
    return body(exclude=given)


def json_body() -> dict[str, Any]:
    """The body as a JSON object: exact numbers, no name twice, not nested without end."""
    raw = request.get_data()
    try:
        body = json.loads(
            raw.decode("utf-8"),
            parse_float=Decimal,
            parse_constant=_no_constant,
            object_pairs_hook=_once,
        )
    except (ValueError, RecursionError) as fault:
        raise Malformed({WHOLE: (f"This is no JSON we can read: {fault}.",)}) from fault
    if not isinstance(body, dict):
        raise Malformed({WHOLE: ("The body must be a JSON object.",)})
    return body


def require_readable_address() -> None:
    """Refuse an address that asks for what no record can hold, before anything is looked up."""
    named = ((name, text) for name, texts in request.args.lists() for text in texts)
    wrong = [name for name, text in (*named, ("address", request.path)) if "\0" in name + text]
    if wrong:
        raise Malformed({name.replace("\0", "?"): (UNREADABLE,) for name in wrong})


def form_body() -> dict[str, Any]:
    """The fields of a form, nested by their dots; what was left empty is absent."""
    nested: dict[str, Any] = {}
    for name, texts in request.form.lists():
        if name in OURS or name.count(".") > DEEPEST:
            continue
        filled = [text for text in texts if text.strip()]
        if filled:
            _put(nested, name.split("."), filled[0] if len(filled) == 1 else filled)
    found = _counted(nested)
    return found if isinstance(found, dict) else {}


def entered() -> dict[str, str]:
    """What was entered, for showing the form again; nothing that looks like a password."""
    source: Iterable[tuple[str, str]] = request.form.items()
    hidden = ("secret", "current", "new", "again", "password")
    return {
        name: text
        for name, text in source
        if name not in OURS and name.rsplit(".", 1)[-1] not in hidden
    }


def faults_of(messages: Any) -> dict[str, tuple[str, ...]]:
    """Marshmallow's nested messages as one line a field: `signatures.0.secret`."""
    found: dict[str, tuple[str, ...]] = {}
    _flatten(messages, "", found)
    return found


def _flatten(messages: Any, place: str, found: dict[str, tuple[str, ...]]) -> None:
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            name = "" if key == "_schema" else str(key)
            _flatten(inner, ".".join(part for part in (place, name) if part), found)
        return
    sentences = [messages] if isinstance(messages, str) else list(messages)
    told = tuple(WORDS.get(str(sentence), str(sentence)) for sentence in sentences)
    found[place or WHOLE] = found.get(place or WHOLE, ()) + told


def _put(nested: dict[str, Any], path: list[str], value: Any) -> None:
    *folders, last = path
    place = nested
    for folder in folders:
        inner = place.setdefault(folder, {})
        if not isinstance(inner, dict):
            raise Malformed({".".join(path): ("This field is named twice.",)})
        place = inner
    place[last] = value


def _counted(value: Any) -> Any:
    """Mappings whose keys are 0, 1, 2 … become lists."""
    if not isinstance(value, dict):
        return value
    inner = {key: _counted(part) for key, part in value.items()}
    if inner and all(key.isascii() and key.isdigit() for key in inner):
        return [inner[key] for key in sorted(inner, key=int)]
    return inner


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def require(name: str) -> str:
    """One field of the form that must be there."""
    text = request.form.get(name, "").strip()
    if not text:
        raise Malformed({name: (REQUIRED,)})
    return text


def seen() -> frozenset[int] | None:
    """What `If-Match` says: the versions at one of which the act's thing was looked at."""
    if "If-Match" not in request.headers or request.if_match.star_tag:
        return None
    # One that is no version of ours matches nothing.
    tags = request.if_match.as_set(include_weak=True)
    return frozenset(int(tag) for tag in tags if tag.isascii() and tag.isdigit())
