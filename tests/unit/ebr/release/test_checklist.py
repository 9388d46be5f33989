"""The list before release: each point broken in turn is named, and so is what clears it."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from ebr.release.checklist import (
    EquipmentUsed,
    Facts,
    LotUsed,
    OpenException,
    Point,
    TrailFact,
    gates,
    reasons_against_release,
)
from tests.plugin import verifies
from workflows.recipe import Severity

DAY = date(2026, 11, 21)
BEFORE = date(2026, 11, 20)
LOT = LotUsed(number="L-1", status="released", expiry=DAY, used_on=DAY)
SCALE = EquipmentUsed(code="SC-04", status="in_service", calibration_due=DAY, used_on=DAY)
MET = Facts(
    steps=31,
    steps_done=31,
    unsigned=(),
    signatures=33,
    exceptions=2,
    open=(),
    unreferenced=(),
    values=40,
    values_out=1,
    values_raised=1,
    lots=(LOT,),
    equipment=(SCALE,),
    unasked=0,
    trail=TrailFact(entries=105, signatures=33, breach=None),
    reviewer="S. Lindqvist",
)
OPEN = OpenException(key="EX-1", severity=Severity.MAJOR, text="Density outside limits")


@verifies("REL-GATE-1")
def test_when_all_is_met_each_point_is_listed_with_its_evidence() -> None:
    found = gates(MET)
    assert [each.point for each in found] == list(Point)
    assert all(each.met and each.title and each.detail for each in found)
    assert not any(each.remedy for each in found)
    assert list(reasons_against_release(found)) == []


BROKEN: tuple[tuple[Point, dict[str, Any], str], ...] = (
    (Point.STEPS, {"steps_done": 30}, "1 of 31 steps"),
    (Point.STEPS, {"unsigned": ("Weigh ethanol",)}, "to be signed again: Weigh ethanol"),
    (Point.EXCEPTIONS, {"open": (OPEN,)}, "1 major"),
    (Point.DEVIATIONS, {"unreferenced": ("EX-2",)}, "EX-2"),
    (Point.VALUES, {"values_raised": 0}, "1 outside limits, 0 of them raised"),
    (Point.MATERIALS, {"lots": (replace(LOT, status="blocked"),)}, "lot L-1 is blocked now"),
    (Point.MATERIALS, {"lots": (replace(LOT, status=None),)}, "lot L-1 is unknown now"),
    (Point.MATERIALS, {"lots": (replace(LOT, expiry=BEFORE),)}, "had expired on 2026-11-20"),
    (Point.EQUIPMENT, {"equipment": (replace(SCALE, status=None),)}, "SC-04 is not known"),
    (
        Point.EQUIPMENT,
        {"equipment": (replace(SCALE, calibration_due=BEFORE),)},
        "the calibration of SC-04 ended on 2026-11-20",
    ),
    (Point.READINGS, {"unasked": 2}, "2 of its equipment"),
    (Point.TRAIL, {"trail": replace(MET.trail, breach="entry 7 is missing")}, "entry 7 is missing"),
    (Point.REVIEW, {"reviewer": None}, "to be reviewed"),
)


@verifies("REL-GATE-1")
@pytest.mark.parametrize(("point", "broken", "told"), BROKEN)
def test_each_point_broken_in_turn_is_refused_and_named(
    point: Point, broken: dict[str, Any], told: str
) -> None:
    found = gates(replace(MET, **broken))
    (reason,) = reasons_against_release(found)
    assert (reason.code, reason.requirement) == (point.value, "REL-GATE-1")
    assert told in reason.text
    assert reason.remedy
