"""What every transport offers: a line out, a line in by a deadline, each stamped on arrival."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from devices.protocols.sics import END


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it came, without its end, and the host's time at which it was complete.

    A connection that breaks inside a line leaves a piece that is not `whole`: evidence, and
    never a message, since "12.5 k" may have been going to be "12.5 kg".
    """

    text: bytes
    at: datetime
    whole: bool = True

    @property
    def frame(self) -> bytes:
        """The bytes as they stood on the wire."""
        return self.text + END if self.whole else self.text


class Wire(Protocol):
    """One connection that hands over whole lines."""

    @property
    def ended(self) -> bool:
        """The other side has closed; nothing more will come."""

    async def open(self) -> None:
        """Connect by the deadline; Unreachable otherwise."""

    async def send(self, line: bytes) -> None:
        """Send one line, end included; Unreachable when the connection is gone."""

    async def line(self, seconds: float) -> Line:
        """The next line; Silent when none comes in time, Unreachable when none can come."""

    def waiting(self) -> tuple[Line, ...]:
        """Every line that arrived without being read yet: old news by definition."""

    async def close(self) -> None:
        """Give the connection back; safe to call twice."""
