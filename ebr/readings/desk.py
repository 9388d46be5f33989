"""Where the collector hears what there is to do: a connection that listens and holds the devices.

A device belongs to the one collector that holds its advisory lock, on this connection. When the
connection goes, so do the locks, and whoever comes first takes the devices up again; what the
other had taken and not answered is then closed as interrupted.
"""

import contextlib
from collections.abc import Iterator
from uuid import UUID

import psycopg
from psycopg import sql

from devices import UNKNOWN_DEVICE, Endpoint, Health, LinkState, Orders, StoreAway
from ebr.kernel import new_id
from ebr.kernel.clock import monotonic_s
from ebr.readings.instants import host_now
from ebr.readings.operations import CHANNEL
from ebr.readings.sink import PlantSink

_LOCKS = 0x5245_4144  # "READ": the class of our advisory locks
_REFRESH_S = 5.0


class PlantDesk:
    """The desk of one collector run."""

    def __init__(self, sink: PlantSink) -> None:
        self._url = sink.url.replace("+psycopg", "", 1)
        self._sink = sink
        self._connection: psycopg.Connection | None = None
        self._held: dict[str, Endpoint] = {}
        self._read_at = -_REFRESH_S
        self._told: dict[str, str] = {}

    def look(self, seconds: float) -> Orders:
        """Wait for news up to `seconds`; then say which devices are ours and what is asked."""
        with self._away():
            connection = self._joined()
            for _ in connection.notifies(timeout=seconds, stop_after=1):
                pass
            if monotonic_s() - self._read_at >= _REFRESH_S:
                self._read(connection)
            watched = self._sink.watched()
            # Last of all: after it nothing may fail, or what was taken would be lost on the way.
            questions = self._sink.take(tuple(self._held)) if self._held else ()
            return Orders(tuple(self._held.values()), questions, watched)

    def close(self) -> None:
        """Give the devices back."""
        if self._connection is not None:
            self._connection.close()
        self._forget()

    def _joined(self) -> psycopg.Connection:
        if self._connection is None:
            self._connection = psycopg.connect(
                self._url, autocommit=True, application_name="collector", connect_timeout=5
            )
            self._connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(CHANNEL)))
            self._read(self._connection)
        return self._connection

    def _read(self, connection: psycopg.Connection) -> None:
        """Compare what we hold with the equipment list; give back and take up."""
        wanted: dict[str, Endpoint] = {}
        for device in self._sink.devices():
            try:
                wanted[device.code] = Endpoint.of(device.code, device.url, device.serial)
                self._told.pop(device.code, None)
            except ValueError as fault:
                self._tell(device.code, str(fault))
        for code in tuple(self._held):
            if code not in wanted:
                connection.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", (_LOCKS, code))
                del self._held[code]
        for code, endpoint in wanted.items():
            if code in self._held or _locked(connection, code):
                if code not in self._held:
                    self._sink.close_abandoned(code)
                self._held[code] = endpoint
        self._read_at = monotonic_s()

    def _tell(self, code: str, fault: str) -> None:
        """A device whose address is wrong is blocked, and says why, once for each fault."""
        if self._told.get(code) != fault:
            session: UUID = new_id()
            self._sink.report(
                Health(code, LinkState.BLOCKED, fault, host_now(), session, UNKNOWN_DEVICE)
            )
            self._told[code] = fault

    def _forget(self) -> None:
        self._connection = None
        self._held.clear()

    @contextlib.contextmanager
    def _away(self) -> Iterator[None]:
        try:
            yield
        except (psycopg.OperationalError, psycopg.InterfaceError) as error:
            self._forget()
            raise StoreAway("the database went away") from error


def _locked(connection: psycopg.Connection, code: str) -> bool:
    row = connection.execute(
        "SELECT pg_try_advisory_lock(%s, hashtext(%s))", (_LOCKS, code)
    ).fetchone()
    return bool(row and row[0])
