"""The collector as a process: killed, doubled, cut off from its database, and stopped."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from typing import TypeVar
from uuid import UUID

import psycopg
import pytest

from devices import Act, Cause
from devices.simulator import Pan
from ebr import readings
from ebr.cli import simulate
from ebr.kernel.opening import Database
from ebr.readings import RequestState
from tests.builders.readings import SCALE, SERIAL, Plant
from tests.plugin import verifies

PATIENCE_S = 20.0
Found = TypeVar("Found")


def until(look: Callable[[], Found | None], why: str) -> Found:
    """What `look` finds, as soon as it finds something."""
    end = time.monotonic() + PATIENCE_S
    while (found := look()) is None:
        assert time.monotonic() < end, f"it took too long until {why}"
        time.sleep(0.02)
    return found


@contextlib.contextmanager
def a_process(plant: Plant, *command: str) -> Iterator[subprocess.Popen[str]]:
    """One of our own commands, ended with the test, and without a word of complaint."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith("EBR_")}
    with subprocess.Popen(
        [sys.executable, "-m", "ebr", *command],
        env=environment | plant.database.settings.to_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.terminate()
            _, complaint = process.communicate(timeout=PATIENCE_S)
    assert complaint == ""


@pytest.fixture
def works(database: Database) -> Iterator[tuple[Plant, Pan]]:
    """A plant whose balance is a process of its own."""
    plant = Plant(database)
    command = ("simulate", "scale", "--port=0", "--control-port=0", "--capacity=220.00 g")
    with a_process(plant, *command, f"--serial={SERIAL}") as scale:
        assert scale.stdout is not None
        said = scale.stdout.readline()
        ports = re.search(r"sics\+tcp://127\.0\.0\.1:(\d+), pan on 127\.0\.0\.1:(\d+)", said)
        assert ports is not None, said
        plant.balance(f"sics+tcp://127.0.0.1:{ports[1]}?settle_s=3&reply_s=1")
        yield plant, Pan(int(ports[2]))


def in_contact(plant: Plant) -> None:
    def look() -> bool | None:
        live = plant.look(lambda session: readings.live(session, SCALE))
        return True if live is not None and live.in_contact else None

    until(look, "the balance was in contact")


def final(plant: Plant, request: UUID) -> readings.AnswerView:
    def look() -> readings.AnswerView | None:
        answer = plant.answer(request)
        return answer if answer.state.final else None

    return until(look, "the question was answered")


def taken(plant: Plant, request: UUID) -> None:
    def look() -> bool | None:
        return True if plant.answer(request).state is RequestState.TAKEN else None

    until(look, "the question was taken")


@verifies("PICS-9.7-1", "DIQA-12-1")
def test_a_weight_goes_from_the_pan_to_the_row(works: tuple[Plant, Pan]) -> None:
    plant, pan = works
    with a_process(plant, "collect"):
        in_contact(plant)
        pan.load("20.5 g")
        tare = final(plant, plant.ask(Act.TARE))
        pan.load("32.987 g")
        begun = time.monotonic()
        net = final(plant, plant.ask())
        assert time.monotonic() - begun < 3
        assert tare.reading is not None
        assert net.reading is not None
        assert (tare.reading.value, net.reading.value) == ("20.50", "12.49")
        assert net.reading.session == tare.reading.session
        assert net.reading.usable
        assert net.reading.simulated
        assert net.reading.frame == "S S      12.49 g␍␊"


def test_the_live_weight_follows_while_somebody_looks(works: tuple[Plant, Pan]) -> None:
    plant, pan = works
    with a_process(plant, "collect"):
        in_contact(plant)
        plant.do(readings.watch, readings.WatchDevice(device=SCALE))
        pan.load("7 g")

        def shown() -> bool | None:
            live = plant.look(lambda session: readings.live(session, SCALE))
            return (
                True if live is not None and (live.value, live.stable) == ("7.00", True) else None
            )

        until(shown, "7 g were shown")


def test_a_killed_collector_leaves_a_question_that_its_successor_closes(
    works: tuple[Plant, Pan],
) -> None:
    plant, pan = works
    with a_process(plant, "collect") as first:
        in_contact(plant)
        pan.fault("unsteady")
        request = plant.ask()
        taken(plant, request)
        first.send_signal(signal.SIGKILL)
        first.wait()
    pan.clear()
    with a_process(plant, "collect"):
        answer = final(plant, request)
        assert answer.reading is not None
        assert (answer.state, answer.reading.cause) == (RequestState.FAILED, Cause.INTERRUPTED)
        in_contact(plant)
        again = final(plant, plant.ask())
        assert again.state is RequestState.ANSWERED
    attempts = plant.look(
        lambda session: readings.readings_of_step(session, plant.batch, "weigh-ethanol")
    )
    assert [one.request for one in attempts] == [request, again.request]


def test_a_second_collector_waits_and_takes_over(works: tuple[Plant, Pan]) -> None:
    plant, _ = works
    with a_process(plant, "collect") as first:
        in_contact(plant)
        with a_process(plant, "collect"):
            one = final(plant, plant.ask())
            first.send_signal(signal.SIGKILL)
            first.wait()

            def other() -> readings.AnswerView | None:
                answer = final(plant, plant.ask())
                assert answer.reading is not None
                assert one.reading is not None
                return None if answer.reading.collector == one.reading.collector else answer

            assert until(other, "the second had taken over").reading is not None


def test_a_collector_survives_the_loss_of_every_connection_to_its_database(
    works: tuple[Plant, Pan],
) -> None:
    plant, pan = works
    pan.load("5 g")
    with a_process(plant, "collect"):
        in_contact(plant)
        before = final(plant, plant.ask())
        url = plant.database.settings.url("app").replace("+psycopg", "")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND usename = current_user"
                " AND pid <> pg_backend_pid()"
            )
        after = final(plant, plant.ask())
        assert before.reading is not None
        assert after.reading is not None
        assert after.reading.value == "5.00"
        assert after.reading.session == before.reading.session


