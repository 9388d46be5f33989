"""What may be asked of master recipes."""

from dataclasses import dataclass, field
from uuid import UUID

from ebr.identity import Given
from ebr.kernel import Why
from ebr.recipes.text import SIZE_MOST

CODED_MOST = 2_000_000  # letters: a file of 1.5 MB in Base64


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftRecipe:
    """Bring a recipe in as text: a new version as a draft, or a new text for the draft there is."""

    text: str = field(metadata={"most": SIZE_MOST})


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportRecipe:
    """Bring a BatchML file in as a draft, completed by a companion in YAML where one is given.

    `name`: of the file. `content`: the file itself in Base64, so that its digest is that of the
    bytes that somebody sent.
    """

    name: str
    content: str = field(metadata={"most": CODED_MOST})
    companion: str = field(default="", metadata={"most": SIZE_MOST})


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveRecipe:
    """Approve a draft by signing over its digest; never by its author.

    `remarks_accepted` says that the remarks shown with the draft were weighed and accepted.
    """

    version: UUID
    signature: Given
    remarks_accepted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeEffective:
    """Let new orders use an approved version; the one in force before it is superseded."""

    version: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawDraft:
    """Give a draft up, with a reason; its text stays on record."""

    version: UUID
    why: Why
