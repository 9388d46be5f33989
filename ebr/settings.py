"""Every setting of the plant's installation, with its unit and default, read once from outside.

A setting is an environment variable `EBR_…`; a fault in one is told together with all the others,
and so is a name that nobody knows, because a misspelt limit must not leave the default in force.
Without `EBR_DATABASE_URL` the PostgreSQL that comes with us is used (`ebr.embedded`).
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit, urlunsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

ROOT = Path(__file__).parents[1]
ROLES = ("app", "owner", "sealer", "auditor", "collector")
_URLS = {
    role: f"EBR_DATABASE_{role.upper()}_URL" if role != "app" else "EBR_DATABASE_URL"
    for role in ROLES
}
DRIVER = "postgresql+psycopg"
PASSWORD_COSTS = ("normal", "test")
SITE_KINDS = ("production", "training")
LONGEST_STATION = 24


class BadSettings(ValueError):
    """Some settings cannot be used; `faults` says for each what is wrong."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = dict(faults)
        lines = (f"  {name}: {fault}" for name, fault in self.faults.items())
        super().__init__("these settings cannot be used:\n" + "\n".join(lines))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the installation was told; names end with their unit (`_s`: seconds)."""

    data_dir: Path  # everything we keep outside the database; the embedded server's data as well
    database_url: str = ""  # the application's login; all five are empty when embedded
    database_owner_url: str = ""  # the migrator's
    database_sealer_url: str = ""
    database_auditor_url: str = ""  # read-only transactions
    database_collector_url: str = ""  # readings of devices, and nothing else
    origin: str = "batchline.example/demo/audit"  # the ledger's name, fixed at the first migration
    site: str = "Plant 2"
    # What its batches are for: production (nothing simulated counts) or training. Empty: production
    # with a database of the plant's own, training with the one that comes along.
    site_kind: str = ""
    time_zone: str = "Europe/Berlin"  # of the plant's clock on the wall; UTC is what is stored
    # Where people work: number=name, number=name. Every record says at which station it was made.
    stations: str = "DB-2=Dispensing booth,FILL-1=Filling,QA-1=Quality assurance,OFFICE-1=Office"
    host: str = "127.0.0.1"
    port: int = 8080
    # How many reverse proxies stand before us, each adding to X-Forwarded-For, -Proto and -Host.
    # As many of the last words of these headers are believed; with 0 none.
    proxies: int = 0
    scale_port: int = 4305  # of the simulated balance of a training site; its pan is one above
    idle_lock_s: int = 600
    failures_most: int = 5  # wrong passwords, in log-in and signing together, before the lock
    witness_window_s: int = 300
    guard_check_s: int = 300
    key_dir: Path  # log.key of the sealer, signature.key of the application; files of mode 0600
    checkpoint_dir: Path
    notices_dir: Path
    notices_mail: str = ""  # smtp://login:password@host:25/?from=ebr@plant&to=security@plant
    password_cost: str = "normal"  # noqa: S105  # how slow the hash is, no password

    @property
    def embedded(self) -> bool:
        """Whether the database is the one that comes with us."""
        return not any(self.url(role) for role in ROLES)

    @property
    def training(self) -> bool:
        """Whether this is no place for real batches: it says so, or its database protects nobody.

        The logins of the database that comes along are trusted.
        """
        ours = self.embedded or quote(str(self.data_dir), safe="") in self.database_url
        return ours or self.site_kind == "training"

    @property
    def log_vkey(self) -> Path:
        """Where the sealer lays the public half of its key: who prints or checks needs no other."""
        return self.key_dir / "log.vkey"

    @property
    def production(self) -> bool:
        """Whether nothing simulated may count, whatever else stands in the way of real batches."""
        return self.site_kind == "production" or not self.training

    @property
    def zone(self) -> ZoneInfo:
        """The plant's zone, for showing instants and for the date of today."""
        return ZoneInfo(self.time_zone)

    @property
    def station_names(self) -> dict[str, str]:
        """What each station is called, by its number, in the order given."""
        return _stations_of(self.stations)

    def url(self, role: str) -> str:
        """The connection string of one login: app, owner, sealer, auditor or collector."""
        if role not in ROLES:
            raise ValueError(f"there is no login {role!r}; there are {', '.join(ROLES)}")
        name = "database_url" if role == "app" else f"database_{role}_url"
        found: str = getattr(self, name)
        return found

    @classmethod
    def from_environment(
        cls, environment: Mapping[str, str] | None = None, logins: Sequence[str] = ROLES
    ) -> "Settings":
        """The settings as the environment has them; BadSettings with every fault at once.

        `logins` are those of the database that this process uses: it need not be told the others.
        """
        given = os.environ if environment is None else environment
        texts = {name: text for name, text in given.items() if name.startswith("EBR_")}
        faults = dict.fromkeys(sorted(set(texts) - set(_READERS)), "there is no such setting")
        values: dict[str, object] = {}
        for name, read in _READERS.items():
            text = texts.get(name, "").strip()
            if not text:
                continue
            try:
                values[name.removeprefix("EBR_").lower()] = read(text)
            except ValueError as fault:
                faults[name] = str(fault)
        faults |= _missing_urls(texts, logins)
        if faults:
            raise BadSettings(faults)
        data_dir = Path(str(values.setdefault("data_dir", default_data_dir())))
        for folder in ("key", "checkpoint", "notices"):
            values.setdefault(f"{folder}_dir", data_dir / _FOLDERS[folder])
        return cls(**values)  # type: ignore[arg-type]  # each value was read by its own reader

    def to_environment(self, logins: Sequence[str] = ROLES) -> dict[str, str]:
        """The same settings as variables for a child process, but only the logins that it uses."""
        found = {f"EBR_{f.name.upper()}": str(getattr(self, f.name)) for f in fields(self)}
        others = {name for role, name in _URLS.items() if role not in logins}
        return {name: text for name, text in found.items() if text and name not in others}


