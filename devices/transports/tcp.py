"""A line out and a line in over TCP, by a deadline; what arrives is stamped as it arrives."""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime

from devices.endpoint import Endpoint
from devices.errors import Silent, Unreachable
from devices.protocols.sics import LineCutter
from devices.transports.wire import Line

_CHUNK = 4096
_MOST_WAITING = 1000


class TcpLine:
    """A connection that hands over whole lines.

    A reader of its own stamps each line on arrival, so that neither a slow store nor a busy
    device task makes a reading look younger than it is.
    """

    def __init__(self, endpoint: Endpoint, clock: Callable[[], datetime]) -> None:
        self._endpoint = endpoint
        self._clock = clock
        self._arrived: asyncio.Queue[Line | None] = asyncio.Queue(_MOST_WAITING)
        self._writer: asyncio.StreamWriter | None = None
        self._reading: asyncio.Task[None] | None = None
        self._ended = False

    async def open(self) -> None:
        """Connect by the deadline of the endpoint; Unreachable otherwise."""
        where = self._endpoint
        try:
            async with asyncio.timeout(where.connect_s):
                reader, self._writer = await asyncio.open_connection(where.host, where.port)
        except (OSError, TimeoutError) as error:
            raise Unreachable(f"{where.address} does not accept a connection") from error
        self._reading = asyncio.create_task(self._read(reader))

    async def send(self, line: bytes) -> None:
        """Send one line, end included; Unreachable when the connection is gone."""
        if self._writer is None or self._ended:
            raise Unreachable(f"{self._endpoint.address} closed the connection")
        try:
            self._writer.write(line)
            async with asyncio.timeout(self._endpoint.reply_s):
                await self._writer.drain()
        except (OSError, TimeoutError) as error:
            raise Unreachable(f"{self._endpoint.address} no longer takes commands") from error

    async def line(self, seconds: float) -> Line:
        """The next line; Silent when none comes in time, Unreachable when none can come."""
        if self._ended and self._arrived.empty():
            raise Unreachable(f"{self._endpoint.address} closed the connection")
        try:
            async with asyncio.timeout(seconds):
                line = await self._arrived.get()
        except TimeoutError as error:
            raise Silent(f"no answer from {self._endpoint.address} in time") from error
        if line is None:
            raise Unreachable(f"{self._endpoint.address} closed the connection")
        return line

    def waiting(self) -> tuple[Line, ...]:
        """Every line that arrived without being read yet: old news by definition."""
        lines: list[Line] = []
        while not self._arrived.empty():
            if (line := self._arrived.get_nowait()) is not None:
                lines.append(line)
        return tuple(lines)

    @property
    def ended(self) -> bool:
        """The other side has closed; nothing more will come."""
        return self._ended

    async def close(self) -> None:
        """Give the connection back; safe to call twice."""
        if self._reading is not None:
            self._reading.cancel()
            await asyncio.wait({self._reading})
        if self._writer is not None:
            self._writer.close()
            with contextlib.suppress(OSError, TimeoutError):
                async with asyncio.timeout(1):
                    await self._writer.wait_closed()
        self._ended = True

    async def _read(self, reader: asyncio.StreamReader) -> None:
        cutter = LineCutter()
        try:
            while received := await reader.read(_CHUNK):
                for text in cutter.feed(received):
                    await self._arrived.put(Line(text, self._clock()))
        except OSError:
            pass  # a reset connection ends like a closed one: below
        finally:
            self._ended = True
        if cutter.rest:
            await self._arrived.put(Line(cutter.rest, self._clock(), whole=False))
        await self._arrived.put(None)
