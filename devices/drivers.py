"""Which driver speaks for which kind of address."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from devices.device import Device
from devices.endpoint import Endpoint
from devices.scales import Scale
from devices.transports.tcp import TcpLine


def open_device(endpoint: Endpoint, session: UUID, clock: Callable[[], datetime]) -> Device:
    """A device for one connection, not yet connected; `session` names the connection."""
    match endpoint.scheme:
        case "sics+tcp":
            return Scale(endpoint, session, clock, TcpLine(endpoint, clock))
        case scheme:
            raise ValueError(f"no driver speaks {scheme!r}")
