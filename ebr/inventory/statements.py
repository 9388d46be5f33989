"""What a signer is shown before deciding about stock, as a plain value.

It holds no clock and no new identifier, so that it can be built when the dialog is drawn and
again when the signature comes back; a difference means that something changed in between.
"""

from datetime import date

from audit.canonical import Plain
from ebr.inventory.lifecycle import MEANINGS, LotVerb
from ebr.inventory.views import ContainerView, LotView
from ebr.kernel import Why
from workflows.quantity import Quantity
from workflows.recipe import Meaning


def of_decision(lot: LotView, verb: LotVerb, why: Why | None) -> dict[str, Plain]:
    """A decision about the status of a lot."""
    meaning = MEANINGS.get(verb, Meaning.DECIDED)
    return {**_of_lot(lot), "act": f"{verb} lot", "meaning": meaning.value, "reason": _text(why)}


def of_retest(lot: LotView, retest_on: date, why: Why | None) -> dict[str, Plain]:
    """A new retest date of a lot."""
    return {
        **_of_lot(lot),
        "act": "record retest",
        "meaning": Meaning.DECIDED.value,
        "retest_becomes": retest_on.isoformat(),
        "reason": _text(why),
    }


def of_expiry(lot: LotView, expires_on: date, why: Why | None) -> dict[str, Plain]:
    """An expiry brought forward."""
    return {
        **_of_lot(lot),
        "act": "shorten expiry",
        "meaning": Meaning.DECIDED.value,
        "expiry_becomes": expires_on.isoformat(),
        "reason": _text(why),
    }


def of_count(
    container: ContainerView, lot: str, found: Quantity, why: Why | None
) -> dict[str, Plain]:
    """The result of counting a container."""
    return {
        "act": "count container",
        "meaning": Meaning.DECIDED.value,
        "record": f"container {container.code}",
        "lot": lot,
        "recorded": str(container.remaining),
        "found": str(found),
        "reason": _text(why),
    }


def _of_lot(lot: LotView) -> dict[str, Plain]:
    return {
        "record": f"lot {lot.number}",
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