def test_a_collector_that_is_told_to_go_finishes_the_question(works: tuple[Plant, Pan]) -> None:
    plant, pan = works
    with a_process(plant, "collect") as collector:
        in_contact(plant)
        pan.fault("unsteady")
        request = plant.ask()
        taken(plant, request)
        collector.terminate()
        time.sleep(0.5)
        pan.clear()
        assert collector.wait(PATIENCE_S) == 0
        assert plant.answer(request).state is RequestState.ANSWERED


@verifies("DEV-SCL-1")
def test_a_balance_of_another_serial_number_is_blocked_with_the_reason(
    works: tuple[Plant, Pan],
) -> None:
    plant, pan = works
    pan.fault("serial", "X9")
    with a_process(plant, "collect"):

        def blocked() -> str | None:
            live = plant.look(lambda session: readings.live(session, SCALE))
            return live.detail if live is not None and live.state == "blocked" else None

        assert "X9" in until(blocked, "it was blocked")


def test_an_impossible_address_blocks_the_device_and_no_other(works: tuple[Plant, Pan]) -> None:
    plant, _ = works
    plant.balance("sics+tcp://127.0.0.1:4305?speed=9", code="SC-05")
    with a_process(plant, "collect"):
        in_contact(plant)

        def told() -> str | None:
            live = plant.look(lambda session: readings.live(session, "SC-05"))
            return live.detail if live is not None else None

        assert "speed" in until(told, "the fault was told")


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("scale", "--capacity=heavy"), "not a weight like 12.487 g"),
        (("scale", "--capacity=-5 g"), "not above zero"),
        (("scale", "--port=70000"), "port"),
        (("toaster",), "toaster"),
    ],
)
def test_what_cannot_be_simulated_is_told(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], fault: str
) -> None:
    try:
        status = simulate.main(arguments)
    except SystemExit as told:
        status = int(str(told.code))
    assert status == 2
    assert fault in capsys.readouterr().err
