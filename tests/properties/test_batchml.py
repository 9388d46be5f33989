"""Any recipe goes out as valid BatchML and comes back as it was, or it says what is lost."""

from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ebr.recipes import (
    BadText,
    Document,
    against_schema,
    dump,
    load,
    read_batchml,
    write_batchml,
)
from ebr.recipes.compile import compiled
from ebr.web.screens import procedure as screens
from tests.builders.batchml import operation
from tests.builders.batchml import recipe as file_of
from tests.builders.small_plant import DENSITY, RECIPE, phase
from tests.plugin import verifies
from workflows.plan import plan_of
from workflows.quantity import Quantity
from workflows.recipe import (
    Block,
    Calculation,
    Entry,
    EquipmentRequirement,
    ExceptionPolicy,
    FormulaLine,
    HoldTime,
    IdentifyEquipment,
    IdentifyMaterial,
    Input,
    InputKind,
    Instruction,
    Level,
    Operand,
    Parallel,
    Parameter,
    ParameterRole,
    Produce,
    Recipe,
    Repeat,
    Scale,
    Scaling,
    Sequence,
    Severity,
    SignOff,
    Timer,
    Tolerance,
    Until,
    ValueRef,
    Weigh,
    phases,
)

WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
AMOUNTS = st.builds(
    Quantity,
    st.from_regex(r"\A[0-9]{1,6}(\.[0-9]{1,4})?\Z"),
    st.sampled_from(["g", "kg", "mL", "L", "[pH]", "%", "1"]),
)
LEVELS = st.sampled_from([None, *Level])
SHAPES = st.recursive(
    st.just("step"),
    lambda inner: st.one_of(
        st.tuples(st.just("sequence"), st.lists(inner, max_size=3), LEVELS),
        st.tuples(st.just("parallel"), st.lists(inner, max_size=3), LEVELS),
        st.tuples(st.just("repeat"), inner, LEVELS),
    ),
    max_leaves=6,
)
CHOICE = Input(key="look", title="Look", kind=InputKind.CHOICE, choices=("done", "raw"))
NOWHERE = ValueRef(step="nowhere", input="mass")
PER_CENT = Quantity("1.0", "%")
WORKS = st.sampled_from(
    [
        Instruction(),
        Entry(inputs=(CHOICE, DENSITY)),
        Timer(least_s=3),
        SignOff(statement="Done."),
        IdentifyMaterial(line="water"),
        IdentifyEquipment(equipment="vessel"),
        Weigh(
            line="sugar",
            scale="balance",
            unit="g",
            decimals=1,
            target=NOWHERE,
            tolerance=Tolerance(low=PER_CENT, high=PER_CENT),
        ),
        Calculation(result=CHOICE, expression="a +", operands=(Operand(name="a", value=NOWHERE),)),
        Produce(quantity=DENSITY, expires_after_days=1, theoretical=NOWHERE),
    ]
)
PARAMETERS = st.lists(
    st.builds(
        Parameter,
        key=st.sampled_from(["speed", "time", "mass"]),
        title=WORDS,
        value=WORDS,
        unit=st.sampled_from([None, "kg", "RPM"]),
        choices=st.sampled_from([(), ("a", "b")]),
        role=st.sampled_from(ParameterRole),
    ),
    max_size=3,
    unique_by=lambda each: each.key,
).map(tuple)
POLICIES = st.fixed_dictionaries(
    {},
    optional={
        "critical": st.booleans(),
        "witness": st.booleans(),
        "right": st.none() | WORDS,
        "hold": st.builds(HoldTime, after=st.just("b1"), most_s=st.integers(1, 9)),
        "exceptions": st.builds(ExceptionPolicy, severity=st.sampled_from(Severity)),
        "parameters": PARAMETERS,
    },
)


def block_of(draw: st.DrawFn, shape: Any, number: Any) -> Block:
    """The block that a shape stands for, with keys of its own."""
    key, title = f"b{next(number)}", draw(WORDS)
    match shape:
        case ("sequence", inner, level):
            blocks = tuple(block_of(draw, each, number) for each in inner)
            return Sequence(key=key, title=title, blocks=blocks, level=level)
        case ("parallel", inner, level):
            branches = tuple(block_of(draw, each, number) for each in inner)
            return Parallel(key=key, title=title, branches=branches, level=level)
        case ("repeat", inner, level):
            body = block_of(draw, inner, number)
            last = next((each.key for each in phases(body)), "none")
            until = Until(value=ValueRef(step=last, input="look"), equals=draw(WORDS))
            most = draw(st.integers(2, 99))
            return Repeat(key=key, title=title, body=body, until=until, most=most, level=level)
        case _:
            made = draw(POLICIES)
            return phase(key, title, draw(WORKS), **made)


