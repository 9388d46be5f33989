"""`ebr serve`: pages and API, by gunicorn with two workers of eight threads."""

import os
import sys
from collections.abc import Sequence

from ebr import embedded
from ebr.cli import account
from ebr.settings import Settings

WORKERS = 2
THREADS = 8


def main(arguments: Sequence[str]) -> int:
    """Become gunicorn: the same process goes on under the other program."""
    settings = embedded.start(Settings.from_environment())
    status = account.check(settings)  # a site whose duties are not parted opens no door
    if status == 0:
        os.environ.update(settings.to_environment())
        # Danger: nothing of ours survives the next line; it replaces this program.
        os.execv(sys.executable, command(settings, arguments))  # noqa: S606  # no shell is wanted
    return status


def command(settings: Settings, more: Sequence[str] = ()) -> list[str]:
    """The command line of gunicorn; what the keeper adds comes last and wins."""
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return [
        sys.executable,
        "-m",
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
        *more,
    ]
