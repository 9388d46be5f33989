"""Files of others: charts become blocks, gaps become findings, what is broken is refused."""

import pytest

from ebr.recipes import BATCHML, BadText, text
from ebr.recipes.batchml.reading import read
from tests.builders.batchml import SYRUP, element, logic, operation, phase, recipe, whole
from tests.plugin import verifies
from tests.tables import Row, rows
from workflows import plain
from workflows.recipe import Block, Level, Parallel, Phase, Repeat, Sequence, phases

NOTICED = read(SYRUP.read_bytes()).noticed
BOMB = "".join(f'<!ENTITY b{n} "{f"&b{n - 1};" * 10}">' for n in range(1, 9))
MANY = "".join(phase(f"p{n}") for n in range(10_000))
DEEP = b"<a>" * 80
EVERYWHERE = "".join(
    f"<Step><ID>s{n}</ID><RecipeElementID>a</RecipeElementID></Step>" for n in range(4001)
)
TWICE = " ".join(
    f"m{n}>w{n} w{n}>c{n} c{n}>x{n} c{n}>y{n} x{n}>m{n + 1} y{n}>m{n + 1}" for n in range(40)
)
FORKS = "".join(
    f"<Link><ID>{sign}{n}</ID><LinkType>Serial{kind}vergent</LinkType></Link>"
    for n in range(41)
    for sign, kind in (("m", "Con"), ("c", "Di"))
) + "".join(
    f"<Transition><ID>{sign}{n}</ID><Condition>{sign}{n}</Condition></Transition>"
    for n in range(40)
    for sign in "wxy"
)
CHOICE = (
    "<Parameter><ID>1</ID><Description>C</Description><Value><ValueString>0</ValueString>"
    "<DataType>Enumeration</DataType><EnumerationSetID>E</EnumerationSetID></Value></Parameter>"
)
STEP = "<Step><ID>a</ID><RecipeElementID>a</RecipeElementID></Step>"
ENDED = phase("e-a") + phase("e-b")
LIST = "<EnumerationSet><ID>E</ID>{}</EnumerationSet></BatchInformation>".format(
    "".join(
        f"<Enumeration><EnumerationString>{n}</EnumerationString></Enumeration>"
        for n in range(2001)
    )
)
BAD = {
    "empty": b"",
    "no XML": b"code: MR-1",
    "cut off": SYRUP.read_bytes()[:90_000],
    "100 MB": b"<a>" + b" " * 100_000_000,
    "entity bomb": f'<!DOCTYPE a [<!ENTITY b0 "bbbbbbbbbb">{BOMB}]><a>&b8;</a>'.encode(),
    "external entity": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
    "document type": b'<!DOCTYPE a SYSTEM "http://127.0.0.1:9/a.dtd"><a/>',
    "nested": DEEP,
    "later schema": recipe("", space="http://www.wbf.org/xml/BatchML-V0401"),
    "no recipe": b'<ProductionSchedule xmlns="http://www.mesa.org/xml/B2MML"/>',
    "no procedure": whole(""),
    "10,000 elements": recipe(element("op", "Operation", MANY)),
    "one id twice": recipe(element("op", "Operation", phase("a") + phase("a"))),
    "no id": recipe(element("op", "Operation", phase(""))),
    "phase too high": whole(element("proc", "Procedure", phase("a"))),
    "phase below phase": recipe(element("op", "Operation", element("a", "Phase", phase("b")))),
    "operation on top": whole(element("op", "Operation", phase("a"))),
    "unknown level": recipe(element("op", "Allocation")),
    "cycle": recipe(operation("begin>a a>b b>c c>b c>a b>end", "a", "b", "c")),
    "bare cycle": recipe(operation("begin>end a>t1 t1>b b>a", "a", "b")),
    "crossing": recipe(
        operation("begin>f1 f1>f2 f1>a f2>b f2>c b>j1 a>j1 j1>j2 c>j2 a>j2 j2>end", "a", "b", "c")
    ),
    "choice": recipe(operation("begin>a a>t1 a>t2 t1>b t2>c b>end c>end", "a", "b", "c")),
    "two ways in": recipe(operation("begin>f1 f1>a f1>b a>c b>c c>end", "a", "b", "c")),
    "loose branch": recipe(operation("begin>f1 f1>a f1>b a>j1 j1>end", "a", "b")),
    "after the end": recipe(operation("begin>a a>end end>b", "a", "b")),
    "strange step": recipe(operation("begin>a a>end", "a").replace(">e-a<", ">e-x<", 1)),
    "one step often": recipe(
        element("op", "Operation", f"<ProcedureLogic>{EVERYWHERE}</ProcedureLogic>" + phase("a"))
    ),
    "conditions double": recipe(
        element("op", "Operation", logic(f"a>m0 {TWICE} m40>b", ["a", "b"], FORKS) + ENDED)
    ),
    "choices of all": recipe(
        element("op", "Operation", element("a", "Phase", CHOICE * 10))
    ).replace(b"</BatchInformation>", LIST.encode()),
    "two charts": recipe(element("op", "Operation", "<ProcedureLogic/>" * 2 + phase("a"))),
    "words in words": recipe(element("op", "Operation", phase("a"))).replace(
        b"do it", b"do <b>not</b> do it"
    ),
    "transfer": recipe(operation("begin>a a>end", "a").replace("ControlLink", "TransferLink", 1)),
}
TABLE = """
file               place                    said
----------------------------------------------------------------------------------------
empty              file                     no XML
no XML             file                     no XML
cut off            file                     no XML
100 MB             file                     100,000,003 bytes, and at most 10,000,000
entity bomb        file                     entities, which are not read here
external entity    file                     entities, which are not read here
document type      file                     a document type or entities
nested             a                        nested deeper than 64 levels
later schema       BatchInformation         is of http://www.wbf.org/xml/BatchML-V0401
no recipe          ProductionSchedule       holds 0 master recipes
no procedure       MasterRecipe             holds no procedure
10,000 elements    MasterRecipe             10,003 recipe elements; at most 4,000 are read
one id twice       Phase 'a'                has the id a of the element in line 4
no id              Phase                    has no id
phase too high     Phase 'a' (a)            UnitProcedure is expected here
phase below phase  Phase 'b' (b)            stands below a phase, the lowest level
operation on top   Operation 'op' (op)      UnitProcedure is expected here
unknown level      Allocation 'op' (op)     is of the type 'Allocation'
cycle              Operation 'op'           go round without a block form: 'A'
bare cycle         Operation 'op'           the order of the file cannot stand for them
crossing           Operation 'op'           several ways lead on from 'A'
choice             Operation 'op'           several ways lead to the end
two ways in        Operation 'op'           the branches cross
loose branch       Operation 'op'           the branches cross
after the end      Operation 'op'           a link leads on from the end, at 'B'
strange step       step a                   stands for the element 'e-x'
one step often     Phase 'a' (a)            is the block 4,001; at most 4,000
conditions double  Operation 'op'           the conditions before
choices of all     parameter 1              more than 20,000 choices
two charts         RecipeElement            has 2 of ProcedureLogic
words in words     ValueString              holds b within its words
transfer           link l0                  is of the type 'TransferLink'
"""


