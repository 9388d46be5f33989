"""What every scale does, whichever wire it hangs on: one suite, run on paper and over TCP."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import pytest

from devices import Act, Cause, Device, DeviceError, Endpoint, Kind, Quality, Question, open_device
from devices.scales import Scale
from devices.simulator import ScaleSettings, SimulatedScale
from tests.plugin import verifies
from tests.scripted import HANG_UP, NAMED, SERIAL, PaperClock, ScriptedWire

SESSION = UUID(int=1)
OPTIONS = "reply_s=0.4&settle_s=1.5&connect_s=1"


@dataclass
class Bench:
    """A scale, opened, with a hand that makes it do things before the next question."""

    device: Device
    hand: Callable[[str], None]


# Each happening, as lines on paper (command → what it answers next) ...
PAPER: dict[str, tuple[str, tuple[bytes, ...]]] = {
    "12.50 g lies there": ("S", (b"S S       12.5 g",)),
    "it never rests": ("S", (b"S I",)),
    "too much lies there": ("S", (b"S +",)),
    "it says nothing": ("S", ()),
    "it talks rubbish": ("S", (b"\xff\xfe?",)),
    "it hangs up": ("S", (HANG_UP,)),
    "it is another": ("I4", (b'I4 A "X9"',)),
    "it is broken": ("S", (b"S S Error 6b",)),
    "it prints pounds": ("S", (b"S S       12.5 lb",)),
    "a container stands there": ("T", (b"T S       12.5 g",)),
    "it is empty": ("Z", (b"Z A",)),
}
# ... and as instructions to the simulated scale.
INSTRUCTIONS = {
    "12.50 g lies there": ("LOAD 12.5 g",),
    "it never rests": ("FAULT unsteady",),
    "too much lies there": ("FAULT overload",),
    "it says nothing": ("FAULT silence",),
    "it talks rubbish": ("FAULT garbage",),
    "it hangs up": ("FAULT hangup",),
    "it is another": ("FAULT serial X9",),
    "it is broken": ("FAULT broken",),
    "it prints pounds": ("LOAD 12.5 g", "FAULT unit lb"),
    "a container stands there": ("LOAD 12.5 g",),
    "it is empty": (),
    "it restarts": ("FAULT restart",),
    "somebody prints": ("FAULT print",),
    "it stops inside a line": ("LOAD 12.5 g", "FAULT partial"),
}


def an_endpoint(port: int) -> Endpoint:
    return Endpoint.of("SC-04", f"sics+tcp://127.0.0.1:{port}?{OPTIONS}", SERIAL)


@asynccontextmanager
async def on_paper() -> AsyncIterator[Bench]:
    clock = PaperClock()
    wire = ScriptedWire(clock, S=[], T=[], Z=[], I4=[])
    device = Scale(an_endpoint(4305), SESSION, clock, wire)

    def hand(happening: str) -> None:
        if happening == "it restarts":
            wire.say(NAMED)
        elif happening == "somebody prints":
            wire.say(b"S S        0.0 g")
        else:
            command, lines = PAPER[happening]
            wire.write(command, lines)

    await device.open()
    yield Bench(device, hand)
    await device.close()


@asynccontextmanager
async def over_tcp() -> AsyncIterator[Bench]:
    settings = ScaleSettings(SERIAL, "220.0 g", settle_s=0.1, patience_s=0.3)
    async with SimulatedScale(settings) as scale:
        device = open_device(an_endpoint(scale.port), SESSION, PaperClock())

        def hand(happening: str) -> None:
            for instruction in INSTRUCTIONS[happening]:
                scale.instruct(instruction)

        await device.open()
        yield Bench(device, hand)
        await device.close()


Place = Callable[[], AbstractAsyncContextManager[Bench]]


@pytest.fixture(params=[on_paper, over_tcp], ids=["on paper", "over tcp"])
def place(request: pytest.FixtureRequest) -> Place:
    chosen: Place = request.param
    return chosen


def after(place: Place, happening: str, act: Act = Act.WEIGH) -> tuple[object, ...]:
    """What becomes of one question after something happened."""

    async def story() -> tuple[object, ...]:
        async with place() as bench:
            bench.hand(happening)
            reading = await bench.device.ask(Question(UUID(int=2), "SC-04", act))
            assert reading.question == UUID(int=2)
            return (reading.value, reading.unit, reading.quality, reading.cause, bench.device.alive)

    return asyncio.run(story())


TABLE = [
    # happening, act, value, unit, quality, cause, may it be asked again
    ("12.50 g lies there", Act.WEIGH, "12.5", "g", Quality.GOOD, None, True),
    ("a container stands there", Act.TARE, "12.5", "g", Quality.GOOD, None, True),
    ("it is empty", Act.ZERO, None, None, Quality.GOOD, None, True),
    ("it never rests", Act.WEIGH, None, None, Quality.BAD, Cause.UNSTEADY, True),
    ("too much lies there", Act.WEIGH, None, None, Quality.BAD, Cause.OVERLOAD, True),
    ("it is broken", Act.WEIGH, None, None, Quality.BAD, Cause.DEVICE_FAULT, True),
    ("it prints pounds", Act.WEIGH, "12.5", "lb", Quality.BAD, Cause.WRONG_UNIT, True),
    ("it says nothing", Act.WEIGH, None, None, Quality.BAD, Cause.TIMEOUT, False),
    ("it talks rubbish", Act.WEIGH, None, None, Quality.BAD, Cause.GARBLED, False),
    ("it hangs up", Act.WEIGH, None, None, Quality.BAD, Cause.UNREACHABLE, False),
    ("it is another", Act.WEIGH, None, None, Quality.BAD, Cause.WRONG_DEVICE, False),
]


@verifies("DEV-SCL-1", "PICS-9.7-1")
@pytest.mark.parametrize("row", TABLE, ids=[row[0] for row in TABLE])
def test_a_question_is_answered_by_what_happened(place: Place, row: tuple[object, ...]) -> None:
    happening, act, *expected = row
    assert isinstance(happening, str)
    assert isinstance(act, Act)
    assert after(place, happening, act) == tuple(expected)


def test_a_scale_says_who_it_is_and_that_it_is_simulated(place: Place) -> None:
    async def story() -> None:
        async with place() as bench:
            bench.hand("12.50 g lies there")
            reading = await bench.device.ask(Question(UUID(int=2), "SC-04", Act.WEIGH))
            assert reading.identity.serial == SERIAL
            assert reading.identity.simulated

    asyncio.run(story())


@verifies("ALCOA-E-1")
def test_a_weight_nobody_asked_for_is_an_orphan(place: Place) -> None:
    async def story() -> None:
        async with place() as bench:
            bench.hand("somebody prints")
            await asyncio.sleep(0.1)
            (orphan,) = bench.device.overheard()
            assert orphan.orphan
            assert (orphan.kind, orphan.value, orphan.cause) == (Kind.NET, "0.0", Cause.UNASKED)
            assert orphan.quality is not Quality.GOOD
            assert bench.device.alive

    asyncio.run(story())


def test_a_restart_ends_the_session(place: Place) -> None:
    async def story() -> None:
        async with place() as bench:
            bench.hand("it restarts")
            await asyncio.sleep(0.1)
            (notice,) = bench.device.overheard()
            assert notice.cause is Cause.RESTARTED
            assert not bench.device.alive

    asyncio.run(story())


def test_a_session_that_was_closed_is_not_alive(place: Place) -> None:
    async def story() -> None:
        async with place() as bench:
            await bench.device.close()
            await bench.device.close()
            assert not bench.device.alive
            reading = await bench.device.ask(Question(UUID(int=2), "SC-04", Act.WEIGH))
            assert reading.cause is Cause.UNREACHABLE

    asyncio.run(story())


def test_a_simulated_scale_that_lies_about_its_serial_is_not_opened() -> None:
    async def story() -> None:
        async with SimulatedScale(ScaleSettings("X9", "220.0 g")) as scale:
            device = open_device(an_endpoint(scale.port), SESSION, PaperClock())
            with pytest.raises(DeviceError) as wrong:
                await device.open()
            assert wrong.value.cause is Cause.WRONG_DEVICE

    asyncio.run(story())


def test_a_piece_of_a_line_spoils_the_whole_line_that_follows_it() -> None:
    async def story() -> None:
        async with over_tcp() as bench, asyncio.TaskGroup() as tasks:
            bench.hand("it stops inside a line")
            asked = tasks.create_task(bench.device.ask(Question(UUID(int=2), "SC-04", Act.WEIGH)))
            await asyncio.sleep(0.5)
            bench.hand("somebody prints")
            reading = await asked
            assert (reading.value, reading.cause) == (None, Cause.GARBLED)
            assert b"S S       12.5 g" in reading.frame

    asyncio.run(story())
