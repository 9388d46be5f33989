"""The files a browser loads: their bytes, their addresses that never change meaning, their digests.

`/static/<build>/<path>`: the build is a digest over all files, so an address may be kept by
browsers for ever; the digest of each script and style stands in the page that asks for it (SRI).
"""

import functools
import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

from flask import Response, make_response, request
from markupsafe import Markup, escape

from ebr.kernel import Unknown
from ebr.web.vendoring import integrity

FOLDER = Path(__file__).parent / "static"
SERVED = {".css", ".js", ".woff2", ".svg"}
YEAR_S = 31_536_000
LEAST_PACKED = 512


@dataclass(frozen=True, slots=True)
class Asset:
    """One file as it is sent."""

    content: bytes
    packed: bytes | None
    kind: str
    integrity: str


@functools.cache
def assets() -> dict[str, Asset]:
    """Every served file by its path, read and packed once."""
    found = {}
    for path in sorted(FOLDER.rglob("*")):
        if path.suffix not in SERVED or path.parent.name == "icons":
            continue
        content = path.read_bytes()
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        packs = path.suffix != ".woff2" and len(content) >= LEAST_PACKED
        packed = gzip.compress(content, 9, mtime=0) if packs else None
        name = path.relative_to(FOLDER).as_posix()
        found[name] = Asset(content, packed, kind, integrity(content))
    return found


@functools.cache
def build() -> str:
    """The first twelve digits of the digest over all served files, icons included."""
    digest = hashlib.sha256()
    for path in sorted(FOLDER.rglob("*")):
        if path.is_file():
            digest.update(path.relative_to(FOLDER).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:12]


def address(name: str) -> str:
    """Where a browser finds this file; KeyError for a file that is not there."""
    assets()[name]
    return f"/static/{build()}/{name}"


def script(name: str) -> Markup:
    """The tag of a script, with the digest that the browser compares."""
    return Markup('<script src="{}" integrity="{}" crossorigin="anonymous" defer></script>').format(
        address(name), assets()[name].integrity
    )


def style(name: str, media: str = "") -> Markup:
    """The tag of a style sheet, with its digest."""
    extra = Markup(' media="{}"').format(media) if media else ""
    return Markup(
        '<link rel="stylesheet" href="{}" integrity="{}" crossorigin="anonymous"{}>'
    ).format(address(name), assets()[name].integrity, extra)


def static_file(wanted: str, name: str) -> Response:
    """A file of this build; another build's address is gone, never answered with other bytes."""
    asset = assets().get(name)
    if asset is None or wanted != build():
        raise Unknown("file")
    packs = asset.packed is not None and request.accept_encodings["gzip"] > 0
    answer = make_response(asset.packed if packs else asset.content)
    answer.headers["Content-Type"] = asset.kind
    answer.headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    if asset.packed is not None:
        answer.headers["Vary"] = "Accept-Encoding"
    if packs:
        answer.headers["Content-Encoding"] = "gzip"
    return answer


@functools.cache
def _drawing(name: str) -> Markup:
    text = (FOLDER / "vendor" / "lucide" / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    found = re.search(r"<svg[^>]*>(.*)</svg>", text, re.DOTALL)
    if found is None:
        raise ValueError(f"{name}.svg holds no drawing")
    drawn = re.sub(r"\s+", " ", found.group(1)).replace(" />", "/>").strip()
    return Markup(drawn)  # noqa: S704 - a vendored file, checked against the lock


def icon(name: str, label: str = "", cls: str = "") -> Markup:
    """A drawing in the page's own text: silent beside words, named by `label` where it is alone."""
    said = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    classes = f"ic {cls}".strip()
    return Markup('<svg class="{}" viewBox="0 0 24 24" {}>{}</svg>').format(
        classes,
        Markup(said),  # noqa: S704 - escaped just above
        _drawing(name),
    )
