"""Who acts, what goes wrong, which table is of which kind: the words every module uses."""

import copy
import threading
from uuid import UUID

import pytest
from sqlalchemy.orm import Mapped, mapped_column

from ebr.kernel import (
    Actor,
    Base,
    Forbidden,
    Malformed,
    Page,
    Reason,
    Refused,
    Secret,
    Stale,
    Unavailable,
    Unknown,
    Why,
    constraint,
    new_id,
    new_token,
    refuse_if,
    require_why,
)
from ebr.kernel.attempts import stream_of, without_secrets
from ebr.kernel.clock import monotonic_s
from tests.plugin import verifies


def test_identifiers_of_a_process_only_grow_and_say_their_version() -> None:
    found: list[UUID] = []
    threads = [
        threading.Thread(target=lambda: found.extend(new_id() for _ in range(500)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 2_000
    assert {one.version for one in found} == {7}
    own = [new_id() for _ in range(5_000)]
    assert own == sorted(own)
    assert new_token() != new_token()
    assert monotonic_s() <= monotonic_s()


@verifies("A11D-12.2-1")
@pytest.mark.parametrize(
    ("kind", "person", "account", "fault"),
    [
        ("service", UUID(int=1), None, "never acts as a person"),
        ("service", None, UUID(int=1), "never acts as a person"),
        ("human", None, UUID(int=1), "has a person"),
        ("robot", None, None, "human or service"),
    ],
)
def test_an_actor_is_a_whole_person_or_none(
    kind: str, person: UUID | None, account: UUID | None, fault: str
) -> None:
    with pytest.raises(ValueError, match=fault):
        Actor(person, account, "x", "y", kind, frozenset(), "DB-2")


def test_a_service_owns_its_attempts_by_station() -> None:
    actor = Actor.service("collector", "DB 2", ["a"])
    assert actor.may("a")
    assert not actor.may("b")
    assert stream_of(actor.owner) == "attempt/DB_2"
    assert stream_of("") == "attempt/unknown"


def test_a_secret_is_used_once_and_never_shown() -> None:
    secret = Secret("x y z")
    assert "x y z" not in repr(secret)
    again = secret.copy()
    assert secret.reveal() == again.reveal() == "x y z"
    for use in (secret.reveal, secret.copy):
        with pytest.raises(ValueError, match="used already"):
            use()
    with pytest.raises(TypeError, match="never written"):
        copy.copy(secret)


def test_errors_say_their_docstring_or_what_they_were_told() -> None:
    assert "does not answer" in Unavailable("The scale").message
    assert "“release”" in Forbidden("release").message
    assert str(Unknown("lot")) == "There is no such lot."
    assert Stale(2, 1).message == "Somebody else was faster: look at what changed and try again."
    assert Malformed({"a": ["x"]}).faults == {"a": ("x",)}
    assert str(Refused([Reason("a", "One."), Reason("b", "Two.")])) == "One. Two."


def test_reasons_refuse_all_at_once() -> None:
    refuse_if([])
    with pytest.raises(Refused) as refused:
        refuse_if(iter([Reason("a", "One."), Reason("b", "Two.")]))
    assert [reason.code for reason in refused.value.reasons] == ["a", "b"]


@pytest.mark.parametrize("text", ["", "  ", "...", "xxx", "a b", "—–-", "1.1"])
def test_a_reason_that_says_nothing_is_none(text: str) -> None:
    with pytest.raises(Malformed):
        require_why(Why(text))


def test_a_reason_is_kept_as_it_was_said() -> None:
    assert require_why(Why(" Spilled ", "spill")) == Why("Spilled", "spill")
    with pytest.raises(Malformed) as malformed:
        require_why(None, "reason")
    assert list(malformed.value.faults) == ["reason"]


def test_a_table_that_does_not_say_its_kind_cannot_be_declared() -> None:
    with pytest.raises(TypeError, match="must say its kind"):

        class Kindless(Base):
            __tablename__ = "kindless"
            id: Mapped[UUID] = mapped_column(primary_key=True)


def test_a_constraint_has_one_meaning() -> None:
    constraint("uq_test_words", Reason("a", "One."))
    constraint("uq_test_words", Reason("a", "One."))
    with pytest.raises(ValueError, match="has its words already"):
        constraint("uq_test_words", Reason("b", "Two."))


def test_a_page_is_mapped_to_views() -> None:
    assert Page((1, 2), "next").map(str) == Page(("1", "2"), "next")


def test_what_is_remembered_of_an_attempt_is_short_and_holds_no_secret() -> None:
    asked = {
        "login": "my password", "secret": Secret("x"), "Odd Key": 1, "note": "y" * 1_000,
        "many": list(range(100)), "file": b"z", "weight": 1.5, "inner": {"password": "x", "a": 1},
    }  # fmt: skip
    assert without_secrets(asked) == {
        "note": "y" * 300, "many": list(range(50)), "file": None, "weight": None,
        "inner": {"a": 1},
    }  # fmt: skip