@verifies("C211-68b-1")
@pytest.mark.parametrize("row", rows(TABLE), ids=lambda row: row["file"])
def test_a_file_that_cannot_be_read_is_refused_with_its_place(row: Row) -> None:
    with pytest.raises(BadText) as caught:
        read(BAD[row["file"]])
    fault = caught.value.faults[0]
    assert row["place"] in fault.place
    assert row["said"] in fault.text


CHARTS = """
chart                                                       blocks           noted
--------------------------------------------------------------------------------------------------
begin>a a>t1 t1>b b>end                                     A B
begin>a a>b b>end                                           A B
begin>f1 f1>b f1>a a>j1 b>j1 j1>end                         (A | B)
begin>a a>f1 f1>b f1>t1 t1>c b>d c>j1 d>j1 j1>end           A (B D | C)
begin>f1 f1>a f1>f2 f2>b f2>c b>j2 c>j2 j2>j1 a>j1 j1>end   (A | (B | C))
begin>f1 f1>a f1>b f1>c a>j1 b>j1 j1>d d>j2 c>j2 j2>end     ((A | B) D | C)
begin>f1 f1>f2 f2>a f2>b f1>c a>j1 b>j1 c>j1 j1>end         ((A | B) | C)
begin>a a>t1 t1>a a>end                                     A*
begin>a a>b b>c c>t1 t1>b c>end                             A (B C)*
begin>a a>b b>a b>c c>b c>end                               ?
begin>a a>end                                               A B              no link leads from 'A'
b>end                                                       A B              no link leads from 'A'
a> >b                                                       A B              has an end at nothing
begin>a a>x x>b b>end                                       A B              has an end at 'x'
begin>a a>b b>end end>end                                   A B              from an end to itself
begin>a a>b a>b b>end                                       A B              says again what
begin>a a>b b>end a>t1                                      A B              t1 leads nowhere
begin>a a>b b>end t1>b                                      A B              t1 begins nowhere
begin>f1 f1>a f1>b f1>j1 a>j1 b>j1 j1>end                   (A | B)          a branch with nothing
"""


