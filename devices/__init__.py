"""The drivers: what plant devices say, kept as they said it. Knows nothing of the application."""

from devices.collector import Collector, Desk, Health, LinkState, Orders, Pace, Sink
from devices.device import Device
from devices.drivers import open_device
from devices.endpoint import PROFILES, Endpoint, Profile
from devices.errors import DeviceError, StoreAway
from devices.reading import UNKNOWN_DEVICE, Act, Cause, Identity, Kind, Quality, Question, Reading

__all__ = [
    "PROFILES",
    "UNKNOWN_DEVICE",
    "Act",
    "Cause",
    "Collector",
    "Desk",
    "Device",
    "DeviceError",
    "Endpoint",
    "Health",
    "Identity",
    "Kind",
    "LinkState",
    "Orders",
    "Pace",
    "Profile",
    "Quality",
    "Question",
    "Reading",
    "Sink",
    "StoreAway",
    "open_device",
]
