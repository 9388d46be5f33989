"""What only a superuser can prepare in a database: the five logins and the watch over DDL.

The PostgreSQL that comes with us is provided for by itself; the administrator of a plant's own
runs `migrations/sql/provision.sql` once in the new database, before `ebr migrate`.
"""

from pathlib import Path
from typing import Any

import psycopg

SCRIPT = Path(__file__).parent / "sql" / "provision.sql"


def provision(connection: psycopg.Connection[Any]) -> None:
    """Prepare the database of this superuser's connection; a second time changes nothing."""
    connection.execute(SCRIPT.read_bytes())