@st.composite
def recipes(draw: st.DrawFn) -> Recipe:
    """Recipes of any shape, sensible and not."""
    number = count(1)
    inner = tuple(block_of(draw, each, number) for each in draw(st.lists(SHAPES, max_size=3)))
    size = draw(AMOUNTS)
    line = st.builds(
        FormulaLine,
        key=st.sampled_from(["water", "sugar"]),
        material=WORDS,
        title=WORDS,
        quantity=AMOUNTS,
        scaling=st.sampled_from(Scaling),
    )
    scale = st.builds(Scale, minimum=AMOUNTS, maximum=AMOUNTS, increment=st.none() | AMOUNTS)
    return Recipe(
        code=draw(WORDS),
        version=draw(st.integers(1, 99)),
        title=draw(WORDS),
        product=draw(WORDS),
        size=size,
        formula=tuple(draw(st.lists(line, max_size=2))),
        equipment=tuple(
            EquipmentRequirement(key=each, equipment_class=draw(WORDS), title=draw(WORDS))
            for each in draw(st.sampled_from([(), ("balance",), ("balance", "vessel")]))
        ),
        procedure=Sequence(key="whole", title=draw(WORDS), blocks=inner, level=draw(LEVELS)),
        source=draw(WORDS),
        scale=draw(st.none() | scale | st.just(Scale(minimum=size, maximum=size))),
    )


@verifies("C211-68b-1")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(recipes())
def test_any_recipe_goes_out_as_valid_batchml_and_comes_back_as_it_was(recipe: Recipe) -> None:
    export = write_batchml(recipe)
    assert against_schema(export.document, Document.BATCH_INFORMATION) == ()
    back = read_batchml(export.document)
    assert back.noticed == ()
    same = compiled(back.recipe).digest == compiled(recipe).digest
    assert same == (not any(each.startswith("lost:") for each in export.unsaid))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(recipes())
def test_any_draft_can_be_looked_at_whatever_is_wrong_with_it(recipe: Recipe) -> None:
    shown = screens.procedure(recipe, compiled(recipe).findings, "/recipes/x", None)
    assert len(shown.findings) == len(compiled(recipe).findings)


NODES = ("a", "b", "c", "d", "t1", "t2", "f1", "f2", "j1", "j2", "begin", "end", "x")
LINKS = st.lists(st.tuples(st.sampled_from(NODES), st.sampled_from(NODES)), max_size=14)


def reached(links: list[tuple[str, str]], start: str) -> set[str]:
    """The steps to which links lead from a step; `x` is none of the nodes that there are."""
    found: set[str] = set()
    heap = [start]
    while heap:
        node = heap.pop()
        fresh = {end for one, end in links if one == node and "x" not in (one, end)} - found
        found |= fresh
        heap += fresh
    return found & set("abcd")


@settings(max_examples=100, deadline=None)
@given(LINKS)
def test_any_chart_becomes_blocks_that_keep_its_order_or_is_refused(
    links: list[tuple[str, str]],
) -> None:
    chart = " ".join(f"{start}>{end}" for start, end in links)
    file = file_of(operation(chart, "a", "b", "c", "d"))
    with suppress(BadText):
        found = read_batchml(file).recipe
        assert sorted(each.title for each in phases(found.procedure)) == ["A", "B", "C", "D"]
        assert load(dump(found)) == found
        before = plan_of(found).before
        ways = {step: reached(links, step) for step in "abcd"}
        for step, later in ways.items():
            for other in later:
                if step not in ways[other]:  # not both ways round: a loop has no first
                    assert f"e-{step}" in before[f"e-{other}"], (chart, step, other)


def test_what_a_document_cannot_bring_back_is_listed_in_it() -> None:
    bell = Parameter(key="a", title="A\a", value="1", unit="")
    steps = tuple(phase(key, "Twice", Instruction(), parameters=(bell,)) for key in "xx")
    export = write_batchml(
        Recipe(
            code="MR-1",
            version=1,
            title="T",
            product="P",
            size=RECIPE.size,
            formula=(),
            equipment=(),
            procedure=Sequence(key="p", title="P", blocks=steps),
        )
    )
    assert against_schema(export.document, Document.BATCH_INFORMATION) == ()
    lost = [each for each in export.unsaid if each.startswith("lost:")]
    assert len(lost) == 5
    assert "the key x is used 2 times" in "".join(lost)
    assert b"lost: the key x is used 2 times" in export.document


def test_a_key_that_no_document_can_have_is_listed_and_no_choice_is_lost() -> None:
    choosing = Parameter(key="a", title="A", value="", choices=("", "b"))
    step = phase("x", "X", Instruction(), parameters=(choosing,))
    for key, said in (("p.begin", "the key p.begin is used 2 times"), ("", "has no key")):
        whole = replace(RECIPE, procedure=Sequence(key="p", title="P", blocks=(step,)))
        assert read_batchml(write_batchml(whole).document).recipe == whole
        wrong = replace(step, key=key)
        whole = replace(RECIPE, procedure=Sequence(key="p", title="P", blocks=(wrong,)))
        assert said in "".join(write_batchml(whole).unsaid)
