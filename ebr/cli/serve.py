"""`ebr serve`: pages and API, by gunicorn with two workers of eight threads."""

import os
import sys
import time
from collections.abc import Sequence

from gunicorn.app import wsgiapp

from ebr import embedded
from ebr.cli import account
from ebr.kernel import Unavailable
from ebr.kernel.opening import Database, Unguarded
from ebr.settings import Settings

WORKERS = 2
THREADS = 8
PATIENCE_S = 60.0
PAUSE_S = 0.5


def main(arguments: Sequence[str]) -> int:
    """Become gunicorn, once the database answers and the site's duties are parted."""
    settings = embedded.start(Settings.from_environment())
    status = checked(settings)  # without guards, or with duties not parted, no door opens
    if status == 0:
        os.environ.update(settings.to_environment())
        sys.argv = command(settings, arguments)
        wsgiapp.run()
    return status


def checked(settings: Settings) -> int:
    """What is found about guards and accounts; a database that is being started is waited for."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            return guarded(settings) or account.check(settings)
        except Unavailable as fault:
            if time.monotonic() > until:
                sys.stderr.write(f"ebr serve: {fault}\n")
                return 1
            time.sleep(PAUSE_S)


def guarded(settings: Settings) -> int:
    """Say what the database does not refuse although it must; 0 when there is nothing."""
    database = Database.connect(settings)
    try:
        database.require_guarded()
    except Unguarded as fault:
        sys.stderr.write(f"ebr serve: {fault}\n")
        return 1
    finally:
        database.close()
    return 0


def command(settings: Settings, more: Sequence[str] = ()) -> list[str]:
    """The command line of gunicorn; what the keeper adds comes last and wins."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return [
        "gunicorn",
        "ebr.wsgi:application",
        f"--bind={host}:{settings.port}",
        "--worker-class=gthread",
        f"--workers={WORKERS}",
        f"--threads={THREADS}",
        "--keep-alive=30",
        "--timeout=60",
        "--graceful-timeout=10",
        "--no-control-socket",
        # A worker that was killed is back in a moment. Nothing may be opened before they fork:
        # a connection of the database would have two users.
        "--preload",
        *more,
    ]
