"""The collector between scales that fail and a store that goes away."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from devices import (
    Act,
    Cause,
    Collector,
    Endpoint,
    Health,
    LinkState,
    Orders,
    Pace,
    Quality,
    Question,
    Reading,
    StoreAway,
)
from devices.simulator import ScaleSettings, SimulatedScale
from ebr.kernel import new_id
from tests.plugin import verifies

QUICK = Pace(watched_s=0.05, idle_s=0.1, look_s=0.05, least_pause_s=0.05, most_pause_s=0.2)
PATIENCE_S = 8.0


@dataclass
class Office:
    """Desk and sink in lists: what is asked, kept, shown and reported."""

    endpoints: list[Endpoint]
    asked: list[Question] = field(default_factory=list)
    kept: list[Reading] = field(default_factory=list)
    shown: list[Reading] = field(default_factory=list)
    health: list[Health] = field(default_factory=list)
    watched: frozenset[str] = frozenset()
    desk_away: bool = False
    store_away: bool = False

    def look(self, seconds: float) -> Orders:
        time.sleep(seconds)
        if self.desk_away:
            raise StoreAway("nobody at the desk")
        questions, self.asked = tuple(self.asked), []
        return Orders(tuple(self.endpoints), questions, self.watched)

    def keep(self, readings: tuple[Reading, ...]) -> None:
        if self.store_away:
            raise StoreAway("the store is closed")
        self.kept.extend(readings)

    def show(self, reading: Reading) -> None:
        if self.store_away:
            raise StoreAway("the store is closed")
        self.shown.append(reading)

    def report(self, health: Health) -> None:
        if self.store_away:
            raise StoreAway("the store is closed")
        self.health.append(health)

    def ask(self, act: Act = Act.WEIGH, device: str = "SC-04") -> UUID:
        question = Question(new_id(), device, act)
        self.asked.append(question)
        return question.id

    def answer(self, question: UUID) -> Reading | None:
        found = [reading for reading in self.kept if reading.question == question]
        assert len(found) <= 1, "a question has one answer"
        return found[0] if found else None

    def state(self, device: str = "SC-04") -> LinkState | None:
        states = [one.state for one in self.health if one.device == device]
        return states[-1] if states else None


def clock() -> datetime:
    return datetime(2026, 3, 2, tzinfo=UTC) + timedelta(seconds=time.monotonic())


def endpoint(scale: SimulatedScale, code: str = "SC-04", serial: str = "B0210") -> Endpoint:
    options = "reply_s=0.3&settle_s=1&connect_s=0.5"
    return Endpoint.of(code, f"sics+tcp://127.0.0.1:{scale.port}?{options}", serial)


async def until(done: Callable[[], bool], why: str) -> None:
    end = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < end, f"it took too long until {why}"
        await asyncio.sleep(0.01)


async def answered(office: Office, act: Act = Act.WEIGH) -> Reading:
    question = office.ask(act)
    await until(lambda: office.answer(question) is not None, "the question was answered")
    reading = office.answer(question)
    assert reading is not None
    return reading


@asynccontextmanager
async def collecting(office: Office) -> AsyncIterator[Collector]:
    collector = Collector(office, office, clock, new_id, QUICK)
    task = asyncio.create_task(collector.run())
    try:
        yield collector
    finally:
        collector.stop()
        await asyncio.wait_for(task, PATIENCE_S)


@asynccontextmanager
async def at_work(
    settings: ScaleSettings | None = None,
) -> AsyncIterator[tuple[Office, SimulatedScale]]:
    settings = settings or ScaleSettings("B0210", "220.00 g", settle_s=0.1, patience_s=0.3)
    async with SimulatedScale(settings) as scale:
        office = Office([endpoint(scale)])
        async with collecting(office):
            await until(lambda: office.state() is LinkState.READY, "the scale was ready")
            yield office, scale


def test_a_question_handed_out_at_the_last_moment_is_still_asked() -> None:
    class Parting(Office):
        """Hands out while the task of the device is busy showing, and says goodbye."""

        def show(self, reading: Reading) -> None:
            busy.set()
            time.sleep(0.3)
            super().show(reading)

        def look(self, seconds: float) -> Orders:
            if self.asked:
                busy.clear()
                busy.wait(PATIENCE_S)
                told_to_go[0].stop()
            return super().look(seconds)

    busy, told_to_go = threading.Event(), list[Collector]()

    async def story() -> None:
        async with SimulatedScale(ScaleSettings("B0210", "220.00 g", settle_s=0.1)) as scale:
            office = Parting([endpoint(scale)])
            async with collecting(office) as collector:
                told_to_go.append(collector)
                office.watched = frozenset({"SC-04"})
                await until(lambda: office.state() is LinkState.READY, "the scale was ready")
                question = office.ask()
                await until(lambda: not office.asked, "the question was handed out")
            assert office.answer(question) is not None

    asyncio.run(story())


@verifies("PICS-9.7-1")
def test_a_weighing_from_tare_to_net() -> None:
    async def story() -> None:
        async with at_work() as (office, scale):
            scale.instruct("LOAD 20.5 g")
            tare = await answered(office, Act.TARE)
            scale.instruct("LOAD 32.987 g")
            net = await answered(office)
            assert (tare.value, net.value, net.unit) == ("20.50", "12.49", "g")
            assert (net.quality, net.stable) == (Quality.GOOD, True)
            assert net.session == tare.session
            assert net.number > tare.number

    asyncio.run(story())


def test_what_lies_there_is_shown_without_being_kept() -> None:
    async def story() -> None:
        async with at_work() as (office, scale):
            office.watched = frozenset({"SC-04"})
            scale.instruct("LOAD 5 g")
            await until(lambda: any(one.value == "5.00" for one in office.shown), "it was shown")
            assert any(one.quality is Quality.UNCERTAIN for one in office.shown)
            assert office.kept == []

    asyncio.run(story())


@verifies("ALCOA-E-1")
def test_a_printed_weight_is_kept_as_an_orphan() -> None:
    async def story() -> None:
        async with at_work() as (office, scale):
            scale.instruct("FAULT print")
            await until(lambda: bool(office.kept), "the orphan was kept")
            (orphan,) = office.kept
            assert orphan.orphan
            assert orphan.value == "0.00"

    asyncio.run(story())


def test_a_dead_scale_answers_every_question_with_why_and_comes_back() -> None:
    async def story() -> None:
        async with at_work() as (office, scale):
            first = (await answered(office)).session
            await scale.__aexit__()
            await until(lambda: office.state() is LinkState.OFFLINE, "the loss was told")
            dead = await answered(office)
            assert (dead.cause, dead.value) == (Cause.UNREACHABLE, None)
            again = SimulatedScale(ScaleSettings("B0210", "220.00 g", scale.port))
            async with again:
                await until(lambda: office.state() is LinkState.READY, "it was back")
                reading = await answered(office)
                assert reading.quality is Quality.GOOD
                assert reading.session != first

    asyncio.run(story())


def test_a_restart_in_mid_weighing_fails_the_weighing_and_proves_identity_again() -> None:
    async def story() -> None:
        async with at_work(ScaleSettings("B0210", "220.00 g", settle_s=0.1)) as (office, scale):
            scale.instruct("FAULT unsteady")
            question = office.ask()
            await asyncio.sleep(0.4)
            scale.instruct("FAULT restart")
            await until(lambda: office.answer(question) is not None, "it was answered")
            failed = office.answer(question)
            assert failed is not None
            assert (failed.cause, failed.value) == (Cause.RESTARTED, None)
            scale.instruct("CLEAR")
            await until(lambda: office.state() is LinkState.READY, "it was ready again")
            assert (await answered(office)).session != failed.session

    asyncio.run(story())


@verifies("DEV-SCL-1")
def test_a_scale_of_another_serial_number_is_blocked() -> None:
    async def story() -> None:
        async with at_work() as (office, scale):
            scale.instruct("FAULT serial X9")
            reading = await answered(office)
            assert (reading.cause, reading.value) == (Cause.WRONG_DEVICE, None)
            await until(lambda: office.state() is LinkState.BLOCKED, "it was blocked")
            assert "X9" in office.health[-1].detail
            assert (await answered(office)).cause is Cause.WRONG_DEVICE
            scale.instruct("CLEAR")
            await until(lambda: office.state() is LinkState.READY, "it was ready again")

    asyncio.run(story())


def test_a_scale_that_never_rests_fails_and_stays_in_use() -> None:
    async def story() -> None:
        async with at_work() as (office, scale):
            scale.instruct("FAULT unsteady")
            failed = await answered(office)
            assert (failed.cause, failed.value) == (Cause.UNSTEADY, None)
            scale.instruct("CLEAR")
            assert (await answered(office)).session == failed.session

    asyncio.run(story())


@verifies("PICS-9.7-1")
def test_a_late_answer_is_never_the_next_one() -> None:
    async def story() -> None:
        async with at_work() as (office, scale):
            scale.instruct("FAULT late 0.6")
            assert (await answered(office)).cause is Cause.TIMEOUT
            scale.instruct("CLEAR")
            scale.instruct("LOAD 7 g")
            await until(lambda: office.state() is LinkState.READY, "it was ready again")
            assert (await answered(office)).value == "7.00"

    asyncio.run(story())


def test_a_doubled_answer_is_kept_once_as_answer_and_once_as_orphan() -> None:
    async def story() -> None:
        async with at_work() as (office, scale):
            scale.instruct("LOAD 7 g")
            await asyncio.sleep(0.2)
            scale.instruct("FAULT double")
            await answered(office)
            scale.instruct("CLEAR")
            await answered(office)
            values = [(one.value, one.orphan) for one in office.kept]
            assert values.count(("7.00", False)) == 2
            assert ("7.00", True) in values

    asyncio.run(story())


@verifies("DIQA-12-1")
def test_a_reading_waits_until_the_store_is_back() -> None:
    async def story() -> None:
        async with at_work() as (office, _):
            question = office.ask()
            office.store_away = True
            await asyncio.sleep(0.6)
            assert office.answer(question) is None
            office.store_away = False
            await until(lambda: office.answer(question) is not None, "it was kept")

    asyncio.run(story())


def test_a_desk_that_goes_away_leaves_the_scale_connected() -> None:
    async def story() -> None:
        async with at_work() as (office, _):
            before = (await answered(office)).session
            office.desk_away = True
            await asyncio.sleep(0.3)
            office.desk_away = False
            assert (await answered(office)).session == before

    asyncio.run(story())


def test_two_scales_do_not_wait_for_each_other() -> None:
    async def story() -> None:
        async with at_work() as (office, _):
            slow = ScaleSettings("B0211", "220.00 g", settle_s=0.1, patience_s=5)
            async with SimulatedScale(slow) as other:
                office.endpoints.append(endpoint(other, "SC-05", "B0211"))
                await until(lambda: office.state("SC-05") is LinkState.READY, "both were ready")
                other.instruct("FAULT unsteady")
                waiting = office.ask(device="SC-05")
                reading = await answered(office)
                assert reading.device == "SC-04"
                assert office.answer(waiting) is None
                office.endpoints.pop()

    asyncio.run(story())


def test_a_changed_address_is_followed() -> None:
    async def story() -> None:
        async with at_work() as (office, _):
            elsewhere = ScaleSettings("B0299", "220.0 g", settle_s=0.1)
            async with SimulatedScale(elsewhere) as other:
                office.endpoints[0] = endpoint(other, serial="B0299")
                await until(
                    lambda: office.health[-1].identity.serial == "B0299", "the other was ready"
                )
                assert (await answered(office)).identity.serial == "B0299"

    asyncio.run(story())


def test_a_question_asked_while_the_address_changes_is_answered_at_the_new_one() -> None:
    async def story() -> None:
        async with at_work() as (office, _):
            elsewhere = ScaleSettings("B0299", "220.0 g", settle_s=0.1)
            async with SimulatedScale(elsewhere) as other:
                office.endpoints[0] = endpoint(other, serial="B0299")
                assert (await answered(office)).question is not None
                office.endpoints[0] = endpoint(other, serial="B0299")

    asyncio.run(story())


def test_a_connection_that_breaks_in_mid_question_fails_the_question() -> None:
    async def story() -> None:
        async with at_work() as (office, scale):
            scale.instruct("FAULT unsteady")
            question = office.ask()
            await asyncio.sleep(0.25)
            scale.instruct("FAULT disconnect")
            await until(lambda: office.answer(question) is not None, "it was answered")
            failed = office.answer(question)
            assert failed is not None
            assert failed.cause is Cause.UNREACHABLE

    asyncio.run(story())


def test_a_question_that_is_being_answered_is_finished_before_the_collector_goes() -> None:
    async def story() -> None:
        settings = ScaleSettings("B0210", "220.00 g", settle_s=0.5)
        async with SimulatedScale(settings) as scale:
            office = Office([endpoint(scale)])
            async with collecting(office) as collector:
                await until(lambda: office.state() is LinkState.READY, "the scale was ready")
                scale.instruct("LOAD 9 g")
                question = office.ask()
                await asyncio.sleep(0.25)
                collector.stop()
            reading = office.answer(question)
            assert reading is not None
            assert reading.value == "9.00"

    asyncio.run(story())
