"""What a device can do to us, each with its cause and the bytes that prove it."""

from devices.reading import Cause


class DeviceError(Exception):
    """The device did not give what was asked."""

    cause = Cause.REJECTED

    def __init__(self, detail: str, frame: bytes = b"", cause: Cause | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.frame = frame
        self.cause = cause or type(self).cause


class Unreachable(DeviceError):
    """The device cannot be spoken to: no connection, or it closed the one we had."""

    cause = Cause.UNREACHABLE


class Silent(DeviceError):
    """The connection stands, and no answer came by the deadline."""

    cause = Cause.TIMEOUT


class Garbled(DeviceError):
    """A line came that is no message of this protocol; nothing is guessed from it."""

    cause = Cause.GARBLED


class Unsteady(DeviceError):
    """The value did not come to rest in time."""

    cause = Cause.UNSTEADY


class OutOfRange(DeviceError):
    """The pan carries more or less than the device can weigh."""

    cause = Cause.OVERLOAD


class Rejected(DeviceError):
    """The device understood and will not do it now, or did not understand."""

    cause = Cause.REJECTED


class Unusable(DeviceError):
    """A weight came in a unit or with fewer digits than agreed; it is kept and not used."""

    cause = Cause.WRONG_UNIT


class WrongDevice(DeviceError):
    """Another device answers than the one registered: its serial number differs."""

    cause = Cause.WRONG_DEVICE


class Restarted(DeviceError):
    """The device restarted in mid-work: zero and tare are lost, who it is must be proved again."""

    cause = Cause.RESTARTED


class StoreAway(Exception):
    """Readings cannot be kept right now; whoever holds one waits and tries again."""
