"""How quantities, instants, people and gauges are written on a page."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from ebr.web import browsers, filters
from ebr.web.gauges import gauge
from ebr.web.words import CATALOGUE, words
from workflows.quantity import Quantity

PLANT = filters.PlantTime(ZoneInfo("Europe/Berlin"))
AT = datetime(2026, 11, 21, 13, 3, 22, 118_000, tzinfo=UTC)


def test_an_instant_is_written_in_plant_time_with_its_offset() -> None:
    assert PLANT.instant(AT) == "21 Nov 2026 14:03:22 +01:00"
    assert PLANT.clock(AT) == "14:03:22 +01:00"
    assert PLANT.short(AT) == "21 Nov 2026 14:03"
    assert PLANT.weekday(AT) == "Sat 21 Nov 2026"
    assert PLANT.iso(AT) == "2026-11-21T14:03:22.118+01:00"
    assert PLANT.day(AT) == PLANT.day(date(2026, 11, 21)) == "21 Nov 2026"


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("Taken since 2026-11-21 13:03:22 UTC.", "Taken since 21 Nov 2026 14:03:22 +01:00."),
        ("It was due on 2026-11-21; go.", "It was due on 21 Nov 2026; go."),
        ("21.2 Cel is above 20.5 Cel.", "21.2 °C is above 20.5 °C."),
        ("Lot A-2026-11-21 and PO 2026-11-211", "Lot A-2026-11-21 and PO 2026-11-211"),
        ("Since 2026-13-41 nothing.", "Since 2026-13-41 nothing."),
    ],
)
def test_a_sentence_of_the_engine_is_told_in_the_plant_s_own_words(said: str, written: str) -> None:
    assert PLANT.plain_words(said) == written


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    first = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert PLANT.clock(first) == "02:30:00 +02:00"
    assert PLANT.clock(first + timedelta(hours=1)) == "02:30:00 +01:00"


def test_an_instant_without_its_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="no instant"):
        PLANT.instant(datetime(2026, 11, 21, 14, 3))  # noqa: DTZ001 - that is what is refused


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Quantity("12.487", "kg"), "12.487 kg"),
        (Quantity("10.00", "g"), "10.00 g"),
        (Quantity("-0.5", "Cel"), "\u22120.5 °C"),
        (Quantity("12500", "mL"), "12,500 mL"),
        (Quantity("8333", "mL"), "8333 mL"),
        (Quantity("3", "1"), "3"),
    ],
)
def test_a_quantity_keeps_its_digits(value: Quantity, written: str) -> None:
    assert filters.quantity(value) == written


def test_a_difference_shows_its_direction() -> None:
    assert filters.signed(Decimal("0.013")) == "+0.013"
    assert filters.signed("-0.013") == "\u22120.013"
    assert filters.signed("0.000") == "0.000"


def test_lengths_of_time_people_and_digests_are_short() -> None:
    assert filters.span(timedelta(minutes=17, seconds=26)) == "00:17:26"
    assert filters.span(-5) == "\u221200:00:05"
    assert [filters.minutes(s) for s in (600, 60, 45, 1)] == [
        "10 minutes",
        "1 minute",
        "45 seconds",
        "1 second",
    ]
    assert filters.initials("M. Keller") == "MK"
    assert filters.initials("Li") == "L"
    assert filters.plural(1, "step") == "1 step"
    assert filters.plural(4, "step") == "4 steps"
    assert filters.digest("sha256:" + "2b9f60a1" + "0" * 54 + "7d") == "2b9f 60a1 … 7d"
    assert str(filters.ident("<LM-0>")) == '<span class="id">&lt;LM-0&gt;</span>'


def test_the_gauge_keeps_its_band_in_place_and_says_the_verdict() -> None:
    low, high, aim = Quantity("12.375", "kg"), Quantity("12.625", "kg"), Quantity("12.500", "kg")
    inside = gauge(Quantity("12.487", "kg"), low, high, aim)
    assert (inside.state, inside.at, inside.target_at) == ("in", "48.70", "50.00")
    assert (inside.least, inside.most) == ("12.000", "13.000")
    over = gauge(Quantity("12.641", "kg"), low, high, aim)
    assert (over.state, over.at, over.over_width) == ("over", "64.10", "1.60")
    assert over.words == "12.641 kg is above the upper limit of 12.375 to 12.625 kg."
    grams = gauge(Quantity("12375", "g"), low, high)
    assert (grams.state, grams.at, grams.target_at) == ("in", "37.50", "")
    assert gauge(Quantity("0", "kg"), low, high).state == "under"
    assert gauge(Quantity("99", "kg"), low, high).at == "100.00"
    with pytest.raises(ValueError, match="above"):
        gauge(aim, high, low)


@pytest.mark.parametrize(
    ("agent", "name", "fine"),
    [
        ("Mozilla/5.0 (X11) AppleWebKit/537.36 Chrome/156.0.0.0 Safari/537.36", "Chromium 156", 1),
        ("Mozilla/5.0 Chrome/110.0.0.0 Safari/537.36 Edg/110.0.1.2", "Edge 110", 0),
        ("Mozilla/5.0 (X11; Linux) Gecko/20100101 Firefox/121.0", "Firefox 121", 1),
        ("Mozilla/5.0 (Mac) Version/16.3 Safari/605.1.15", "Safari 16.3", 0),
    ],
)
def test_a_browser_that_is_too_old_is_told(agent: str, name: str, fine: int) -> None:
    found = browsers.judge(agent)
    assert found is not None
    assert (found.name, found.fine) == (name, bool(fine))


def test_a_browser_nobody_knows_is_not_judged() -> None:
    assert browsers.judge("curl/8") is None


def test_every_state_has_words_a_shape_and_a_tone() -> None:
    tones = {"", "acc", "ok", "warn", "crit", "hold"}
    for kind, states in CATALOGUE.items():
        for state, word in states.items():
            assert word.text, (kind, state)
            assert word.tone in tones, (kind, state)
            assert words(kind, state) == word
    with pytest.raises(KeyError):
        words("batch", "lost")
