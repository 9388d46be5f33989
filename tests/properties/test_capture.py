"""Whatever stands in a row, the entry that tells of its change is canonical and tells it."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audit.canonical import canonical
from audit.entry import parse_leaf
from audit.reconcile import reconcile
from ebr.kernel import new_id
from ebr.kernel.opening import Database, unit_of_work
from ebr.settings import Settings
from tests.integration import plant

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=60)
ROWS = st.tuples(TEXTS, st.none() | TEXTS, st.decimals(places=3, min_value=0, max_value=10**9))


@pytest.fixture
def vessels(settings: Settings) -> Iterator[Database]:
    plant.build(settings)
    database = Database.connect(settings)
    yield database
    database.close()


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before=ROWS, after=ROWS)
def test_every_change_is_told_in_canonical_form(
    vessels: Database, before: tuple[str, str | None, Any], after: tuple[str, str | None, Any]
) -> None:
    vessel, mark = new_id(), str(new_id())
    stream = plant.stream_of(vessel)
    for number, (name, note, level) in enumerate((before, after)):
        with unit_of_work(vessels, plant.OPERATOR, "r") as work:
            row = work.session.get(plant.Vessel, vessel) or work.add(plant.Vessel(id=vessel))
            row.number, row.note, row.level = mark + name, note, level
            work.record(stream, plant.VesselFilled(vessel, str(level)), expected=number)
    with vessels.engine.connect() as connection:
        leaves = connection.execute(
            sa.text("SELECT leaf FROM audit.entry WHERE stream = :s ORDER BY seq"), {"s": stream}
        ).scalars()
        first, second = (parse_leaf(leaf.encode()) for leaf in leaves)
    (made,) = cast("Any", first.changes)
    assert made["new"]["note"] == before[1]
    assert made["new"]["number"] == mark + before[0]
    moved = {change["op"]: change for change in cast("Any", second.changes)}
    told = moved["UPDATE"]["new"] if moved else {}
    assert ("note" in told) == (before[1] != after[1])
    assert all(canonical(change) for change in cast("Any", second.changes))


def test_after_all_that_rows_are_what_their_entries_say(vessels: Database) -> None:
    test_every_change_is_told_in_canonical_form(vessels)
    assert reconcile(vessels.engine) == []
