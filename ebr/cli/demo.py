"""`ebr demo --out DIR [--recipe NAME]`: a whole batch over HTTP, from order to release.

It starts a plant of its own on a fresh database, lets several people make one batch through the
API, and leaves in DIR `record.pdf`, `record.json` in the form that its digest is taken over,
`record.xml` (BatchML), `ledger/` (verified) and `summary.json`.
Exit status 0 only if the batch was released and `ebr verify` held.
"""

import argparse
import contextlib
import http.client
import json
import shutil
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from audit.canonical import canonical
from audit.export import write_export
from audit.policy import Policy
from audit.verify import verify_export
from ebr.cli import export, verify
from ebr.cli.run import answers
from ebr.demo.client import NotDone
from ebr.demo.crew import crew_of
from ebr.demo.drive import Drive, record_pdf
from ebr.demo.scripts import SCRIPTS
from ebr.settings import Settings
from ebr.supervisor import AlreadyRunning, Failed, Supervisor

WAIT_S = 60.0


def main(arguments: Sequence[str]) -> int:
    """Make one batch and leave its proof."""
    parser = argparse.ArgumentParser(prog="ebr demo", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--recipe", choices=sorted(SCRIPTS), default="handrub")
    asked = parser.parse_args(arguments)
    asked.out.mkdir(parents=True, exist_ok=True)
    shutil.rmtree(asked.out / "ledger", ignore_errors=True)
    with fresh_plant() as settings:
        demo = Demo(settings, asked.out, asked.recipe)
        try:
            demo.run()
        except (AlreadyRunning, Failed) as fault:
            sys.stderr.write(f"ebr demo: {fault}\n")
            return 1
    return 0 if demo.held else 1


@contextlib.contextmanager
def fresh_plant() -> Iterator[Settings]:
    """Settings of a plant that begins empty and is thrown away afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="batchline-demo-"))
    base = Settings.from_environment({"EBR_DATA_DIR": str(folder)})
    try:
        yield replace(base, port=free_ports(1), scale_port=free_ports(2))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def free_ports(count: int) -> int:
    """The first of `count` neighbouring ports that nobody listens on."""
    while True:
        with contextlib.ExitStack() as held:
            first = held.enter_context(socket.create_server(("127.0.0.1", 0)))
            port: int = first.getsockname()[1]
            try:
                for more in range(1, count):
                    held.enter_context(socket.create_server(("127.0.0.1", port + more)))
            except (OSError, OverflowError):
                continue
            return port


@dataclass
class Demo:
    """One run: the plant's processes under one parent, the people in a thread beside it."""

    settings: Settings
    out: Path
    recipe: str
    held: bool = False
    _faults: list[BaseException] = field(default_factory=list)

    def run(self) -> None:
        """Start the plant, make the batch, stop the plant."""
        parent = Supervisor(self.settings, say)
        with parent.holding():
            try:
                began = time.monotonic()
                say("a fresh database, the demo plant, every process")
                parent.database()
                parent.once("migrate")
                parent.once("plant")
                people = threading.Thread(target=self._play, args=(parent,), daemon=True)

                def begin() -> None:
                    say(f"ready after {time.monotonic() - began:.1f} s")
                    people.start()

                parent.keep(lambda: answers(self.settings), begin)
            finally:
                parent.stop()
        for fault in self._faults:
            say(f"not done: {fault}")

    def _play(self, parent: Supervisor) -> None:
        try:
            self.held = self._make(parent.settings)
        except (NotDone, OSError, LookupError, http.client.HTTPException) as fault:
            self._faults.append(fault)
        finally:
            parent.ask_to_stop()

    def _make(self, settings: Settings) -> bool:
        """The batch and everything that proves it; True when all of it holds."""
        started = time.monotonic()
        crew = crew_of(settings)
        drive = Drive(crew, SCRIPTS[self.recipe], say)
        batch = drive.make()
        seconds = time.monotonic() - started
        auditor = crew.reviewer
        (self.out / "record.pdf").write_bytes(record_pdf(auditor, batch))
        record = auditor.get(f"/batches/{batch}/record")
        (self.out / "record.json").write_bytes(canonical(record))
        (self.out / "record.xml").write_bytes(auditor.get(f"/batches/{batch}/record.xml"))
        view = auditor.get(f"/batches/{batch}")
        holds = self._prove(settings)
        summary = {
            "batch": drive.number,
            "entries": view["version"],
            "signatures": record["counts"]["signatures"],
            "exceptions": view["exceptions"],
            "released": view["status"] == "released",
            "seconds": round(seconds, 1),
        }
        (self.out / "summary.json").write_text(_json(summary), "utf-8")
        say(f"{summary['entries']} entries, {summary['exceptions']} exceptions, {seconds:.1f} s")
        return bool(summary["released"]) and holds

    def _prove(self, settings: Settings) -> bool:
        """Export the ledger once it is sealed, verify the copy, then the database itself."""
        ledger = self.out / "ledger"
        with export.source_of(settings) as source:
            policy: Policy = export.own_policy(settings, source.origin())
            _wait_for_seal(settings)
            write_export(source, ledger, policy)
        report = verify_export(ledger, policy)
        for line in report.lines():
            say(f"export: {line}")
        findings = verify.findings(settings)
        for each in findings:
            say(f"verify: {each}")
        say("ebr verify: everything holds" if not findings else f"{len(findings)} findings")
        return report.holds and not findings


def _wait_for_seal(settings: Settings) -> None:
    """Until the sealer has taken in every entry: at most a second after the last one."""
    engine = sa.create_engine(settings.url("auditor"), poolclass=sa.NullPool)
    until = time.monotonic() + WAIT_S
    with engine.connect() as connection:
        while time.monotonic() < until:
            entries, sealed = connection.execute(
                sa.text(
                    "SELECT (SELECT count(*) FROM audit.entry),"
                    " (SELECT coalesce(max(size), 0) FROM audit.checkpoint)"
                )
            ).one()
            connection.rollback()
            if entries == sealed:
                return
            time.sleep(0.2)


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def say(text: str) -> None:
    """Print progress as it goes."""
    sys.stdout.write(f"ebr demo: {text}\n")
    sys.stdout.flush()
