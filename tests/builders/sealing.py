"""What the sealer does every second, done once when a test wants it."""

import threading
from pathlib import Path

import sqlalchemy as sa

from audit.checkpoint import SigningKey
from audit.sealer import Outside, Sealer
from ebr.kernel.opening import Database


def seal(database: Database, outside: Path | None = None) -> None:
    """Bring the site's log and its checkpoint to where the entries are."""
    engine = sa.create_engine(database.settings.url("sealer"))
    with database.engine.connect() as connection:
        origin, _ = database.known(connection)
    key = SigningKey.load_or_create(database.settings.key_dir / "log.key", origin)
    sealer = Sealer(engine, key, Outside(outside or database.settings.checkpoint_dir))
    with sealer.elected(threading.Event()):
        while sealer.round():
            continue
    engine.dispose()
