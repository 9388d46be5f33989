"""A scale against a script: what counts as a weight, what is an orphan, what ends it all."""

import asyncio
from collections.abc import Sequence
from uuid import UUID

import pytest

from devices.device import Device
from devices.endpoint import Endpoint
from devices.errors import DeviceError
from devices.reading import Act, Cause, Kind, Quality, Question, Reading
from devices.scales import Scale
from tests.plugin import verifies
from tests.scripted import BROKEN_OFF, HANG_UP, NAMED, SERIAL, PaperClock, ScriptedWire

SESSION = UUID(int=1)
ASKED = UUID(int=2)
WEIGHT = b"S S      12.50 g"


def endpoint(options: str = "") -> Endpoint:
    return Endpoint.of("SC-04", f"sics+tcp://127.0.0.1:4305?{options}", SERIAL)


def a_scale(options: str = "", **script: Sequence[Sequence[bytes]]) -> tuple[Device, ScriptedWire]:
    clock = PaperClock()
    wire = ScriptedWire(clock, **script)
    return Scale(endpoint(options), SESSION, clock, wire), wire


async def ask(device: Device, act: Act = Act.WEIGH) -> Reading:
    return await device.ask(Question(ASKED, "SC-04", act))


def weighed(
    *lines: bytes, act: Act = Act.WEIGH, options: str = ""
) -> tuple[Reading, tuple[Reading, ...], bool]:
    """Open, ask once, and look: the answer, the orphans, whether it may be asked again."""

    async def story() -> tuple[Reading, tuple[Reading, ...], bool]:
        command = {Act.WEIGH: "S", Act.TARE: "T", Act.ZERO: "Z"}[act]
        scale, _ = a_scale(options, **{command: [lines]})
        await scale.open()
        reading = await ask(scale, act)
        return reading, scale.overheard(), scale.alive

    return asyncio.run(story())


@verifies("PICS-9.7-1", "DEV-SCL-1")
def test_a_stable_weight_carries_digits_frame_and_identity() -> None:
    reading, orphans, alive = weighed(WEIGHT)
    assert (reading.value, reading.unit, reading.stable) == ("12.50", "g", True)
    assert (reading.quality, reading.cause, reading.kind) == (Quality.GOOD, None, Kind.NET)
    assert (reading.command, reading.frame) == (b"S\r\n", WEIGHT + b"\r\n")
    assert (reading.question, reading.session) == (ASKED, SESSION)
    assert reading.identity.serial == SERIAL
    assert reading.identity.simulated
    assert (reading.connection, reading.profile) == ("sics+tcp://127.0.0.1:4305", "sics-1")
    assert reading.parser == "sics-1"
    assert not orphans
    assert alive


# What the scale says, what is made of it, and whether it may be asked again.
TROUBLE = [
    ((b"S I",), Cause.UNSTEADY, None, True),
    ((b"S D      12.49 g",), Cause.UNSTEADY, "12.49", True),
    ((b"S +",), Cause.OVERLOAD, None, True),
    ((b"S -",), Cause.UNDERLOAD, None, True),
    ((b"S L",), Cause.REJECTED, None, True),
    ((b"ES",), Cause.REJECTED, None, True),
    ((b"S S Error 6b",), Cause.DEVICE_FAULT, None, True),
    ((b"S S      12.50 lb",), Cause.WRONG_UNIT, "12.50", True),
    ((b"S S      12.50 PCS",), Cause.WRONG_UNIT, "12.50", True),
    ((), Cause.TIMEOUT, None, False),
    ((b"S M      12.50 g",), Cause.GARBLED, None, False),
    ((b"S D     1\0\xff\xfeS S      12.50 g",), Cause.GARBLED, None, False),
    ((b"S S      12.50 k" + BROKEN_OFF,), Cause.GARBLED, None, False),
    ((WEIGHT + BROKEN_OFF,), Cause.GARBLED, None, False),
    ((HANG_UP,), Cause.UNREACHABLE, None, False),
    ((NAMED,), Cause.RESTARTED, None, False),
    ((NAMED, WEIGHT), Cause.RESTARTED, None, False),
]


@verifies("DEV-SCL-1", "FDAWL-1")
@pytest.mark.parametrize(("lines", "cause", "value", "alive"), TROUBLE)
def test_what_is_no_weight_is_kept_as_a_failed_reading(
    lines: tuple[bytes, ...], cause: Cause, value: str | None, alive: bool
) -> None:
    reading, _, still_alive = weighed(*lines)
    assert reading.cause is cause
    assert reading.quality is not Quality.GOOD
    assert reading.value == value
    assert reading.detail
    assert reading.question == ASKED
    assert still_alive is alive


def test_the_agreed_unit_and_resolution_are_demanded() -> None:
    assert weighed(b"S S     12.500 kg", options="unit=g")[0].cause is Cause.WRONG_UNIT
    lost = weighed(b"S S       12.5 g", options="decimals=2")[0]
    assert (lost.cause, lost.value, lost.quality) == (Cause.RESOLUTION_LOST, "12.5", Quality.BAD)
    assert weighed(WEIGHT, options="unit=g&decimals=2")[0].quality is Quality.GOOD


