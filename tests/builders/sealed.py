"""The site's log brought to where the entries are, as the sealer does it."""

import sqlalchemy as sa

from audit.checkpoint import SigningKey
from audit.sealer import Outside, Sealer
from ebr.cli.seal import publish
from ebr.kernel.opening import Database


def seal(database: Database) -> int:
    """Order and sign everything that was committed; how many entries are sealed."""
    settings = database.settings
    with database.engine.connect() as connection:
        origin, _ = database.known(connection)
    key = SigningKey.load_or_create(settings.key_dir / "log.key", origin)
    publish(key, settings.log_vkey)
    engine = sa.create_engine(settings.url("sealer"), poolclass=sa.NullPool)
    sealer = Sealer(engine, key, Outside(settings.checkpoint_dir))
    sealer.resume()
    sealer.round()
    return sealer.size
