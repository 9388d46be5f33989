"""The collector process: every device of the plant, read until it is told to stop."""

import asyncio
import signal
from collections.abc import Callable

from devices import Collector, Pace
from ebr.kernel import new_id
from ebr.readings.desk import PlantDesk
from ebr.readings.instants import host_now
from ebr.readings.sink import PlantSink


def collect(sink: PlantSink, tell: Callable[[str], None], pace: Pace | None = None) -> None:
    """Be the collector until SIGINT or SIGTERM; what is being asked is finished and kept first."""
    desk = PlantDesk(sink)
    collector = Collector(desk, sink, host_now, new_id, pace)
    tell(f"collector {sink.run} reads devices")
    try:
        asyncio.run(_until_told(collector))
    finally:
        desk.close()


async def _until_told(collector: Collector) -> None:
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(name, collector.stop)
    await collector.run()
