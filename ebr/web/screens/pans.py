"""The pan of a simulated balance: training sites put weights on it, real scales are refused."""

from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from devices.simulator import DEFAULT_SCALE, FAULTS, ControlRefused, Pan
from ebr import maintenance, readings
from ebr.kernel import Malformed, Reason, Refused, Unavailable
from ebr.settings import Settings

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
EMPTY = "0 g"
BESIDE = DEFAULT_SCALE.control_port - DEFAULT_SCALE.port  # the pan's port beside the scale's


def pan(session: Session, settings: Settings, equipment: str) -> Pan:
    """The pan of this scale; refused on a plant of its own, and where the scale is a real one."""
    device = maintenance.equipment(session, equipment)
    seen = readings.live(session, equipment)
    if not settings.training:
        raise _refused("no_training_site", "This is no training site.")
    where = urlsplit(device.device_url or "")
    real = seen is not None and not seen.simulated and bool(seen.model)
    if real or where.hostname not in LOOPBACK or where.port is None:
        raise _refused("device_not_simulated", f"{equipment} is not a simulated device.")
    return Pan(where.port + BESIDE)


def load(place: Pan, weight: str) -> None:
    """Put this on the pan in all, container included."""
    try:
        place.load(weight.strip())
    except ControlRefused as fault:
        raise _told("weight", fault) from fault


def fault(place: Pan, name: str) -> None:
    """Give the scale a fault, or take every fault away with an empty name."""
    kind, _, more = name.partition(" ")
    if name and kind not in FAULTS:
        raise Malformed({"fault": (f"Choose one of {', '.join(FAULTS)}, or nothing.",)})
    try:
        place.clear()
        if name:
            place.fault(kind, more)
    except ControlRefused as refused:
        raise _told("fault", refused) from refused


def _told(field: str, fault: ControlRefused) -> Exception:
    if isinstance(fault.__cause__, OSError):
        return Unavailable("the simulated balance")
    return Malformed({field: (f"{fault}.",)})


def _refused(code: str, text: str) -> Refused:
    return Refused((Reason(code, text, "Put the material on the pan of the scale itself."),))
