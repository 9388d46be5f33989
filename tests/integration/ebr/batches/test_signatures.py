"""Signing over HTTP: both components, what was shown, another person as witness."""

from tests.builders.identity import somebody
from tests.builders.operator import FIRST, Operator, codes
from tests.plugin import verifies


@verifies("P11-200a1-1")
def test_the_first_signature_with_the_secret_alone_is_refused(operator: Operator) -> None:
    operator.clear()
    operator.signed = True  # enters the secret alone
    answer = operator.sign("clear-line", "complete", "complete")
    assert answer.status_code == 409
    operator.signed = False
    assert operator.sign("clear-line", "complete", "complete").status_code == 200


@verifies("P11-200a1i-1")
def test_a_later_signature_takes_the_secret_and_nothing_less(operator: Operator) -> None:
    operator.through("clear-line")
    operator.did("scan-balance", "start")
    operator.did("scan-balance", "equipment", code="SC-04")
    shown = operator.shown("scan-balance", "complete")[0]
    for wrong in ({}, {"secret": ""}, {"login": "m.keller", "secret": ""}):
        entered = {"meaning": shown["meaning"], "shown": shown["shown"], **wrong}
        refused = operator.act("scan-balance", "complete", signatures=[entered])
        assert refused.status_code in (403, 409, 422), refused.text
    assert operator.sign("scan-balance", "complete", "complete").status_code == 200


@verifies("SIG-WYS-1")
def test_a_signature_over_content_that_changed_is_refused_and_the_new_content_shown(
    operator: Operator,
) -> None:
    operator.through(*FIRST)
    operator.did("scan-ethanol", "start")
    operator.did("scan-ethanol", "material", code=operator.line.containers["RM-ETH96"])
    operator.sign("scan-ethanol", "complete", "complete")
    operator.did("density-ethanol", "start")
    operator.did("density-ethanol", "values", input="density", value="0.8074", unit="g/mL")
    given = [operator.given(each) for each in operator.shown("density-ethanol", "complete")]
    fix = {"input": "density", "value": "0.8075", "unit": "g%2FmL", "why": "misread last digit"}
    corrected = [operator.given(e) for e in operator.shown("density-ethanol", "correct", **fix)]
    body = {**fix, "unit": "g/mL", "signatures": corrected}
    assert operator.act("density-ethanol", "corrections", **body).status_code == 200
    answer = operator.act("density-ethanol", "complete", signatures=given)
    assert codes(answer) == ["content_changed"]
    assert "0.8075" in answer.text
    assert operator.step("density-ethanol")["status"] == "running"


@verifies("P11-100a-1", "P11-10f-1")
def test_the_performer_cannot_witness_under_a_second_account(operator: Operator) -> None:
    line = operator.line
    operator.weighed()
    second = somebody(line.database, "m.keller2", "operator", person=line.people["m.keller"].person)
    line.people["m.keller2"] = second
    shown = operator.shown("weigh-ethanol", "witness")[0]
    given = [operator.given(shown, login="m.keller2")]
    answer = operator.act("weigh-ethanol", "witness", signatures=given)
    assert codes(answer) == ["witness_involved"]
    given = [operator.given(shown, login="j.brandt")]
    assert operator.act("weigh-ethanol", "witness", signatures=given).status_code == 200


@verifies("P11-200a1ii-1")
def test_a_witness_gives_both_components_every_time_and_leaves_no_session(
    operator: Operator,
) -> None:
    operator.weighed()
    shown = operator.shown("weigh-ethanol", "witness")[0]
    secret = {
        "meaning": shown["meaning"],
        "shown": shown["shown"],
        "secret": operator.line.people["j.brandt"].password,
    }
    assert operator.act("weigh-ethanol", "witness", signatures=[secret]).status_code in (403, 409)
    given = [operator.given(shown, login="j.brandt")]
    assert operator.act("weigh-ethanol", "witness", signatures=given).status_code == 200
    assert operator.get("/session")["login"] == "m.keller"


@verifies("P11-300d-1")
def test_a_wrong_witness_is_answered_alike_whoever_is_named(operator: Operator) -> None:
    """Known, unknown, without the right, the performer, locked: no login is given away."""
    line, wrong = operator.line, "eleven grey herons wait"
    operator.weighed()
    shown = operator.shown("weigh-ethanol", "witness")[0]
    somebody(line.database, "m.keller2", "operator", person=line.people["m.keller"].person)
    said = set()
    logins = ("j.brandt", "nobody.here", "n.duarte", "m.keller2", *["s.lindqvist"] * 6)
    for login in logins:
        entered = {"meaning": shown["meaning"], "shown": shown["shown"], "login": login}
        answer = operator.act("weigh-ethanol", "witness", signatures=[{**entered, "secret": wrong}])
        told = {**answer.get_json(), "instance": ""}
        said.add((answer.status_code, str(told)))
    assert len(said) == 1, said
    assert next(iter(said))[0] == 403
