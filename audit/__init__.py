"""The ledger: what was done, by whom, in which order, so that a stranger can check it.

`canonical` is the written form, `signature` who signed, `entry` one act, `merkle` the site's tree,
`checkpoint` its signed size and root, `policy` which keys are trusted. `memory` keeps a ledger in
a list. `export` writes a copy, `verify` reads every byte of one again and needs neither database
nor application: `python -m audit verify DIR --policy FILE`.
"""

from audit.checkpoint import Checkpoint, SigningKey, VerifyingKey
from audit.entry import Entry, EntryError, Header
from audit.ledger import Breach, BreachKind, Ledger, Source, StaleHead
from audit.policy import Policy
from audit.signature import Signature, SignatureDraft, SignatureError, SignedAct
from audit.verify import Report, verify_export

__all__ = [
    "Breach",
    "BreachKind",
    "Checkpoint",
    "Entry",
    "EntryError",
    "Header",
    "Ledger",
    "Policy",
    "Report",
    "Signature",
    "SignatureDraft",
    "SignatureError",
    "SignedAct",
    "SigningKey",
    "Source",
    "StaleHead",
    "VerifyingKey",
    "verify_export",
]
