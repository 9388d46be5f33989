"""Quality alone decides about lots, each decision signed over what was shown."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from audit.canonical import Plain
from ebr import inventory
from ebr.identity import Given
from ebr.inventory import LotStatus, LotVerb
from ebr.kernel import Forbidden, Malformed, Refused, SignatureRejected, Why, history
from ebr.kernel.opening import Database, reading
from tests.builders import identity, stock
from tests.plugin import verifies
from workflows.quantity import Quantity
from workflows.recipe import Meaning

WHY = Why("result QC-2291 is within its limits")


class Laboratory:
    """N. Duarte of quality control at work on lot ETH96-1."""

    def __init__(self, database: Database) -> None:
        stock.begin(database)
        stock.received(database, "ETH96-1", "25.000")
        self.database = database
        self.person = identity.somebody(database, "n.duarte", "quality_control")
        self.token = identity.sign_in(database, self.person)

    def do(self, operation: Callable[..., Any], command: Any) -> Any:
        return identity.act(self.database, self.token, operation, command)

    def given(self, statement: Plain, meaning: Meaning = Meaning.DECIDED, **other: Any) -> Given:
        return self.person.given(statement, meaning, login="n.duarte", **other)

    def decide(self, verb: LotVerb, why: Why | None = WHY, **other: Any) -> None:
        with reading(self.database) as session:
            shown = inventory.statement_for_decision(session, "ETH96-1", verb, why)
        signature = self.given(shown, Meaning(str(shown["meaning"])), **other)
        command = inventory.SetLotStatus(lot="ETH96-1", verb=verb, signature=signature, why=why)
        self.do(inventory.set_lot_status, command)

    def lot(self) -> inventory.LotView:
        return stock.lot(self.database, "ETH96-1")


@pytest.fixture
def laboratory(database: Database) -> Laboratory:
    return Laboratory(database)


@verifies("EU5-5-1", "C211-22a-1", "P11-70-1")
def test_a_release_is_signed_and_a_block_counts_at_once(laboratory: Laboratory) -> None:
    laboratory.decide(LotVerb.RELEASE, None)
    assert laboratory.lot().status is LotStatus.RELEASED
    laboratory.decide(LotVerb.BLOCK)
    assert laboratory.lot().status is LotStatus.BLOCKED
    with reading(laboratory.database) as session:
        found = inventory.scan(session, "C-000001")
        entries = history(session, laboratory.lot().stream).entries
    assert found is not None
    assert found.status is LotStatus.BLOCKED
    assert [(one.act, len(one.signatures)) for one in entries] == [
        ("lot.received", 0),
        ("lot.status.changed", 1),
        ("lot.status.changed", 1),
    ]
    assert entries[-1].why == WHY
    assert entries[-1].signatures[0].name == "N. Duarte"


@verifies("EU5-5-1")
def test_who_is_not_of_quality_moves_no_status(laboratory: Laboratory) -> None:
    operator = identity.somebody(laboratory.database, "m.keller", "operator")
    laboratory.token = identity.sign_in(laboratory.database, operator)
    laboratory.person = operator
    with pytest.raises(Forbidden):
        laboratory.decide(LotVerb.RELEASE, None)
    assert laboratory.lot().status is LotStatus.QUARANTINE


@verifies("SIG-WYS-1")
def test_a_decision_over_what_has_changed_since_is_not_signed(laboratory: Laboratory) -> None:
    with reading(laboratory.database) as session:
        shown = inventory.statement_for_decision(session, "ETH96-1", LotVerb.RELEASE, None)
    stock.drawn(
        laboratory.database,
        inventory.Charge(container="C-000001", quantity=Quantity("1", "kg")),
    )
    command = inventory.SetLotStatus(
        lot="ETH96-1",
        verb=LotVerb.RELEASE,
        signature=laboratory.given(shown, Meaning.RELEASED),
    )
    with pytest.raises(Refused) as refused:
        laboratory.do(inventory.set_lot_status, command)
    assert [one.code for one in refused.value.reasons] == ["content_changed"]
    assert laboratory.lot().status is LotStatus.QUARANTINE


def test_a_wrong_password_decides_nothing(laboratory: Laboratory) -> None:
    with pytest.raises(SignatureRejected):
        laboratory.decide(LotVerb.RELEASE, None, password="not the one")
    assert laboratory.lot().status is LotStatus.QUARANTINE


def test_a_block_without_a_reason_is_refused(laboratory: Laboratory) -> None:
    with pytest.raises(Refused) as refused:
        laboratory.decide(LotVerb.BLOCK, None)
    assert [one.code for one in refused.value.reasons] == ["reason_thin"]


@verifies("C211-86-1")
def test_a_retest_holds_until_its_day_and_an_expiry_is_only_shortened(
    laboratory: Laboratory,
) -> None:
    expires_on = laboratory.lot().expires_on
    assert expires_on is not None
    _retest(laboratory, expires_on - timedelta(days=30))
    assert laboratory.lot().retest_on == expires_on - timedelta(days=30)
    for day, codes in (
        (expires_on + timedelta(days=1), ["retest_after_expiry"]),
        (date(2020, 1, 1), ["retest_in_past"]),
    ):
        with pytest.raises(Refused) as refused:
            _retest(laboratory, day)
        assert [one.code for one in refused.value.reasons] == codes
    _shorten(laboratory, date(2024, 1, 31))
    assert laboratory.lot().expires_on == date(2024, 1, 31)
    with pytest.raises(Refused):
        _shorten(laboratory, expires_on)
    with pytest.raises(Refused) as refused:
        laboratory.decide(LotVerb.RELEASE, None)
    assert [one.code for one in refused.value.reasons] == ["lot_expired"]


def _retest(laboratory: Laboratory, day: date) -> None:
    with reading(laboratory.database) as session:
        shown = inventory.statement_for_retest(session, "ETH96-1", day, WHY)
    command = inventory.RecordRetest(
        lot="ETH96-1", retest_on=day, signature=laboratory.given(shown), why=WHY
    )
    laboratory.do(inventory.record_retest, command)


def _shorten(laboratory: Laboratory, day: date) -> None:
    with reading(laboratory.database) as session:
        shown = inventory.statement_for_expiry(session, "ETH96-1", day, WHY)
    command = inventory.ShortenExpiry(
        lot="ETH96-1", expires_on=day, signature=laboratory.given(shown), why=WHY
    )
    laboratory.do(inventory.shorten_expiry, command)


@verifies("C211-184-2")
@pytest.mark.parametrize(
    ("found", "kept"),
    [("24.9", "24.9 kg"), ("25.250", "25.250 kg"), ("0", "0 kg")],
)
def test_a_count_puts_the_record_right_by_a_move_with_its_reason(
    laboratory: Laboratory, found: str, kept: str
) -> None:
    _count(laboratory, Quantity(found, "kg"))
    (container,) = laboratory.lot().containers
    assert container.remaining.compare(Quantity(found, "kg")) == 0
    assert container.filled == Quantity("25.000", "kg")
    with reading(laboratory.database) as session:
        assert inventory.balance(session, "C-000001").compare(container.remaining) == 0
        last = inventory.moves(session, "ETH96-1").items[-1]
        event = history(session, laboratory.lot().stream).entries[-1].events[0]
    assert last.kind == "counted"
    assert (str(event.was), str(event.found)) == ("25.000 kg", kept)


@pytest.mark.parametrize(
    ("found", "why", "error"),
    [
        (Quantity("25", "kg"), WHY, Refused),
        (Quantity("25", "L"), WHY, Refused),
        (Quantity("24", "kg"), Why("--"), Malformed),
    ],
)
def test_a_count_that_says_nothing_is_refused(
    laboratory: Laboratory, found: Quantity, why: Why, error: type[Exception]
) -> None:
    with pytest.raises(error):
        _count(laboratory, found, why)
    assert len(laboratory.lot().containers) == 1


def _count(laboratory: Laboratory, found: Quantity, why: Why = WHY) -> None:
    with reading(laboratory.database) as session:
        shown = inventory.statement_for_count(session, "C-000001", found, why)
    command = inventory.CountContainer(
        container="C-000001", found=found, signature=laboratory.given(shown), why=why
    )
    laboratory.do(inventory.count_container, command)
