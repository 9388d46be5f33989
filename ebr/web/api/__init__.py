"""The API for programs: one file a module, each with its table of routes."""

from collections.abc import Sequence

from ebr.web.api import (
    accounts,
    batches,
    identity,
    inventory,
    ledger,
    maintenance,
    readings,
    recipes,
    release,
    reports,
    scheduling,
    site,
    trail,
)
from ebr.web.routing import Route

TABLES: tuple[tuple[str, Sequence[Route]], ...] = (
    ("site", site.ROUTES),
    ("identity", identity.ROUTES),
    ("batches", batches.ROUTES),
    ("release", release.ROUTES),
    ("reports", reports.ROUTES),
    ("recipes", recipes.ROUTES),
    ("inventory", inventory.ROUTES),
    ("maintenance", maintenance.ROUTES),
    ("readings", readings.ROUTES),
    ("scheduling", scheduling.ROUTES),
    ("trail", trail.ROUTES),
    ("ledger", ledger.ROUTES),
    ("accounts", accounts.ROUTES),
)
