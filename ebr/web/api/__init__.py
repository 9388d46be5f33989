"""The API for programs: one file a module, each with its table of routes."""

from collections.abc import Sequence

from ebr.web.api import batches, identity, release, site
from ebr.web.routing import Route

TABLES: tuple[tuple[str, Sequence[Route]], ...] = (
    ("site", site.ROUTES),
    ("identity", identity.ROUTES),
    ("batches", batches.ROUTES),
    ("release", release.ROUTES),
)
