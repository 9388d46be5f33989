"""Where notices go: a folder that the security contact watches, and a mailbox if one is named.

Delivery is at least once: the same notice again overwrites its file with the same words, and has
the same Message-ID in the mailbox.
"""

import os
import smtplib
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from ebr.exchange.notices import Notice, notice_of_breach
from ebr.kernel import Breached
from ebr.settings import Settings

TIMEOUT_S = 10


class Sink(Protocol):
    """Whatever takes a notice to people; raises OSError when it cannot."""

    def deliver(self, notice: Notice) -> None:
        """Take the notice, and return when it is safe."""


@dataclass(frozen=True, slots=True)
class Folder:
    """One text file a notice, whole or not there."""

    path: Path

    def holds(self, notice: Notice) -> bool:
        """Whether the notice is there already."""
        return (self.path / f"{notice.name}.txt").exists()

    def deliver(self, notice: Notice) -> None:
        self.path.mkdir(parents=True, exist_ok=True)
        half = self.path / f".{notice.name}.tmp"
        with half.open("w", encoding="utf-8") as file:
            file.write(f"{notice.subject}\n\n{notice.text}")
            file.flush()
            os.fsync(file.fileno())
        half.replace(self.path / f"{notice.name}.txt")


@dataclass(frozen=True, slots=True)
class Mail:
    """The mailbox of the security contact: `smtp://login:password@host:25/?from=a@b&to=c@d`.

    `smtps` speaks TLS from the first byte. Single failed attempts are no mail, lock-outs are.
    """

    address: str
    site: str

    def deliver(self, notice: Notice) -> None:
        if not notice.urgent:
            return
        parts = urlsplit(self.address)
        named = parse_qs(parts.query)
        message = EmailMessage()
        message["Subject"] = notice.subject
        message["From"] = named["from"][0]
        message["To"] = ", ".join(named["to"])
        message["Message-ID"] = f"<{notice.name}@{named['from'][0].rpartition('@')[2]}>"
        message.set_content(notice.text)
        try:
            with _opened(parts) as server:
                if parts.username:
                    server.login(unquote(parts.username), unquote(parts.password or ""))
                server.send_message(message)
        except smtplib.SMTPException as error:
            raise OSError(f"{parts.hostname} did not take the notice: {error}") from error


def _opened(parts: SplitResult) -> smtplib.SMTP:
    kind: Callable[..., smtplib.SMTP] = (
        smtplib.SMTP_SSL if parts.scheme == "smtps" else smtplib.SMTP
    )
    return kind(parts.hostname or "localhost", parts.port or 0, timeout=TIMEOUT_S)


def tell_of_breach(settings: Settings, breached: Breached) -> None:
    """Tell the security contact once of a record that does not hold together."""
    notice = notice_of_breach(breached, settings.site)
    if not Folder(settings.notices_dir).holds(notice):
        for sink in sinks_of(settings):
            sink.deliver(notice)


def sinks_of(settings: Settings) -> tuple[Sink, ...]:
    """Where the notices of this installation go: always the folder, and the mailbox if named."""
    folder = Folder(settings.notices_dir)
    if not settings.notices_mail:
        return (folder,)
    return (folder, Mail(settings.notices_mail, settings.site))