_FOLDERS = {"key": "keys", "checkpoint": "checkpoints", "notices": "notices"}


def default_data_dir(root: Path = ROOT, *, as_root: bool | None = None) -> Path:
    """`.batchline/` in the checkout; for root a folder that another user may be let into."""
    privileged = os.geteuid() == 0 if as_root is None else as_root
    checkout = root if (root / "pyproject.toml").exists() else Path.cwd()
    if not privileged:
        return checkout / ".batchline"
    return Path("/var/lib/batchline") / "-".join(checkout.resolve().parts[1:])


def _folder(text: str) -> Path:
    return Path(text).expanduser().resolve()


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in ("postgres", "postgresql", DRIVER):
        raise ValueError("is no postgresql://login:password@host/database")
    if not parts.path.strip("/"):
        raise ValueError("names no database")
    if not parts.username:
        raise ValueError("names no login")
    return urlunsplit(parts._replace(scheme=DRIVER))


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not text.isascii() or not text.isdigit() or not least <= int(text[:12]) <= most:
            raise ValueError(f"{text!r} is no whole number from {least} to {most}")
        return int(text)

    return read


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{text!r} is no time zone such as Europe/Berlin") from None
    return text


def _origin(text: str) -> str:
    if any(letter.isspace() or letter == "+" for letter in text):
        raise ValueError("an origin has neither spaces nor a plus sign")
    return text


def _mail(text: str) -> str:
    parts = urlsplit(text)
    named = parse_qs(parts.query)
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise ValueError("is no smtp://host:25/?from=ebr@plant.example&to=security@plant.example")
    if missing := [name for name in ("from", "to") if "@" not in "".join(named.get(name, ()))]:
        raise ValueError(f"names no mailbox in {' and '.join(missing)}")
    return text


def _stations(text: str) -> str:
    _stations_of(text)
    return text


def _stations_of(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in text.split(","):
        code, sign, name = (piece.strip() for piece in part.partition("="))
        if not (sign and code and name) or not code.isprintable() or len(code) > LONGEST_STATION:
            raise ValueError(f"{part.strip()!r} is no station such as DB-2=Dispensing booth")
        if code in found:
            raise ValueError(f"the station {code} stands there twice")
        found[code] = name
    return found


def _one_of(*words: str) -> Callable[[str], str]:
    def read(text: str) -> str:
        if text not in words:
            raise ValueError(f"{text!r} is neither {' nor '.join(words)}")
        return text

    return read


def _missing_urls(texts: Mapping[str, str], logins: Sequence[str]) -> dict[str, str]:
    given = {role for role, name in _URLS.items() if texts.get(name, "").strip()}
    absent = [_URLS[role] for role in logins if role not in given] if given else []
    return dict.fromkeys(absent, "is needed too: a database of your own has five logins")


_READERS: dict[str, Callable[[str], object]] = {
    "EBR_DATA_DIR": _folder,
    "EBR_DATABASE_URL": _url,
    "EBR_DATABASE_OWNER_URL": _url,
    "EBR_DATABASE_SEALER_URL": _url,
    "EBR_DATABASE_AUDITOR_URL": _url,
    "EBR_DATABASE_COLLECTOR_URL": _url,
    "EBR_ORIGIN": _origin,
    "EBR_SITE": str,
    "EBR_SITE_KIND": _one_of(*SITE_KINDS),
    "EBR_TIME_ZONE": _zone,
    "EBR_STATIONS": _stations,
    "EBR_HOST": str,
    "EBR_PORT": _whole(1, 65535),
    "EBR_PROXIES": _whole(0, 9),
    "EBR_SCALE_PORT": _whole(1, 65534),
    "EBR_IDLE_LOCK_S": _whole(10, 86_400),
    "EBR_FAILURES_MOST": _whole(1, 100),
    "EBR_WITNESS_WINDOW_S": _whole(1, 86_400),
    "EBR_GUARD_CHECK_S": _whole(1, 86_400),
    "EBR_KEY_DIR": _folder,
    "EBR_CHECKPOINT_DIR": _folder,
    "EBR_NOTICES_DIR": _folder,
    "EBR_NOTICES_MAIL": _mail,
    "EBR_PASSWORD_COST": _one_of(*PASSWORD_COSTS),
}