def test_noise_before_the_answer_is_kept_and_the_answer_counts() -> None:
    reading, orphans, alive = weighed(b"\xff\xfe", WEIGHT)
    assert (reading.value, reading.quality) == ("12.50", Quality.GOOD)
    assert [(one.cause, one.frame) for one in orphans] == [(Cause.GARBLED, b"\xff\xfe\r\n")]
    assert orphans[0].number < reading.number
    assert alive


def test_a_foreign_answer_is_an_orphan_and_never_ours() -> None:
    reading, orphans, _ = weighed(b"T S       1.00 g", WEIGHT)
    assert reading.value == "12.50"
    assert [(one.kind, one.value, one.question) for one in orphans] == [(Kind.TARE, "1.00", None)]


def test_tare_and_zero_are_readings_of_their_own_kind() -> None:
    tare, _, _ = weighed(b"T S       1.20 g", act=Act.TARE)
    assert (tare.kind, tare.value, tare.quality) == (Kind.TARE, "1.20", Quality.GOOD)
    zero, _, _ = weighed(b"Z A", act=Act.ZERO)
    assert (zero.kind, zero.value, zero.quality) == (Kind.ZERO, None, Quality.GOOD)
    denied, _, _ = weighed(b"Z +", act=Act.ZERO)
    assert (denied.kind, denied.cause) == (Kind.ZERO, Cause.OVERLOAD)


@verifies("PICS-9.7-1")
def test_a_late_or_doubled_answer_never_answers_the_next_question() -> None:
    async def story() -> None:
        scale, wire = a_scale(S=[(WEIGHT, b"S S      12.50 g"), (b"S S      99.00 g",)])
        await scale.open()
        first = await ask(scale)
        second = await ask(scale)
        assert (first.value, second.value) == ("12.50", "99.00")
        orphans = scale.overheard()
        assert [(one.value, one.cause) for one in orphans] == [("12.50", Cause.UNASKED)]
        assert wire.sent == [b"@\r\n", b"I2\r\n", b"I4\r\n", b"S\r\n", b"I4\r\n", b"S\r\n"]

    asyncio.run(story())


def test_what_arrives_behind_the_question_but_before_the_fence_is_old() -> None:
    async def story() -> None:
        scale, _ = a_scale(I4=[(WEIGHT, NAMED)], S=[(b"S S      99.00 g",)])
        await scale.open()
        reading = await ask(scale)
        assert reading.value == "99.00"
        assert [one.value for one in scale.overheard()] == ["12.50"]

    asyncio.run(story())


@verifies("DEV-SCL-1")
def test_another_serial_number_is_another_device() -> None:
    async def at_the_start() -> None:
        scale, _ = a_scale(AT=[(b'I4 A "X9"',)])
        with pytest.raises(DeviceError) as wrong:
            await scale.open()
        assert wrong.value.cause is Cause.WRONG_DEVICE
        assert not scale.alive

    async def in_mid_work() -> None:
        scale, wire = a_scale(I4=[(b'I4 A "X9"',)])
        await scale.open()
        reading = await ask(scale)
        assert (reading.cause, reading.value) == (Cause.WRONG_DEVICE, None)
        assert reading.identity.serial == "X9"
        assert b"S\r\n" not in wire.sent
        assert not scale.alive

    asyncio.run(at_the_start())
    asyncio.run(in_mid_work())


def test_a_restart_between_two_questions_is_noticed() -> None:
    async def story() -> None:
        scale, wire = a_scale()
        await scale.open()
        wire.say(NAMED)
        (notice,) = scale.overheard()
        assert (notice.kind, notice.cause) == (Kind.NOTICE, Cause.RESTARTED)
        assert not scale.alive
        assert (await ask(scale)).cause is Cause.RESTARTED

    asyncio.run(story())


def test_the_weight_of_this_moment_is_shown_and_marked_while_it_moves() -> None:
    async def story() -> None:
        scale, _ = a_scale(SI=[(b"S D      12.31 g",), (WEIGHT,), (b"S +",), (b"rubbish",)])
        await scale.open()
        moving, resting, over, wreck = [await scale.glance() for _ in range(4)]
        assert (moving.value, moving.quality) == ("12.31", Quality.UNCERTAIN)
        assert (resting.value, resting.quality) == ("12.50", Quality.GOOD)
        assert (over.value, over.cause) == (None, Cause.OVERLOAD)
        assert (wreck.value, wreck.cause) == (None, Cause.GARBLED)
        assert not scale.alive
        assert [one.frame for one in scale.overheard()] == [b"rubbish\r\n"]

    asyncio.run(story())


def test_some_makes_answer_the_immediate_weight_with_their_own_id() -> None:
    async def shown(profile: str) -> Reading:
        scale, _ = a_scale(f"reply_s=0.1&profile={profile}", SI=[(b"SI S      12.50 g",)])
        await scale.open()
        return await scale.glance()

    assert asyncio.run(shown("sics-immediate-1")).value == "12.50"
    assert asyncio.run(shown("sics-1")).cause is Cause.TIMEOUT


def test_a_scale_that_does_not_say_who_it_is_is_not_opened() -> None:
    async def story() -> None:
        for scale, _ in (
            a_scale(AT=[(b"I4 L",)]),
            a_scale(I2=[(b"I2 I",)]),
            a_scale(AT=[(b"ES",)]),
        ):
            with pytest.raises(DeviceError) as refused:
                await scale.open()
            assert refused.value.cause is Cause.REJECTED

    asyncio.run(story())