def written(block: Block) -> str:
    """The blocks as a line of signs: in line, (beside | beside), again*."""
    match block:
        case Phase(title=title):
            return title
        case Parallel(branches=branches):
            return f"({' | '.join(map(written, branches))})"
        case Repeat(body=body):
            inner = written(body)
            return f"{inner}*" if isinstance(body, Phase) else f"({inner})*"
        case Sequence(blocks=blocks):
            return " ".join(map(written, blocks))


@pytest.mark.parametrize("row", rows(CHARTS), ids=lambda row: row["chart"])
def test_a_chart_becomes_blocks_and_what_was_decided_is_noted(row: Row) -> None:
    steps = [each for each in "abcd" if each.upper() in row["blocks"]]
    file = recipe(operation(row["chart"], *steps))
    if row["blocks"] == "?":
        with pytest.raises(BadText, match="go round without a block form"):
            read(recipe(operation(row["chart"], "a", "b", "c")))
        return
    found = read(file)
    assert written(found.recipe.procedure) == row["blocks"]
    noted = [str(each) for each in found.noticed if each.gap.value in ("link", "order")]
    assert any(row["noted"] in each for each in noted) if row["noted"] else not noted


@verifies("C211-68b-1")
def test_the_recipe_of_2008_comes_in_with_its_structure_names_and_parameters() -> None:
    draft = read(SYRUP.read_bytes())
    steps = list(phases(draft.recipe.procedure))
    levels = [each.level for each in blocks(draft.recipe.procedure) if not isinstance(each, Phase)]
    assert len(steps) == 36
    assert (levels.count(Level.UNIT_PROCEDURE), levels.count(Level.OPERATION)) == (2, 11)
    titles = [each.title for each in steps]
    assert titles[:3] == ["Qualify Operator", "Stage Materials", "Check-in Equipment"]
    assert titles.count("Mark / Label WIP") == 3
    mixing = next(each for each in steps if each.key == "mix-slurry-a1")
    told = [str(each) for each in mixing.parameters]
    assert told[:2] == ["MATERIAL 1: dextromethorpan HBr", "QUANTITY 1: 20 kg"]
    assert "AGITATE SPEED: 3600 RPM" in told
    assert str(draft.recipe.size) == "5000 kL"
    loops = [each for each in blocks(draft.recipe.procedure) if isinstance(each, Repeat)]
    assert len(loops) == 6


def blocks(block: Block) -> list[Block]:
    """All blocks, each before those below it."""
    match block:
        case Phase():
            return [block]
        case Parallel(branches=below) | Sequence(blocks=below):
            return [block, *(inner for each in below for inner in blocks(each))]
        case Repeat(body=body):
            return [block, *blocks(body)]


GAPS = """
severity  gap        line  text
------------------------------------------------------------------------------------------------
remark    header     5     the version '1.0' is no whole number
error     header     5     the file names no product
error     header     26    the nominal size 5000 Kilolitres is 5000000 L
remark    condition  277   the condition 'Start Complete = TRUE' stands before 'Make Suspension'
remark    link       673   transition 1204071208609-C9e stands alone
remark    words      706   47 elements have the description 'a description of this element.'
remark    words      929   taken as the instruction: Instruction 1
remark    words      1296  Parameter 1 is 'SUGAR', not a member of enumeration 1
error     phase      1313  'Setup Slurry A1' (1206462570546-Cb1) has no instruction and no value
error     loop       1414  'Partial WIP Confirmation' is done again without a condition
remark    unit       1866  the unit 'Kiloliters' is read as kL
remark    unit       3279  RUN PUMP DURATION speaks of a time, and its unit is 'metre'
remark    link       3237  no condition stands at the transition 1204075358125-Cb8
remark    link       3689  leads from an end to itself
remark    link       4549  does not say what kind of thing it joins
"""


