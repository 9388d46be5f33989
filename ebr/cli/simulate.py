"""`ebr simulate scale`: a balance that is not there, for training sites and the demo.

It listens on the loopback address and calls itself SIMULATED, in every reading it gives.
"""

import argparse
import sys
from collections.abc import Sequence

from devices.simulator import DEFAULT_SCALE, ScaleSettings, simulate_scale
from ebr.settings import Settings


def main(arguments: Sequence[str]) -> int:
    """Be the device that is named."""
    parser = argparse.ArgumentParser("ebr simulate", description=__doc__)
    parser.add_argument("device", choices=("scale",), help="what to be")
    port = Settings.from_environment(logins=()).scale_port
    parser.add_argument("--port", type=int, default=port, help="for MT-SICS")
    parser.add_argument("--control-port", type=int, default=port + 1, help="for the pan")
    parser.add_argument("--serial", default=DEFAULT_SCALE.serial, help="the serial number")
    parser.add_argument(
        "--capacity", default=DEFAULT_SCALE.capacity, help="the most it weighs, in its digits"
    )
    asked = parser.parse_args(arguments)
    try:
        settings = ScaleSettings(asked.serial, asked.capacity, asked.port, asked.control_port)
        simulate_scale(settings, _say)
    except (ValueError, OSError, OverflowError) as fault:
        sys.stderr.write(f"ebr simulate: {fault}\n")
        return 2
    return 0


def _say(text: str) -> None:
    sys.stdout.write(f"ebr simulate: {text}\n")
    sys.stdout.flush()
