"""Stand-ins for plant devices, with faults on request: for training sites, the demo and tests.

They listen on the loopback address only and say SIMULATED where a device names its model.
"""

from devices.simulator.control import ControlRefused, Pan
from devices.simulator.scale import (
    DEFAULT_SCALE,
    FAULTS,
    ScaleSettings,
    SimulatedScale,
    simulate_scale,
)

__all__ = [
    "DEFAULT_SCALE",
    "FAULTS",
    "ControlRefused",
    "Pan",
    "ScaleSettings",
    "SimulatedScale",
    "simulate_scale",
]
