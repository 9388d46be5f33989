"""Master recipes: their text, their versions, their approval."""

from ebr.recipes.batchml.draft import Draft, Gap, Noticed
from ebr.recipes.batchml.parsing import looks_like_xml
from ebr.recipes.batchml.published import NAMESPACE as BATCHML
from ebr.recipes.batchml.published import Document, against_schema
from ebr.recipes.batchml.reading import read as read_batchml
from ebr.recipes.commands import ApproveRecipe, DraftRecipe, MakeEffective, WithdrawDraft
from ebr.recipes.lifecycle import LIFECYCLE, State, Verb
from ebr.recipes.operations import (
    approve_recipe,
    draft_recipe,
    make_effective,
    withdraw_draft,
)
from ebr.recipes.queries import (
    against_approving,
    approvals,
    check,
    check_or_refuse,
    effective,
    effective_for_start,
    orderable,
    version,
    versions,
)
from ebr.recipes.shape import schema
from ebr.recipes.signatures import SIGNATURES_NEEDED
from ebr.recipes.text import SIZE_MOST, BadText, Fault, dump, load
from ebr.recipes.views import ApprovalView, FindingView, VersionRow, VersionView

__all__ = [
    "BATCHML",
    "LIFECYCLE",
    "SIGNATURES_NEEDED",
    "SIZE_MOST",
    "ApprovalView",
    "ApproveRecipe",
    "BadText",
    "Document",
    "Draft",
    "DraftRecipe",
    "Fault",
    "FindingView",
    "Gap",
    "MakeEffective",
    "Noticed",
    "State",
    "Verb",
    "VersionRow",
    "VersionView",
    "WithdrawDraft",
    "against_approving",
    "against_schema",
    "approvals",
    "approve_recipe",
    "check",
    "check_or_refuse",
    "draft_recipe",
    "dump",
    "effective",
    "effective_for_start",
    "load",
    "looks_like_xml",
    "make_effective",
    "orderable",
    "read_batchml",
    "schema",
    "version",
    "versions",
    "withdraw_draft",
]
