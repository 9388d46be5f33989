"""From the device to the row: stored raw, once, with the context of the question."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from devices import Act, Cause, LinkState, Quality, StoreAway
from ebr import readings
from ebr.identity import Right
from ebr.kernel import Forbidden, Malformed, Refused, Unknown, Why, new_id
from ebr.kernel.opening import unit_of_work
from ebr.readings import PlantSink, RequestState
from ebr.readings.desk import PlantDesk
from tests.builders.readings import SCALE, Mouth, Plant, an_actor
from tests.plugin import verifies


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    return [reason.code for reason in refused.value.reasons]


@verifies("PICS-9.7-1", "DIQA-12-1")
def test_an_answer_is_stored_with_frame_device_and_context_before_anyone_uses_it(
    plant: Plant, sink: PlantSink, mouth: Mouth
) -> None:
    request = plant.ask()
    assert plant.answer(request).state is RequestState.ASKED
    (question,) = sink.take([SCALE])
    assert (question.id, question.act) == (request, Act.WEIGH)
    assert plant.answer(request).state is RequestState.TAKEN
    sink.keep((mouth.reading(question, "12.50"),))
    answer = plant.answer(request)
    assert answer.state is RequestState.ANSWERED
    found = answer.reading
    assert found is not None
    assert (found.value, found.unit, found.stable, found.quality) == (
        "12.50", "g", True, Quality.GOOD,
    )  # fmt: skip
    assert (found.batch, found.step, found.request) == (plant.batch, "weigh-ethanol", request)
    assert (found.person, found.person_name) == (plant.keller.person, "M. Keller")
    assert (found.station, found.collector) == ("DB-2", sink.run)
    assert found.frame == "S S      12.50 g␍␊"
    assert found.frame_bytes == b"S S      12.50 g\r\n"
    assert (found.serial, found.simulated, found.profile) == ("B0210", True, "sics-1")
    assert found.stored_at is not None
    assert found.usable
    assert plant.look(lambda session: readings.reading(session, found.id)) == found


@verifies("FDAWL-1")
def test_every_failed_attempt_is_kept_beside_the_good_one(
    plant: Plant, sink: PlantSink, mouth: Mouth
) -> None:
    plant.ask()
    (question,) = sink.take([SCALE])
    failed = replace(
        mouth.reading(question, None, Quality.BAD), cause=Cause.UNSTEADY, frame=b"S I\r\n"
    )
    sink.keep((failed,))
    plant.ask()
    (question,) = sink.take([SCALE])
    sink.keep((mouth.reading(question, "99.99"),))
    first, second = plant.look(
        lambda session: readings.readings_of_step(session, plant.batch, "weigh-ethanol")
    )
    assert (first.value, first.cause, first.usable) == (None, Cause.UNSTEADY, False)
    assert (second.value, second.usable) == ("99.99", True)
    last = plant.look(lambda session: readings.last_answer(session, plant.batch, "weigh-ethanol"))
    assert last is not None
    assert last.reading == second


@verifies("ALCOA-E-1")
def test_a_reading_nobody_asked_for_is_listed_and_never_attached(
    plant: Plant, sink: PlantSink, mouth: Mouth
) -> None:
    sink.keep((mouth.reading(value="1.00"), mouth.reading(value="2.00")))
    newest, oldest = plant.orphans()
    assert (newest.value, oldest.value) == ("2.00", "1.00")
    page = plant.look(lambda session: readings.orphans(session, size=1))
    assert page.items == (newest,)
    rest = plant.look(lambda session: readings.orphans(session, after=page.next, size=1))
    assert (rest.items, rest.next) == ((oldest,), None)
    with pytest.raises(Refused) as refused:
        plant.do(
            readings.use,
            readings.UseReading(reading=newest.id, batch=plant.batch, step="weigh-ethanol"),
        )
    assert codes(refused) == ["reading_orphan"]


@verifies("PICS-9.7-1")
def test_a_late_or_second_answer_is_an_orphan(plant: Plant, sink: PlantSink, mouth: Mouth) -> None:
    request = plant.ask()
    (question,) = sink.take([SCALE])
    sink.keep((mouth.reading(question, "12.50"),))
    sink.keep((mouth.reading(question, "66.00"),))
    answer = plant.answer(request)
    assert answer.reading is not None
    assert answer.reading.value == "12.50"
    (orphan,) = plant.orphans()
    assert (orphan.value, orphan.batch) == ("66.00", None)


def test_a_reading_handed_over_twice_is_kept_once(
    plant: Plant, sink: PlantSink, mouth: Mouth
) -> None:
    request = plant.ask()
    (question,) = sink.take([SCALE])
    reading = mouth.reading(question)
    sink.keep((reading,))
    sink.keep((reading,))
    assert plant.orphans() == ()
    assert plant.answer(request).state is RequestState.ANSWERED


def test_a_question_is_taken_by_one_collector(plant: Plant, sink: PlantSink, mouth: Mouth) -> None:
    plant.ask()
    other = PlantSink(plant.database)
    assert len(sink.take([SCALE])) == 1
    assert other.take([SCALE]) == ()
    assert sink.take([SCALE]) == ()


def test_what_a_dead_collector_took_is_answered_as_interrupted_and_not_asked_again(
    plant: Plant, sink: PlantSink, mouth: Mouth
) -> None:
    request = plant.ask()
    (question,) = sink.take([SCALE])
    successor = PlantSink(plant.database)
    assert successor.close_abandoned(SCALE) == 1
    assert successor.close_abandoned(SCALE) == 0
    assert successor.take([SCALE]) == ()
    answer = plant.answer(request)
    assert answer.state is RequestState.FAILED
    assert answer.reading is not None
    assert (answer.reading.cause, answer.reading.value) == (Cause.INTERRUPTED, None)
    assert answer.reading.step == "weigh-ethanol"
    # The dead one was only slow: what it still brings is evidence, and no answer.
    sink.keep((mouth.reading(question),))
    assert [one.value for one in plant.orphans()] == ["12.50"]


def test_a_collector_closes_what_it_took_itself_only_when_nothing_can_come_any_more(
    plant: Plant, sink: PlantSink, mouth: Mouth
) -> None:
    plant.ask()
    sink.take([SCALE])
    assert sink.close_abandoned(SCALE) == 0
    with unit_of_work(plant.database, plant.keller, "age") as work:
        work.session.execute(
            sa.text("UPDATE readings.request SET asked_at = now() - interval '1 hour'")
        )
    assert sink.close_abandoned(SCALE) == 1


def test_a_question_whose_taking_was_never_heard_of_keeps_no_device_busy(
    plant: Plant, sink: PlantSink, mouth: Mouth
) -> None:
    """The database dies after the commit and before its answer: the run knows of no question."""
    request = plant.ask()
    unheard = PlantSink(plant.database)
    unheard.run = sink.run
    unheard.take([SCALE])
    assert sink.close_abandoned(SCALE) == 1
    assert plant.answer(request).state is RequestState.FAILED
    plant.ask()
    assert len(sink.take([SCALE])) == 1
    assert sink.close_abandoned(SCALE) == 0


def test_what_is_taken_is_handed_out_whatever_else_fails_on_the_way(
    plant: Plant, mouth: Mouth
) -> None:
    class Shaken(PlantSink):
        """The database goes away in the moment after the first look began."""

        away = True

        def watched(self) -> frozenset[str]:
            if self.away:
                self.away = False
                raise StoreAway("the database went away")
            return super().watched()

    desk = PlantDesk(Shaken(plant.database))
    plant.ask()
    with pytest.raises(StoreAway):
        desk.look(0.1)
    assert [one.device for one in desk.look(0.1).questions] == [SCALE]
    desk.close()


def test_a_question_that_nobody_takes_expires_and_is_never_asked(
    plant: Plant, sink: PlantSink, mouth: Mouth
) -> None:
    request = plant.ask()
    with unit_of_work(plant.database, plant.keller, "age") as work:
        work.session.execute(
            sa.text("UPDATE readings.request SET expires_at = now() - interval '1 second'")
        )
    assert plant.answer(request).state is RequestState.EXPIRED
    assert sink.take([SCALE]) == ()
    again = plant.ask()
    assert plant.answer(again).state is RequestState.ASKED


def test_a_device_is_asked_one_thing_at_a_time(plant: Plant, sink: PlantSink, mouth: Mouth) -> None:
    plant.ask(step="weigh-water")
    with pytest.raises(Refused) as refused:
        plant.ask()
    assert codes(refused) == ["device_busy"]
    assert "weigh-water" in refused.value.reasons[0].text


def test_an_unknown_device_is_not_asked(plant: Plant) -> None:
    with pytest.raises(Refused) as refused:
        plant.do(
            readings.ask,
            readings.AskReading(device="SC-99", act=Act.WEIGH, batch=plant.batch, step="x"),
        )
    assert codes(refused) == ["device_unknown"]
    with pytest.raises(Unknown):
        plant.do(readings.watch, readings.WatchDevice(device="SC-99"))


def test_a_device_that_was_never_met_or_is_silent_or_blocked_is_not_asked(
    plant: Plant, sink: PlantSink
) -> None:
    with pytest.raises(Refused) as refused:
        plant.ask()
    assert codes(refused) == ["device_silent"]
    ready = Mouth().ready()
    sink.report(ready)
    plant.ask()
    sink.report(replace(ready, state=LinkState.OFFLINE, detail="no answer"))
    with pytest.raises(Refused) as refused:
        plant.ask()
    assert codes(refused) == ["device_silent", "device_busy"]
    sink.report(replace(ready, state=LinkState.BLOCKED, detail="serial number X9 answers"))
    with pytest.raises(Refused) as refused:
        plant.ask()
    assert codes(refused) == ["device_blocked", "device_busy"]
    assert "X9" in refused.value.reasons[0].text


def test_who_lacks_the_right_asks_nothing(plant: Plant) -> None:
    command = readings.AskReading(device=SCALE, act=Act.WEIGH, batch=plant.batch, step="x")
    with pytest.raises(Exception, match="read_devices"):
        plant.do(readings.ask, command, an_actor("I. Novak"))


@verifies("PICS-9.7-1")
def test_a_reading_becomes_the_weight_of_its_own_step_once(
    plant: Plant, sink: PlantSink, mouth: Mouth
) -> None:
    request = plant.ask()
    (question,) = sink.take([SCALE])
    sink.keep((mouth.reading(question),))
    reading = plant.answer(request).reading
    assert reading is not None
    use = readings.UseReading(reading=reading.id, batch=plant.batch, step="weigh-ethanol")
    for wrong in (replace(use, step="weigh-water"), replace(use, batch=new_id())):
        with pytest.raises(Refused) as refused:
            plant.do(readings.use, wrong)
        assert codes(refused) == ["reading_of_another_step"]
    plant.do(readings.use, use)
    used = plant.look(lambda session: readings.reading(session, reading.id))
    assert (used.used_batch, used.used_step) == (plant.batch, "weigh-ethanol")
    with pytest.raises(Refused) as refused:
        plant.do(readings.use, use)
    assert codes(refused) == ["reading_used"]


def test_a_reading_that_is_not_good_is_not_used(
    plant: Plant, sink: PlantSink, mouth: Mouth
) -> None:
    request = plant.ask()
    (question,) = sink.take([SCALE])
    sink.keep((mouth.reading(question, "12.49", Quality.UNCERTAIN),))
    reading = plant.answer(request).reading
    assert reading is not None
    use = readings.UseReading(reading=reading.id, batch=plant.batch, step="weigh-ethanol")
    with pytest.raises(Refused) as refused:
        plant.do(readings.use, use)
    assert codes(refused) == ["reading_not_good"]


def test_the_live_value_is_shown_while_there_is_contact(
    plant: Plant, sink: PlantSink, mouth: Mouth
) -> None:
    sink.show(mouth.reading(value="3.21"))
    live = plant.look(lambda session: readings.live(session, SCALE))
    assert live is not None
    assert (live.value, live.unit, live.stable, live.in_contact) == ("3.21", "g", True, True)
    assert live.simulated
    sink.report(replace(mouth.ready(), state=LinkState.OFFLINE, detail="no answer"))
    sink.show(replace(mouth.reading(value=None, quality=Quality.BAD), cause=Cause.TIMEOUT))
    (live,) = plant.look(readings.live_devices)
    assert (live.value, live.in_contact, live.detail) == (None, False, "no answer")
    assert live.quality is Quality.BAD
    assert plant.look(lambda session: readings.live(session, "SC-99")) is None


def test_a_device_is_watched_for_a_while(plant: Plant, sink: PlantSink, mouth: Mouth) -> None:
    assert sink.watched() == frozenset()
    plant.do(readings.watch, readings.WatchDevice(device=SCALE))
    assert sink.watched() == {SCALE}


@verifies("ALCOA-E-1")
def test_an_orphan_is_explained_once_by_somebody_authorised_and_stays(
    plant: Plant, sink: PlantSink, mouth: Mouth
) -> None:
    sink.keep((mouth.reading(value="1.00"), mouth.reading(value="2.00")))
    newest, oldest = plant.orphans()
    reviewer = an_actor("S. Lindqvist", Right.DECIDE_EXCEPTIONS)
    command = readings.ExplainOrphan(
        reading=oldest.id, batch=plant.batch, why=Why("Printed by hand during the daily check.")
    )
    with pytest.raises(Forbidden):
        plant.do(readings.explain, command)
    with pytest.raises(Malformed):
        plant.do(readings.explain, replace(command, why=Why("...")), reviewer)
    plant.do(readings.explain, command, reviewer)
    page = plant.look(readings.orphans)
    assert ([one.id for one in page.items], page.open) == ([newest.id], 1)
    every = plant.look(lambda session: readings.orphans(session, only_open=False)).items
    assert [one.id for one in every] == [newest.id, oldest.id]
    kept = plant.look(lambda session: readings.reading(session, oldest.id))
    assert kept.explanation is not None
    assert (kept.value, kept.explanation.person_name) == ("1.00", "S. Lindqvist")
    assert kept.batch is None
    with pytest.raises(Refused) as refused:
        plant.do(readings.explain, command, reviewer)
    assert codes(refused) == ["reading_explained"]
    window = (mouth.at - timedelta(hours=1), mouth.at + timedelta(hours=1))
    assert plant.look(lambda session: readings.open_orphans(session, [SCALE], *window)) == 1
    assert plant.look(lambda session: readings.open_orphans(session, ["SC-05"], *window)) == 0


@verifies("ALCOA-E-1")
def test_a_reading_that_was_asked_for_cannot_be_detached_from_its_step(
    plant: Plant, sink: PlantSink, mouth: Mouth
) -> None:
    request = plant.ask()
    (question,) = sink.take([SCALE])
    sink.keep((mouth.reading(question),))
    reading = plant.answer(request).reading
    assert reading is not None
    command = readings.ExplainOrphan(reading=reading.id, batch=None, why=Why("Not ours."))
    with pytest.raises(Refused) as refused:
        plant.do(readings.explain, command, an_actor("S. Lindqvist", Right.DECIDE_EXCEPTIONS))
    assert codes(refused) == ["reading_no_orphan"]
