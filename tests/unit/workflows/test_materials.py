"""Scans: the wrong, unreleased, outdated, empty or unfit thing is refused, with its numbers."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.builders.acts import Plant, play
from tests.builders.engine import Bench, a_batch
from tests.builders.small_plant import BATCH, BOTTLES, ETHANOL, SCALE, START, TODAY
from tests.plugin import verifies
from workflows import Code, Refused
from workflows.commands import CompleteStep, IdentifyEquipment, IdentifyMaterial
from workflows.events import ExceptionKind, MaterialIssued
from workflows.quantity import parse


def scanned(bench: Bench, **other: Any) -> list[Code]:
    """What comes of scanning the container of ethanol, were it another."""
    container = replace(ETHANOL, **other)
    command = IdentifyMaterial(batch=BATCH, step="scan", code=container.code)
    return bench.refused(command, container=container)


@verifies("C211-86-1")
def test_only_the_right_released_lot_in_date_and_with_stock_may_be_charged() -> None:
    bench = a_batch("mass").begin("scan")
    yesterday = TODAY - timedelta(days=1)
    assert scanned(bench) == []
    assert scanned(bench, expiry=TODAY, retest=TODAY) == []
    assert scanned(bench, material="RM-H2O2") == [Code.MATERIAL_WRONG]
    assert scanned(bench, status="quarantine") == [Code.LOT_NOT_RELEASED]
    assert scanned(bench, expiry=yesterday) == [Code.LOT_EXPIRED]
    assert scanned(bench, retest=yesterday) == [Code.LOT_RETEST_DUE]
    assert scanned(bench, usable_from=START + timedelta(days=1)) == [Code.LOT_NOT_YET_USABLE]
    assert scanned(bench, usable_from=START) == []
    assert scanned(bench, remaining=parse("0 kg")) == [Code.CONTAINER_EMPTY]
    assert scanned(bench, remaining=parse("6.728 kg")) == [Code.CONTAINER_INSUFFICIENT]
    assert scanned(bench, status="rejected", expiry=yesterday, remaining=parse("0 kg")) == [
        Code.LOT_NOT_RELEASED,
        Code.LOT_EXPIRED,
        Code.CONTAINER_EMPTY,
    ]


@verifies("C211-86-1")
def test_a_refusal_at_the_scan_names_lot_dates_and_amounts() -> None:
    bench = a_batch("mass").begin("scan")
    container = replace(ETHANOL, expiry=date(2026, 11, 20), remaining=parse("6.5 kg"))
    command = IdentifyMaterial(batch=BATCH, step="scan", code="C-0001")
    with pytest.raises(Refused) as raised:
        bench.do(command, container=container)
    texts = [each.text for each in raised.value.refusals]
    assert texts == [
        "Lot L-ETH-1 expired at the end of 2026-11-20; today is 2026-11-21.",
        "Container C-0001 holds 6.5 kg; 6728.1 g is needed.",
    ]


def test_scans_of_materials_and_equipment() -> None:
    other = replace(SCALE, equipment=UUID(int=402), code="SC-05")
    vessel = replace(SCALE, equipment=UUID(int=403), code="MX-10", equipment_class="mixing_vessel")
    late = replace(
        SCALE,
        equipment=UUID(int=404),
        code="SC-06",
        calibration_due=date(2026, 11, 20),
    )
    broken = replace(SCALE, equipment=UUID(int=406), code="SC-08", status="out_of_service")
    glass = replace(SCALE, equipment=UUID(int=405), code="SC-07", calibration_due=None)
    bench = play(
        """
        who        act              step   with                              comes to
        ---------- ---------------- ------ --------------------  ---------
        M. Keller  starts           scan                                     done
        M. Keller  scans            scan   C-9999                            container unknown
        M. Keller  completes        scan                                     value missing
        M. Keller  scans            scan   C-0002                            material wrong
        M. Keller  scans            scan   C-0001                            done
        M. Keller  scans            scan   C-0001                            container identified
        M. Keller  completes        scan                                     done
        M. Keller  starts           scale                                    done
        M. Keller  scans equipment  scale  SC-99                             equipment unknown
        M. Keller  scans equipment  scale  MX-10                             equipment class wrong
        M. Keller  scans equipment  scale  SC-06                             calibration due
        M. Keller  scans equipment  scale  SC-08                             equipment not available
        M. Keller  completes        scale                                    value missing
        M. Keller  scans equipment  scale  SC-04                             done
        M. Keller  scans equipment  scale  SC-04                             equipment identified
        M. Keller  scans equipment  scale  SC-05                             reason thin
        M. Keller  scans equipment  scale  SC-05 because SC-04 has a fault   done
        M. Keller  scans equipment  scale  SC-07 because SC-05 is too small  done
        M. Keller  completes        scale                                    done
        """,
        a_batch("mass"),
        Plant(other=other, vessel=vessel, late=late, broken=broken, glass=glass),
    )
    kinds = [each.kind for each in bench.made.exceptions.values()]
    assert kinds == [ExceptionKind.EQUIPMENT_REPLACED] * 2
    equipment = bench.made.steps["scale"].equipment
    assert equipment is not None
    assert equipment.code == "SC-07"


def test_what_no_step_weighs_is_issued_at_completion_from_the_containers_in_order() -> None:
    bench = a_batch("room").begin("bottles")
    few = replace(BOTTLES, remaining=parse("12"), code="C-0003", container=UUID(int=203))
    more = replace(BOTTLES, remaining=parse("5"), code="C-0004", container=UUID(int=204))
    rest = replace(BOTTLES, remaining=parse("9"), code="C-0005", container=UUID(int=205))
    last = replace(BOTTLES, remaining=parse("50"), code="C-0006", container=UUID(int=206))
    alone = IdentifyMaterial(batch=BATCH, step="bottles", code="C-0003")
    assert bench.refused(alone, container=few) == [Code.CONTAINER_INSUFFICIENT]
    bench.do(replace(alone, part=True), container=few)
    bench.do(replace(alone, part=True), container=more)
    assert bench.refused(CompleteStep(batch=BATCH, step="bottles")) == [Code.CONTAINER_INSUFFICIENT]
    bench.do(replace(alone, part=True), container=rest)
    bench.do(alone, container=last)
    bench.complete("bottles")
    issued = [each for each in bench.events if isinstance(each, MaterialIssued)]
    assert [(each.container_code, str(each.quantity)) for each in issued] == [
        ("C-0003", "12"),
        ("C-0004", "5"),
        ("C-0005", "3"),
    ]
    assert len(bench.made.steps["bottles"].issues) == 3


def test_stock_in_litres_is_not_compared_with_a_mass_at_the_scan() -> None:
    bench = a_batch("mass").begin("scan")
    assert scanned(bench, remaining=parse("8 L")) == [Code.CONTAINER_INSUFFICIENT]
    assert scanned(bench, remaining=parse("9 L")) == []
    assert scanned(bench, remaining=parse("3")) == []


def test_an_unknown_scale_is_refused() -> None:
    bench = a_batch("scan").begin("scale")
    command = IdentifyEquipment(batch=BATCH, step="scale", code="SC-99")
    assert bench.refused(command) == [Code.EQUIPMENT_UNKNOWN]
