"""The pages for people: one file a module, each with its table of routes."""

from collections.abc import Sequence

from ebr.web.pages import (
    accounts,
    batches,
    decisions,
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
    ("readings", readings.ROUTES),
    ("release", release.ROUTES),
    ("reports", reports.ROUTES),
    ("scheduling", scheduling.ROUTES),
    ("inventory", inventory.ROUTES),
    ("decisions", decisions.ROUTES),
    ("maintenance", maintenance.ROUTES),
    ("trail", trail.ROUTES),
    ("ledger", ledger.ROUTES),
    ("accounts", accounts.ROUTES),
    ("recipes", recipes.ROUTES),
)
