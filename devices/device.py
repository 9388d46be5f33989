"""What every driver offers to whoever reads devices, whatever the wire beneath."""

from typing import Protocol
from uuid import UUID

from devices.errors import DeviceError
from devices.reading import Identity, Question, Reading


class Device(Protocol):
    """One connection to one device: opened once, asked many times, closed, never revived."""

    session: UUID

    @property
    def alive(self) -> bool:
        """May it still be asked? After a lost, late or unreadable answer it may not."""

    async def open(self) -> Identity:
        """Connect and prove who it is; DeviceError when it cannot be reached or is another."""

    async def ask(self, question: Question) -> Reading:
        """Answer the question; what fails is a Reading too, bad and with its cause."""

    def failure(self, question: Question, error: DeviceError) -> Reading:
        """The bad reading that answers a question which could not be asked."""

    async def glance(self) -> Reading:
        """The value of this moment, at rest or not: for display, never for a record."""

    def overheard(self) -> tuple[Reading, ...]:
        """Lines nobody asked for since the last call: orphans, to be kept."""

    async def close(self) -> None:
        """Give the connection back."""
