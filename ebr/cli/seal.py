"""`ebr seal`: order what was committed into the site's log, sign it, and watch the guards."""

import argparse
import signal
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import sqlalchemy as sa

from audit import guard
from audit.checkpoint import SigningKey
from audit.sealer import PAUSE_S, Outside, Sealer, SealingRefused
from ebr import embedded
from ebr.settings import Settings

STATION = "sealer"
ALARM = "ALARM-sealer.txt"
OPTIONS = "-c timezone=UTC -c statement_timeout=0 -c lock_timeout=60s"


def main(arguments: Sequence[str]) -> int:
    """Seal until told to stop; 1 when the log must not be signed any more."""
    argparse.ArgumentParser("ebr seal", description=__doc__).parse_args(arguments)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    settings = embedded.start(Settings.from_environment(logins=("sealer",)))
    try:
        keep_sealing(settings, stop)
    except SealingRefused as refused:
        raise_alarm(settings.notices_dir, refused)
        return 1
    return 0


def keep_sealing(settings: Settings, stop: threading.Event) -> None:
    """Seal round after round; what the database or a disk interrupts is resumed from the start.

    SealingRefused ends it: then the log is not what was signed, and people must look first.
    """
    engine = sa.create_engine(
        settings.url("sealer"), connect_args={"options": OPTIONS, "connect_timeout": 10}
    )
    try:
        while not stop.is_set():
            try:
                _seal(engine, settings, stop)
            except (sa.exc.SQLAlchemyError, OSError) as error:
                sys.stderr.write(f"ebr seal: {str(error).splitlines()[0]}; trying again\n")
                stop.wait(1)
    finally:
        engine.dispose()


def _seal(engine: sa.Engine, settings: Settings, stop: threading.Event) -> None:
    with engine.connect() as connection:
        origin = str(connection.exec_driver_sql("SELECT origin FROM audit.site").scalar_one())
    key = SigningKey.load_or_create(settings.key_dir / "log.key", origin)
    publish(key, settings.log_vkey)
    sealer = Sealer(engine, key, Outside(settings.checkpoint_dir))
    with sealer.elected(stop) as elected:
        due_s = time.monotonic()
        while elected and not stop.is_set():
            if time.monotonic() >= due_s:
                watch(engine)
                due_s = time.monotonic() + settings.guard_check_s
            sealer.round()
            stop.wait(PAUSE_S)


def publish(key: SigningKey, place: Path) -> None:
    """Put the public half beside the private one: who prints or checks needs no other."""
    if not place.exists() or place.read_text("ascii").strip() != key.vkey:
        draft = place.with_name(f".{place.name}.part")
        draft.write_text(f"{key.vkey}\n", "ascii")
        draft.rename(place)


def watch(engine: sa.Engine) -> list[guard.Finding]:
    """Check the guards, tell what is wrong, and open the months to come."""
    with engine.connect() as connection, connection.begin():
        found = guard.watch(connection, STATION)
        connection.exec_driver_sql("SELECT audit.make_months(1), audit.forget_told()")
    for one in found:
        sys.stderr.write(f"ebr seal: ALARM: {one}\n")
    return found


def raise_alarm(folder: Path, refused: SealingRefused) -> None:
    """Tell people outside the database that the ledger does not hold together."""
    text = (
        f"The sealer has stopped signing: {refused}\n"
        "Stop working on records and call quality. `ebr verify` says what does not hold.\n"
    )
    sys.stderr.write(f"ebr seal: ALARM: {text}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ALARM).write_text(text, encoding="utf-8")
