"""A simulated pan settles, is tared and zeroed like a real one, in exact digits."""

import pytest

from devices.simulator.physics import Physics, weight


class Hand:
    at = 100.0

    def __call__(self) -> float:
        return self.at


def a_pan(capacity: str = "220.000 g") -> tuple[Physics, Hand]:
    hand = Hand()
    return Physics(capacity, 0.3, hand), hand


def test_a_load_swings_and_then_rests_at_its_exact_weight() -> None:
    pan, hand = a_pan()
    pan.put("12.487 g")
    swinging, shown = pan.at_rest, str(pan.net())
    assert not swinging
    assert shown != "12.487"
    hand.at += 0.31
    assert pan.at_rest
    assert str(pan.net()) == "12.487"


def test_tare_and_zero_are_taken_from_what_lies_there() -> None:
    pan, hand = a_pan()
    pan.put("0.5 g")
    hand.at += 1
    assert pan.set_zero()
    assert str(pan.net()) == "0.000"
    pan.put("20.5 g")
    hand.at += 1
    assert str(pan.take_tare()) == "20.000"
    pan.put("70.5 g")
    hand.at += 1
    assert str(pan.net()) == "50.000"
    assert not pan.set_zero()
    pan.put("0.4999 g")
    hand.at += 1
    assert str(pan.net()) == "-20.000"


def test_units_are_converted_exactly_and_limits_seen() -> None:
    pan, hand = a_pan("32.0000 kg")
    pan.put("6712.4 g")
    hand.at += 1
    assert str(pan.net()) == "6.7124"
    pan.put("33 kg")
    assert pan.over
    pan.put("-1 kg")
    assert pan.under


@pytest.mark.parametrize("text", ["12,5 g", "12.5", "12.5 lb", "1e3 g", "", "g", "NaN g"])
def test_what_is_no_weight_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a weight"):
        weight(text)
