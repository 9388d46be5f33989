"""The site's log as the auditor's login reads it, also where nothing or not everything is there."""

import copy

import pytest

from audit.canonical import digest
from audit.database import DatabaseSource
from audit.ledger import Unreadable
from audit.merkle import TILE_WIDTH
from audit.postgres import PostgresLedger
from ebr.kernel.opening import Database


def test_a_log_that_nobody_sealed_says_so(database: Database) -> None:
    source = DatabaseSource(database.settings.url("auditor"))
    with pytest.raises(Unreadable, match="nothing was signed yet"):
        source.checkpoint()
    source.close()


def test_a_full_tile_that_is_gone_is_told_with_its_place(database: Database) -> None:
    source = DatabaseSource(database.settings.url("auditor"))
    assert source.tile(0, 0, TILE_WIDTH - 1) is None
    with pytest.raises(Unreadable, match="tile 0/0: it is missing"):
        source.tile(0, 0, TILE_WIDTH)
    source.close()


def test_another_process_gets_the_address_and_no_connection(database: Database) -> None:
    source = DatabaseSource(database.settings.url("auditor"))
    origin = source.origin()
    sent = copy.copy(source)
    assert sent._engine is None
    sent.close()
    assert sent.origin() == origin
    sent.close()
    source.close()


def test_every_kept_content_is_told_once(database: Database) -> None:
    contents = [b"one", b"two"]
    with database.engine.begin() as connection:
        PostgresLedger(connection).keep_all(contents)
    source = DatabaseSource(database.settings.url("auditor"))
    assert {digest(content) for content in contents} <= set(source.blobs())
    assert b"".join(source.blob(digest(b"one")) or ()) == b"one"
    assert source.blob(digest(b"three")) is None
    source.close()
