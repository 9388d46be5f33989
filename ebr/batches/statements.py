"""What a signer is shown and signs: a plain value, built alike before and after the signing.

It holds no clock and no new id, so the statement that the dialog shows and the one that the act
builds again have the same digest, unless something changed in between (Annex 11 draft 13.5).
"""

from collections.abc import Mapping

import workflows
from audit.canonical import Plain, canonical, digest
from ebr.batches.commands import plain
from workflows import commands as acts
from workflows.content import content_of
from workflows.recipe import Meaning


def of(batch: workflows.Batch, command: acts.Command, meaning: Meaning) -> Mapping[str, Plain]:
    """The content that a signature of this command with this meaning stands for."""
    return content_of(batch, plain(command), meaning)


def shown(statement: Mapping[str, Plain]) -> str:
    """The digest by which the dialog says what it showed."""
    return digest(canonical(statement))