@pytest.mark.parametrize("row", rows(GAPS), ids=lambda row: row["text"])
def test_every_gap_of_the_recipe_of_2008_is_found_with_its_line(row: Row) -> None:
    known = {(str(each.line), each.gap.value, each.severity.value, each.text) for each in NOTICED}
    assert any(
        found[:3] == (row["line"], row["gap"], row["severity"]) and row["text"] in found[3]
        for found in known
    )


def test_names_of_any_letters_are_kept_and_keys_are_made_of_what_is_left_of_them() -> None:
    named = phase("1", "Größe prüfen") + phase("2", "混合") + phase("3", "混合")
    found = list(phases(read(recipe(element("op", "Operation", named))).recipe.procedure))
    assert [each.title for each in found] == ["Größe prüfen", "混合", "混合"]
    assert [each.key for each in found] == ["grosse-prufen", "phase", "phase-2"]


def test_a_name_as_long_as_a_file_is_told_once_and_not_in_every_name_made_of_it() -> None:
    chart = " ".join(
        f"f{n}>a{n} f{n}>b{n} a{n}>j{n} b{n}>j{n} j{n}>f{n + 1}" for n in range(40)
    ).rpartition(" ")[0]
    steps = [f"{sign}{n}" for n in range(40) for sign in "ab"]
    below = logic(chart, steps) + "".join(phase(f"e-{each}") for each in steps)
    found = read(recipe(element("op", "Operation", below, "y" * 100_000)))
    assert len(text.dump(found.recipe)) < 130_000
    assert sum(len(each.text) for each in found.noticed) < 130_000


def test_an_element_at_two_steps_is_done_twice_and_that_is_noted() -> None:
    chart = "<Step><ID>s</ID><RecipeElementID>a</RecipeElementID></Step>"
    whole = recipe(element("op", "Operation", logic("a>s", (), chart + STEP) + phase("a")))
    found = read(whole)
    assert [each.key for each in phases(found.recipe.procedure)] == ["a", "a-2"]
    assert any("stands at the step s already" in each.text for each in found.noticed)


def test_a_parameter_without_a_value_is_told_where_its_phase_says_something_else() -> None:
    empty = CHOICE.replace("<ValueString>0</ValueString>", "").replace(">1<", ">2<")
    given = element("a", "Phase", CHOICE + empty)
    found = read(recipe(element("op", "Operation", given)))
    assert any(each.text == "C has no value" for each in found.noticed)


def test_a_file_of_either_version_and_in_any_writing_is_the_same_recipe() -> None:
    chart = operation("begin>a a>b b>end", "a", "b")
    old, new = recipe(chart), recipe(chart, space=BATCHML)
    wide = new.decode().replace('"1.0"', '"1.0" encoding="UTF-16"').encode("utf-16")
    found = [read(each) for each in (old, new, wide, b"\xef\xbb\xbf" + old)]
    assert len({plain.written(each.recipe) for each in found}) == 1
    assert [each.version for each in found[:2]] == ["BatchML V02 of 2008", "BatchML 0700"]


PARTS = """
part                                                                    noted
--------------------------------------------------------------------------------------------------
<Parameter><ID>1</ID><Description>Speed</Description></Parameter>       Parameter of RecipeElement
<Header><Status>Held</Status></Header>                                  Status of Header
<OtherInformation><ID>x</ID></OtherInformation>                         OtherInformation of Recipe
"""


@pytest.mark.parametrize("row", rows(PARTS), ids=lambda row: row["noted"])
def test_what_has_no_place_here_is_left_aside_and_told(row: Row) -> None:
    whole_operation = operation("begin>a a>end", "a").replace(
        "<RecipeElementType>Operation", f"{row['part']}<RecipeElementType>Operation"
    )
    told = [str(each) for each in read(recipe(whole_operation)).noticed]
    assert any(row["noted"] in each and "left aside" in each for each in told)
