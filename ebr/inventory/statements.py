"""What a signer is shown before deciding about stock, as a plain value.

It holds no clock and no new identifier, so that it can be built when the dialog is drawn and
again when the signature comes back; a difference means that something changed in between.
"""

from collections.abc import Mapping
from datetime import date

from ebr.inventory.lifecycle import LotVerb
from ebr.inventory.views import ContainerView, LotView
from ebr.kernel import Why
from workflows.quantity import Quantity

Statement = Mapping[str, object]


def of_decision(lot: LotView, verb: LotVerb, why: Why | None) -> Statement:
    """A decision about the status of a lot."""
    return {**_of_lot(lot), "act": f"lot.{verb.value}", "reason": _text(why)}


def of_retest(lot: LotView, retest_on: date, why: Why | None) -> Statement:
    """A new retest date of a lot."""
    return {
        **_of_lot(lot),
        "act": "lot.retest",
        "retest_becomes": retest_on.isoformat(),
        "reason": _text(why),
    }


def of_count(container: ContainerView, lot: str, found: Quantity, why: Why | None) -> Statement:
    """The result of counting a container."""
    return {
        "act": "lot.container.count",
        "container": container.code,
        "lot": lot,
        "recorded": str(container.remaining),
        "found": str(found),
        "reason": _text(why),
    }


def _of_lot(lot: LotView) -> dict[str, object]:
    return {
        "lot": lot.number,
        "material": lot.material.code,
        "material_name": lot.material.name,
        "supplier": lot.supplier,
        "maker": lot.maker,
        "supplier_lot": lot.supplier_lot,
        "status": lot.status.value,
        "expires_on": _day(lot.expires_on),
        "retest_on": _day(lot.retest_on),
        "containers": [
            {"code": container.code, "remaining": str(container.remaining)}
            for container in lot.containers
        ],
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _text(why: Why | None) -> str | None:
    return why.text if why else None
