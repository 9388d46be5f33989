"""An empty plant of its own on a fresh embedded database, thrown away afterwards."""

import contextlib
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ebr import embedded
from ebr.kernel.opening import Database
from ebr.settings import Settings
from migrations.apply import migrate


@contextlib.contextmanager
def fresh() -> Iterator[Database]:
    """The application's database of an empty plant, durable as a real one, with cheap hashes."""
    with tempfile.TemporaryDirectory(prefix="batchline-bench-") as folder:
        asked = Settings.from_environment({"EBR_DATA_DIR": str(Path(folder) / "plant")})
        settings = embedded.start(replace(asked, password_cost="test"))
        migrate(settings)
        database = Database.connect(settings)
        try:
            yield database
        finally:
            database.close()
            embedded.stop(settings)
