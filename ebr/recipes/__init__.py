"""Master recipes: their text, their versions, their approval."""

from ebr.recipes.batchml.draft import Draft, Gap, Noticed
from ebr.recipes.batchml.parsing import FILE_MOST, looks_like_xml
from ebr.recipes.batchml.published import NAMESPACE as BATCHML
from ebr.recipes.batchml.published import Document, against_schema
from ebr.recipes.batchml.reading import read as read_batchml
from ebr.recipes.batchml.writing import Export
from ebr.recipes.batchml.writing import write as write_batchml
from ebr.recipes.commands import (
    ApproveRecipe,
    DraftRecipe,
    ImportRecipe,
    MakeEffective,
    WithdrawDraft,
)
from ebr.recipes.companion import Companion, complete, load_companion
from ebr.recipes.importing import found_in
from ebr.recipes.lifecycle import LIFECYCLE, State, Verb
from ebr.recipes.operations import (
    approve_recipe,
    draft_recipe,
    import_recipe,
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
    exported,
    orderable,
    source_of,
    version,
    versions,
)
from ebr.recipes.shape import schema
from ebr.recipes.signatures import SIGNATURES_NEEDED
from ebr.recipes.text import SIZE_MOST, BadText, Fault, dump, load
from ebr.recipes.views import ApprovalView, FindingView, ImportedView, VersionRow, VersionView

__all__ = [
    "BATCHML",
    "FILE_MOST",
    "LIFECYCLE",
    "SIGNATURES_NEEDED",
    "SIZE_MOST",
    "ApprovalView",
    "ApproveRecipe",
    "BadText",
    "Companion",
    "Document",
    "Draft",
    "DraftRecipe",
    "Export",
    "Fault",
    "FindingView",
    "Gap",
    "ImportRecipe",
    "ImportedView",
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
    "complete",
    "draft_recipe",
    "dump",
    "effective",
    "effective_for_start",
    "exported",
    "found_in",
    "import_recipe",
    "load",
    "load_companion",
    "looks_like_xml",
    "make_effective",
    "orderable",
    "read_batchml",
    "schema",
    "source_of",
    "version",
    "versions",
    "withdraw_draft",
    "write_batchml",
]
