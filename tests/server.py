"""The PostgreSQL of one test run: in a folder of its own, shared by all workers, gone afterwards.

The run's first process names the folder in the environment, so that every worker finds it; the
server itself starts when the first test wants it.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import psycopg

from ebr.embedded import DATABASE, Embedded
from ebr.settings import ROOT, Settings

FOLDER = "BATCHLINE_TEST_FOLDER"
PREFIX = "batchline-tests-"
TEMPLATE = "template_batchline"


def folder() -> Path:
    """The run's own folder, made when first asked for."""
    found = Path(os.environ[FOLDER])
    found.mkdir(mode=0o711, exist_ok=True)
    return found


def begin() -> None:
    """Name the folder of this run and clear away what a killed run has left."""
    temporary = Path(tempfile.gettempdir())
    for left in temporary.glob(f"{PREFIX}*"):
        number = left.name.removeprefix(PREFIX)
        if number.isdigit() and not psutil.pid_exists(int(number)):
            _clear(left)
    os.environ[FOLDER] = str(temporary / f"{PREFIX}{os.getpid()}")


def end() -> None:
    """Stop the run's server and remove its folder."""
    _clear(Path(os.environ.pop(FOLDER)))


def _clear(path: Path) -> None:
    if (path / "postgres").exists():
        with contextlib.suppress(OSError):
            Embedded(path / "postgres", durable=False).stop()
    shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Workers of one run wait for each other here."""
    with (folder() / f"{name}.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def start() -> Embedded:
    """The run's server, started by whoever comes first."""
    server = Embedded(folder() / "postgres", durable=False)
    server.ensure()
    return server


def migrated(server: Embedded) -> str:
    """The database from which every test's own is copied: migrated once, then closed."""
    with one_at_a_time("template"), _superuser(server) as connection:
        found = connection.execute(
            "SELECT 1 FROM pg_database WHERE datname = %s", [TEMPLATE]
        ).fetchone()
        if found is None:
            new = f"{TEMPLATE}_new"
            server.drop(new)
            server.provide(new)
            migrate(server.settings(plain_settings(folder()), new))
            connection.execute(f"ALTER DATABASE {new} RENAME TO {TEMPLATE}")
    return TEMPLATE


def migrate(settings: Settings) -> None:
    """Bring a database to the newest shape, as the plant does."""
    done = subprocess.run(
        [sys.executable, "-m", "ebr", "migrate"],
        check=False,
        cwd=ROOT,
        env=_without_settings() | settings.to_environment(),
        capture_output=True,
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(f"ebr migrate failed:\n{done.stdout}{done.stderr}")


def plain_settings(data_dir: Path) -> Settings:
    """Settings of a test: everything below one folder, keys shared by the run, cheap passwords."""
    settings = Settings.from_environment({"EBR_DATA_DIR": str(data_dir)})
    return replace(
        settings,
        key_dir=folder() / "keys",
        password_cost="test",
    )


def _without_settings() -> dict[str, str]:
    return {name: text for name, text in os.environ.items() if not name.startswith("EBR_")}


def _superuser(server: Embedded) -> psycopg.Connection:
    url = server.url("postgres", "postgres").replace("+psycopg", "")
    return psycopg.connect(url, autocommit=True)


__all__ = ["DATABASE", "begin", "end", "migrate", "migrated", "plain_settings", "start"]
