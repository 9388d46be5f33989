"""Who is let in where: the right of every address, what stands open, what goes behind the lock."""

import ast
import inspect
import textwrap
from collections.abc import Callable

import pytest
from flask import Flask

from ebr.identity import Right
from ebr.web import api, openapi, pages
from ebr.web.routing import PUBLIC, Registered, Route, Stage, register
from tests.plugin import verifies

# Open to anybody: the door, and nothing that belongs to a record.
OPEN_TO_ALL = {
    "GET /health",
    "GET /robots.txt",
    "GET /static/<build>/<path:name>",
    "GET /sign-in",
    "POST /sign-in",
    "GET /sign-in/help",
    "GET /station",
    "POST /station",
    "POST /theme",
    "POST /api/v1/session",
}
# Acts that change nothing but a cookie of this browser, or that the guard has done already.
WITHOUT_OPERATION = {
    "POST /theme": "a cookie of the station",
    "POST /station": "a cookie of the station, before anybody signs in",
    "POST /session/touch": "the guard has noted that a person is there",
    "POST /simulator/<equipment>/load": "the pan of a simulated balance is no record",
    "POST /api/v1/simulator/<equipment>/load": "the pan of a simulated balance is no record",
    "POST /api/v1/simulator/<equipment>/fault": "a fault of a simulated balance is no record",
    "POST /batches/<uuid:batch>/exceptions/<exception>/decision/sign": "shows what would be signed",
    "POST /batches/<uuid:batch>/reject/sign": "shows what would be signed",
    "POST /lots/<lot>/status/sign": "shows what would be signed",
    "POST /lots/<lot>/retest/sign": "shows what would be signed",
    "POST /lots/<lot>/expiry/sign": "shows what would be signed",
    "POST /containers/<code>/count/sign": "shows what would be signed",
    "POST /recipes/check": "a judgement of the text that is sent; nothing is kept",
    "POST /api/v1/recipes/check": "a judgement of the text that is sent; nothing is kept",
}


def registered() -> tuple[Registered, ...]:
    app = Flask("routes", static_folder=None)
    return (
        *register(app, "pages", pages.TABLES, lambda _: None),
        *register(app, "api", api.TABLES, lambda _: None),
    )


def named(each: Registered) -> str:
    return f"{each.route.method} {each.url}"


ALL = registered()


def view() -> str:
    return ""


@verifies("P11-10g-1")
def test_a_route_without_a_right_cannot_be_made() -> None:
    with pytest.raises(TypeError, match="has no right"):
        Route("GET", "/batches", view, None)  # type: ignore[arg-type]  # that is what is tried
    with pytest.raises(ValueError, match="reads"):
        Route("TRACE", "/batches", view, Right.VIEW_BATCHES)
    with pytest.raises(ValueError, match="root"):
        Route("GET", "batches", view, Right.VIEW_BATCHES)
    with pytest.raises(ValueError, match="passive"):
        Route("POST", "/batches", view, Right.VIEW_BATCHES, passive=True)


@verifies("P11-10d-1")
def test_only_the_door_is_open_to_all() -> None:
    assert {named(each) for each in ALL if each.route.right is PUBLIC} == OPEN_TO_ALL


def test_only_ones_own_session_is_reached_behind_the_lock() -> None:
    behind = [each for each in ALL if each.route.stage is not Stage.WORKING]
    assert {each.route.right for each in behind} == {Right.USE_OWN_SESSION}


@pytest.mark.parametrize("each", ALL, ids=named)
def test_reading_never_writes_and_acting_goes_through_one_operation(each: Registered) -> None:
    called = calls_of(each.route.view)
    if not each.route.acts:
        assert not called & {"act", "act_as", "unit_of_work", "perform"}, "a GET never writes"
    elif named(each) in WITHOUT_OPERATION:
        assert "act" not in called
    else:
        assert "act" in called, "an act goes through an operation, or is listed with its reason"


@pytest.mark.parametrize("each", [e for e in ALL if e.skin == "pages"], ids=named)
def test_an_act_of_a_page_says_where_its_refusal_is_shown(each: Registered) -> None:
    form = each.route.form
    if form is not None:
        mine = list(inspect.signature(each.route.view).parameters)
        assert list(inspect.signature(form).parameters) == mine


def test_every_act_of_the_api_says_what_it_takes_and_is_described() -> None:
    described = openapi.description(ALL)["paths"]
    for each in ALL:
        if each.skin == "api":
            path = openapi._PART.sub(r"{\g<name>}", each.url)
            assert each.route.method.lower() in described[path]
            if "bind" in calls_of(each.route.view):
                assert each.route.takes is not None, named(each)
            assert each.route.view.__doc__, named(each)


def calls_of(view: Callable[..., object]) -> set[str]:
    """The names of what a view calls, with what its own module's helpers call."""
    found: set[str] = set()
    waiting, seen = [view], set()
    while waiting:
        one = waiting.pop()
        if one in seen:
            continue
        seen.add(one)
        for node in ast.walk(ast.parse(textwrap.dedent(inspect.getsource(one)))):
            if isinstance(node, ast.Call):
                name = _name(node.func)
                found.add(name)
                other = inspect.getmodule(one).__dict__.get(name)
                if inspect.isfunction(other) and other.__module__ == one.__module__:
                    waiting.append(other)
    return found


def _name(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""
