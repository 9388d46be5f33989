"""The procedure as it was executed: unit procedures, operations, phases; loops pass by pass."""

from collections.abc import Mapping
from itertools import groupby
from typing import Any

from ebr.batches import BatchRecord, LoopRecord, OperationRecord, PassRecord, StepRecord
from ebr.reports.batchml.entries import (
    Given,
    add_constant,
    add_head,
    add_other,
    add_other_information,
)
from ebr.reports.batchml.writing import add, rest
from workflows.recipe import NUMERIC, InputKind, ParameterRole

_LEVELS = frozenset({"Procedure", "UnitProcedure", "Operation", "Phase"})
_PARAMETERS = frozenset({"ProcessInput", "ProcessOutput", "ProcessParameter"})
_ROLES = {
    ParameterRole.INPUT: "ProcessInput",
    ParameterRole.OUTPUT: "ProcessOutput",
    ParameterRole.PARAMETER: "ProcessParameter",
}
# What stands elsewhere: in elements of the phase, in events, among signatures, under comments.
_SAID_OF_STEP = (
    *("key", "title", "instruction", "parameters", "started_at", "started_by", "ended_at"),
    *("values", "weighings", "containers", "issues", "equipment", "signatures", "comments"),
)


def data_type(kind: InputKind) -> str:
    """What BatchML calls the type of a value."""
    if kind in NUMERIC:
        return "decimal"
    return "date" if kind is InputKind.DATE else "string"


def types_of(record: BatchRecord) -> Mapping[tuple[str, str], str]:
    """The type of every value, by step and input."""
    return {
        (step.key, value.input): data_type(value.kind)
        for step in record.steps
        for value in step.values
    }


def add_procedure(above: Any, record: BatchRecord) -> None:
    """The procedure as one tree of elements, then every loop with its passes."""
    recipe = record.recipe
    made = _entry(above, "procedure")
    procedure = _element(made, "RecipeElementType", recipe.code, "Procedure", recipe.title)
    for number, (name, parts) in enumerate(
        groupby(record.operations, lambda each: each.unit_procedure), 1
    ):
        unit = procedure
        if name:
            unit = _element(procedure, "RecipeElement", f"UP-{number}", "UnitProcedure", name)
        for operation in parts:
            _add_operation(unit, operation)
    for loop in record.loops:
        _add_loop(_entry(above, f"loop/{loop.key}"), loop, str(recipe.version))


def _entry(above: Any, identifier: str) -> Any:
    made = add(above, "RecipeElementRecord")
    add_head(made, identifier, "Recipe Element")
    return made


def _element(
    above: Any, name: str, identifier: str, level: str, title: str, *more: str, version: str = ""
) -> Any:
    made = add(above, name)
    add(made, "ID", identifier)
    if version:
        add(made, "Version", version)
    add(made, "Description", title)
    for text in more:
        if text:
            add(made, "Description", text)
    add_other(made, "RecipeElementType", level, _LEVELS)
    return made


def _add_operation(above: Any, operation: OperationRecord) -> None:
    made = _element(above, "RecipeElement", operation.number, "Operation", operation.title)
    for step in operation.steps:
        _add_step(made, step)
    said = ("number", "title", "unit_procedure", "steps")
    add_other_information(made, rest(operation, *said))


def _add_step(above: Any, step: StepRecord) -> None:
    made = _element(above, "RecipeElement", step.key, "Phase", step.title, step.instruction)
    for code in dict.fromkeys(each.code for each in step.equipment):
        add(made, "ActualEquipmentID", code)
    for given in step.parameters:
        asked = add(made, "Parameter")
        add(asked, "ID", given.key)
        add(asked, "Description", given.title)
        add_other(asked, "ParameterType", _ROLES[given.role], _PARAMETERS)
        for choice in given.choices:
            add(asked, "ParameterSubType", choice, schemeName="choice")
        if given.value or given.unit:
            add_constant(asked, Given(given.value, "string", given.unit))
    for value in step.values:
        now = value.generations[-1]
        told = add(made, "Parameter")
        add(told, "ID", value.input)
        add(told, "Description", value.title)
        add(told, "ParameterType", "Other", OtherValue="RecordedValue")
        add(told, "ParameterSubType", value.kind.value, schemeName="kind")
        add(told, "ParameterSubType", value.criticality.value, schemeName="criticality")
        if now.value:
            add_constant(told, Given(now.value, data_type(value.kind), now.unit))
    add_other_information(made, rest(step, *_SAID_OF_STEP))


def _add_loop(above: Any, loop: LoopRecord, version: str) -> None:
    made = _element(above, "RecipeElementType", loop.key, "Repeat", loop.title, loop.goal)
    for done in loop.passes:
        _add_pass(made, loop, done, version)
    add_other_information(made, rest(loop, "key", "title", "goal", "passes"))


def _add_pass(above: Any, loop: LoopRecord, done: PassRecord, version: str) -> None:
    title = f"{loop.title}, pass {done.name}"
    made = _element(above, "RecipeElement", f"{loop.key}/pass/{done.name}", "Pass", title)
    logic = add(made, "ProcedureLogic")
    for number, key in enumerate(done.steps, 1):
        step = add(logic, "Step")
        add(step, "ID", str(number))
        add(step, "RecipeElementID", key)
        add(step, "RecipeElementVersion", version)
    add_other_information(made, rest(done, "steps", "judgements"))
