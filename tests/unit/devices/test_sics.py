"""The MT-SICS dialogue, line by line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from devices.errors import Garbled
from devices.protocols import sics
from devices.protocols.sics import Command, Denial, LineCutter
from tests.plugin import verifies

SPOKEN = [
    (b"S S     100.00 g", sics.Weight(b"S", stable=True, value="100.00", unit="g")),
    (b"S D      -0.05 g", sics.Weight(b"S", stable=False, value="-0.05", unit="g")),
    (b"S S          0 kg", sics.Weight(b"S", stable=True, value="0", unit="kg")),
    (b"S S 1234567.89 mg", sics.Weight(b"S", stable=True, value="1234567.89", unit="mg")),
    (b"SI S    100.00 g", None),
    (b"SI S     100.00 g", sics.Weight(b"SI", stable=True, value="100.00", unit="g")),
    (b"T S      12.50 g", sics.Weight(b"T", stable=True, value="12.50", unit="g")),
    (b"TI D      12.50 g", sics.Weight(b"TI", stable=False, value="12.50", unit="g")),
    (b"S S     100.00 lb", sics.Weight(b"S", stable=True, value="100.00", unit="lb")),
    (b"S I", sics.Denied(b"S", Denial.NOT_NOW)),
    (b"S +", sics.Denied(b"S", Denial.OVERLOAD)),
    (b"S -", sics.Denied(b"S", Denial.UNDERLOAD)),
    (b"T +", sics.Denied(b"T", Denial.OVERLOAD)),
    (b"S L", sics.Denied(b"S", Denial.WRONG_PARAMETER)),
    (b"Z A", sics.Done(b"Z")),
    (b"Z I", sics.Denied(b"Z", Denial.NOT_NOW)),
    (b'I4 A "B021002593"', sics.Named(b"I4", "B021002593")),
    (b'I2 A "XS205DU Excellence 220.0000 g"', sics.Named(b"I2", "XS205DU Excellence 220.0000 g")),
    (b"S S Error 6b", sics.Broken(b"S", "Error 6b")),
    (b"S S  Error 6b", None),
    (b"ES", sics.Misunderstood(b"ES")),
    (b"ET", sics.Misunderstood(b"ET")),
    (b"EL", sics.Misunderstood(b"EL")),
    # Letters of newer models that mean "below minimum weight" are not a weight here.
    (b"S M     100.00 g", None),
    (b"S N     100.00 g", None),
    # The wreck of two lines is no weight, although one stands inside it.
    (b"S D     1\0\xff\xfeS S      50.00 g", None),
    (b"S S     100.00 gS S      50.00 g", None),
    (b" S S     100.00 g", None),
    (b"S S     100.00 g ", None),
    (b"S S     100.00 g\n", None),
    (b"S S     100,00 g", None),
    (b"S S     +10.00 g", None),
    (b"S S   -  10.00 g", None),
    (b"S S   10.00    g", None),
    (b"S S      100.00 g", None),
    (b"S S    100.00 g", None),
    (b"S S     100.  g", None),
    (b"S S     1.0.00 g", None),
    (b"S S            g", None),
    (b"S S 1e10000000 g", None),
    (b"S S     100.00", None),
    (b"S S     100.00 ", None),
    (b"s s     100.00 g", None),
    (b"S S     \xb2\xb3\xb2.00 g", None),
    (b'I4 A "B021\x07"', None),
    (b'I4 A "B0" "B1"', None),
    (b"", None),
    (b"\xff\xfe\x00", None),
]


@verifies("PICS-9.7-1")
@pytest.mark.parametrize(("line", "meaning"), SPOKEN, ids=[repr(line) for line, _ in SPOKEN])
def test_a_line_is_read_whole_or_not_at_all(line: bytes, meaning: sics.Message | None) -> None:
    if meaning is None:
        with pytest.raises(Garbled) as garbled:
            sics.parse(line)
        assert garbled.value.frame == line + b"\r\n"
    else:
        assert sics.parse(line) == meaning


@given(st.binary(max_size=80))
def test_no_bytes_make_the_parser_fail_otherwise(line: bytes) -> None:
    try:
        message = sics.parse(line)
    except Garbled:
        return
    assert line.isascii()
    assert message.id.decode() in line.decode()


@given(
    st.decimals(min_value=-999999, max_value=9999999, places=2),
    st.sampled_from(["S", "D"]),
    st.integers(0, 63),
    st.integers(0, 255),
)
def test_a_changed_byte_never_leaves_status_value_and_unit_with_another_length(
    weight: object, status: str, place: int, byte: int
) -> None:
    line = bytearray(f"S {status} {weight!s:>10} g".encode())
    line[place % len(line)] = byte
    try:
        message = sics.parse(bytes(line))
    except Garbled:
        return
    if isinstance(message, sics.Weight):
        said = f"{message.id.decode()} {'S' if message.stable else 'D'}"
        assert f"{said} {message.value:>10} {message.unit}" == line.decode()


def test_digits_stay_as_printed() -> None:
    message = sics.parse(b"S S    10.0000 g")
    assert isinstance(message, sics.Weight)
    assert message.value == "10.0000"


def test_an_answer_belongs_to_its_command() -> None:
    weight = sics.parse(b"S S     100.00 g")
    immediate = sics.parse(b"SI S     100.00 g")
    assert sics.answers(Command.STABLE_WEIGHT, weight)
    assert sics.answers(Command.WEIGHT_NOW, weight)
    assert not sics.answers(Command.TARE, weight)
    assert not sics.answers(Command.WEIGHT_NOW, immediate)
    assert sics.answers(Command.WEIGHT_NOW, immediate, immediate_id=True)
    assert not sics.answers(Command.STABLE_WEIGHT, immediate, immediate_id=True)
    assert sics.answers(Command.CANCEL, sics.parse(b'I4 A "1"'))
    assert sics.answers(Command.ZERO, sics.parse(b"ES"))


def test_lines_are_cut_wherever_the_bytes_were_parted() -> None:
    spoken = b"S S     100.00 g\r\nS I\r\n"
    for place in range(len(spoken) + 1):
        cutter = LineCutter()
        lines = cutter.feed(spoken[:place]) + cutter.feed(spoken[place:])
        assert lines == [b"S S     100.00 g", b"S I"]
        assert cutter.rest == b""


def test_an_endless_line_is_bounded_and_no_weight() -> None:
    cutter = LineCutter()
    for _ in range(1000):
        assert cutter.feed(b"S S      50.00 g" * 10) == []
        assert len(cutter.rest) <= sics.LONGEST_LINE + 2
    (wreck, whole) = cutter.feed(b"\r") + cutter.feed(b"\nS S      50.00 g\r\n")
    assert len(wreck) == sics.LONGEST_LINE + 1
    with pytest.raises(Garbled):
        sics.parse(wreck)
    assert whole == b"S S      50.00 g"
