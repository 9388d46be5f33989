"""Every act can be reached, every address has its right, and a question changes nothing."""

import ast
import importlib
import inspect
import pkgutil
import textwrap
from collections.abc import Iterator
from types import ModuleType

import ebr
from ebr.identity import Right
from ebr.web import api, pages
from ebr.web.routing import Route

SKINS = {"pages": pages, "api": api}
# Acts that no person and no program asks for over HTTP, and who does them instead.
NOT_OVER_HTTP: dict[str, str] = {
    "identity.touch": "the guard's own, at every request of a person",
    "identity.lock_idle": "housekeeping tells the access log what the server has decided",
    "identity.forget_sessions": "housekeeping clears away what ended long ago",
    "identity.create_first_administrator": "the keeper at the console, before any door is open",
    "batches.start_batch": "scheduling, when an order is started",
    "batches.decide_exception": "release, which knows who may decide",
    "batches.complete_review": "release, after its own list",
    "batches.release_batch": "release, when no point of the list is open",
    "batches.reject_batch": "release, with the status of the product",
    "readings.use": "batches, with the step that takes the reading",
}
# Rights that no address asks for, and who does.
ASKED_ELSEWHERE = {
    Right.WITNESS_STEPS: "the ceremony, of the second person and not of whose session it is",
    Right.COLLECT_READINGS: "the collector's door to the plant's readings",
}
# Acts that programs may ask for and that have no page yet.
WITHOUT_A_PAGE: dict[str, str] = {}


def rooms(skin: ModuleType) -> Iterator[ModuleType]:
    """The modules of one skin."""
    for found in pkgutil.iter_modules(skin.__path__, f"{skin.__name__}."):
        yield importlib.import_module(found.name)


def routes(skin: ModuleType) -> list[Route]:
    """Every route of a skin."""
    return [route for room in rooms(skin) for route in getattr(room, "ROUTES", ())]


def operations() -> dict[str, Right]:
    """Every act that a module's door lets out, with the right that it needs."""
    found: dict[str, Right] = {}
    for module in pkgutil.iter_modules(ebr.__path__, "ebr."):
        if module.ispkg and module.name not in ("ebr.cli", "ebr.web", "ebr.demo"):
            face = importlib.import_module(module.name)
            for name in getattr(face, "__all__", ()):
                right = getattr(getattr(face, name), "right", None)
                if isinstance(right, Right):
                    found[f"{module.name.removeprefix('ebr.')}.{name}"] = right
    return found


def named(skin: ModuleType) -> set[str]:
    """Every `module.name` that stands in the text of a skin."""
    return {
        f"{node.value.id}.{node.attr}"
        for room in rooms(skin)
        for node in ast.walk(ast.parse(inspect.getsource(room)))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }


def test_every_act_can_be_asked_for_by_programs() -> None:
    absent = set(operations()) - named(api) - set(NOT_OVER_HTTP)
    assert sorted(absent) == []


def test_every_act_can_be_asked_for_by_people() -> None:
    absent = set(operations()) - named(pages) - set(NOT_OVER_HTTP) - set(WITHOUT_A_PAGE)
    assert sorted(absent) == []


def test_no_exception_outlives_its_reason() -> None:
    known = set(operations())
    assert set(NOT_OVER_HTTP) <= known - named(api)
    assert set(WITHOUT_A_PAGE) <= known - named(pages)


def test_every_right_is_needed_somewhere() -> None:
    needed: set[object] = set(operations().values())
    needed |= {route.right for skin in SKINS.values() for route in routes(skin)}
    assert sorted(set(Right) - needed - set(ASKED_ELSEWHERE)) == []


def test_a_question_never_acts() -> None:
    found = [
        f"{route.view.__module__}.{route.view.__name__}"
        for skin in SKINS.values()
        for route in routes(skin)
        if not route.acts and called(route) & {"act", "act_as", "perform", "unit_of_work"}
    ]
    assert found == []


def test_the_description_names_every_field_that_a_question_may_have() -> None:
    wrong = {}
    for route in routes(api):
        asked = {
            str(node.args[0].value)
            for node in ast.walk(source_of(route))
            if isinstance(node, ast.Call)
            and ast.unparse(node.func) == "request.args.get"
            and isinstance(node.args[0], ast.Constant)
        }
        if not asked <= set(route.asks):
            wrong[route.name] = asked - set(route.asks)
    assert wrong == {}


def test_the_description_tells_the_status_that_a_view_gives() -> None:
    wrong = {}
    for route in routes(api):
        given = {
            each.value.value
            for node in ast.walk(source_of(route))
            if isinstance(node, ast.Call)
            for each in node.keywords
            if each.arg == "status" and isinstance(each.value, ast.Constant)
        }
        if given - {route.status} or (route.status != 200 and not given):
            wrong[route.name] = given
    assert wrong == {}


def called(route: Route) -> set[str]:
    """The names of everything that a route's view calls."""
    return {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        for node in ast.walk(source_of(route))
        if isinstance(node, ast.Call)
    }


def source_of(route: Route) -> ast.Module:
    """The text of a route's view, parsed."""
    return ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(route.view))))


def test_no_address_stands_twice() -> None:
    for skin in SKINS.values():
        asked = [(route.method, route.url) for route in routes(skin)]
        assert len(asked) == len(set(asked))


def test_every_room_with_routes_is_in_the_table_of_its_skin() -> None:
    for skin in SKINS.values():
        registered = [table for _, table in skin.TABLES]
        forgotten = [
            room.__name__
            for room in rooms(skin)
            if hasattr(room, "ROUTES") and room.ROUTES not in registered
        ]
        assert forgotten == []
