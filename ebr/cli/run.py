"""`ebr run`: the whole plant on this machine, under one parent."""

import argparse
import http.client
import socket
import sys
from collections.abc import Sequence

from ebr.cli import standing
from ebr.settings import Settings
from ebr.supervisor import AlreadyRunning, Failed, Supervisor


def main(arguments: Sequence[str]) -> int:
    """Start everything that is needed, say where it is, keep it going until Ctrl-C."""
    parser = argparse.ArgumentParser(prog="ebr run", description=__doc__)
    parser.add_argument(
        "--without-demo-plant",
        action="store_true",
        help="leave an empty database empty, as on a production site: no people, no recipes",
    )
    asked = parser.parse_args(arguments)
    supervisor = Supervisor(Settings.from_environment(), _say)
    try:
        with supervisor.holding():
            _insist_on_port(supervisor.settings)
            try:
                _prepare(supervisor, demo_plant=not asked.without_demo_plant)
            finally:
                supervisor.stop()
    except (AlreadyRunning, Failed) as fault:
        sys.stderr.write(f"ebr run: {fault}\n")
        return 1
    return 0


def _prepare(supervisor: Supervisor, *, demo_plant: bool) -> None:
    settings = supervisor.settings
    _say("starting PostgreSQL" if settings.embedded else "using the database that was named")
    supervisor.database()
    supervisor.once("migrate")
    # `ebr plant` fills an empty database, leaves another as it is, and tells the demo's logins.
    demo_plant = demo_plant and not settings.production and "plant" in standing()
    logins = supervisor.once("plant") if demo_plant else ""

    def welcome() -> None:
        _say(f"ready at http://{settings.host}:{settings.port}/")
        sys.stdout.write(logins)
        _say(f"Ctrl-C stops everything; what was recorded stays in {settings.data_dir}")

    supervisor.keep(lambda: answers(settings), welcome)
    _say("stopping")


def _insist_on_port(settings: Settings) -> None:
    """A taken port is told at once, not found out by a web that never comes up."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        with socket.create_server((settings.host, settings.port), family=family):
            return
    except OSError as fault:
        raise Failed(
            f"{settings.host} port {settings.port} cannot be used ({fault.strerror}); "
            f"choose another, for example EBR_PORT={settings.port % 65535 + 1}"
        ) from fault


def answers(settings: Settings) -> bool:
    """Whether the web answers at its address."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104  # compared
    connection = http.client.HTTPConnection(host, settings.port, timeout=2)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _say(text: str) -> None:
    sys.stdout.write(f"ebr run: {text}\n")
    sys.stdout.flush()
