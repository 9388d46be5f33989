"""What a named security contact is told at once (21 CFR 11.300(d)): failed attempts and lock-outs.

A notice is made from a sealed entry alone, so it can be made again, and always says the same; its
number is that of the entry, by which whoever receives it twice knows it again.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from audit.follower import Sealed
from ebr.kernel import Breached

FLOOD = 5
"""Attempts of strangers at one station within a minute, from which on they are worth a notice."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One message to the security contact."""

    number: int
    part: int
    kind: str
    urgent: bool
    subject: str
    text: str

    @property
    def name(self) -> str:
        """What tells this notice from every other, for ever."""
        return f"{self.number:010d}-{self.part}-{self.kind}"


Data = Mapping[str, Any]
Words = Callable[[Data], tuple[str, str] | None]


def notices_of(sealed: Sealed, site: str, zone: ZoneInfo) -> tuple[Notice, ...]:
    """What an entry gives the security contact to know; nothing, mostly."""
    return tuple(_notices(sealed, site, zone))


def notice_of_breach(breached: Breached, site: str) -> Notice:
    """A record that does not hold together; the same breach is always the same notice."""
    record = breached.stream.replace("/", "-")
    text = f"{breached.message}\n\nSite: {site}\n\n`ebr verify` says what else does not hold.\n"
    subject = f"{site}: {breached.stream} does not hold together"
    return Notice(breached.seq, 0, f"breach-{record}", urgent=True, subject=subject, text=text)


def _notices(sealed: Sealed, site: str, zone: ZoneInfo) -> Iterator[Notice]:
    entry = sealed.entry
    at = datetime.fromisoformat(entry.header.at).astimezone(zone).isoformat(" ", "seconds")
    for part, event in enumerate(entry.events, 1):
        kind = str(event["kind"])
        words = _WORDS.get(kind)
        try:
            found = words(cast("Data", event["data"])) if words else None
        except (LookupError, TypeError):  # its place is passed, and what comes after is told
            found = _UNREADABLE
        if found is None:
            continue
        said, remedy = found
        text = (
            f"{said}\n\nWhen: {at}\nSite: {site}\n"
            f"Record: entry {sealed.number} of the site's log, {entry.header.stream}"
            f" no. {entry.header.seq}\n\n{remedy}\n"
        )
        yield Notice(
            sealed.number,
            part,
            kind,
            kind != "attempt.failed",
            f"{site}: {said.partition('.')[0]}",
            text,
        )


_UNREADABLE = (
    "An entry tells of the access of people and cannot be read.",
    "Call quality: `ebr verify` says what does not hold.",
)


def _locked(data: Data) -> tuple[str, str]:
    said = (
        f"The login {data['login']} of {data['name']} is locked after {data['failures']} failed"
        f" attempts. The last one came from {_place(data)}."
    )
    remedy = (
        "Ask the person whether it was them. An administrator opens the account again, or issues"
        " a temporary password."
    )
    return said, remedy


def _failed(data: Data) -> tuple[str, str]:
    said = (
        f"A wrong password was given ({data['attempt']}), failure {data['failures']} of"
        f" {data['most']} in a row. It came from {_place(data)}; account {data['account']}."
    )
    return said, "Nothing is to be done about a single one."


def _refused(data: Data) -> tuple[str, str] | None:
    if data["error"] != "unauthenticated" or data["pooled"] < FLOOD:
        return None
    source = data["asked"].get("source") or "unknown"
    said = (
        f"{data['pooled']} attempts of nobody we know within a minute. The last one came from"
        f" address {source}."
    )
    return said, "Find out which device stands there and who uses it."


def _place(data: Data) -> str:
    return f"station {data['station']}, address {data['source'] or 'unknown'}"


_WORDS: dict[str, Words] = {
    "account.locked": _locked,
    "attempt.failed": _failed,
    "attempt.refused": _refused,
}
