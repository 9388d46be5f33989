"""One phase of a file: its instruction as far as there is one, its parameters, what is missing."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ebr.recipes.batchml import words
from ebr.recipes.batchml.draft import Gap, Noticed
from ebr.recipes.batchml.elements import Element, Enumerations, Given
from workflows import recipe
from workflows.recipe import Parameter, ParameterRole, Phase
from workflows.validity.finding import FindingSeverity

ERROR, REMARK = FindingSeverity.ERROR, FindingSeverity.REMARK


@dataclass(slots=True)
class Notes:
    """Everything noticed so far."""

    found: list[Noticed] = field(default_factory=list)
    _words: dict[str, tuple[str, str, int | None, int]] = field(default_factory=dict)

    def add(
        self, gap: Gap, severity: FindingSeverity, place: str, text: str, line: int | None = None
    ) -> None:
        """One thing noticed, at a block of the recipe."""
        self.found.append(Noticed(gap=gap, severity=severity, place=place, text=text, line=line))

    def unit(self, word: str, code: str, place: str, line: int | None) -> None:
        """A word read as a unit; told once, with how often it stands."""
        first = self._words.get(word, (code, place, line, 0))
        self._words[word] = (*first[:3], first[3] + 1)

    def all(self) -> tuple[Noticed, ...]:
        """All of them, in the order of the file."""
        for word, (code, place, line, times) in self._words.items():
            often = "" if times == 1 else f", here and at {times - 1} other places"
            self.add(Gap.UNIT, REMARK, place, f"the unit {word!r} is read as {code}{often}", line)
        self._words.clear()
        return tuple(sorted(self.found, key=lambda each: each.line or 0))


def phase(
    element: Element,
    key: str,
    boilerplate: str,
    enumerations: Enumerations,
    notes: Notes,
) -> Phase:
    """The phase, with work that is to be done by hand until somebody says more."""
    told = [each for each in element.parameters if _says_something(each)]
    instructions = [each for each in told if each.title.lower().startswith("instruction")]
    said = [each for each in element.names[1:] if each and each != boilerplate]
    said += [each.value for each in instructions if each.value]
    if instructions:
        names = ", ".join(each.title for each in instructions)
        notes.add(
            Gap.WORDS, REMARK, key, f"taken as the instruction: {names}", instructions[0].line
        )
    given = [each for each in told if each not in instructions]
    if not said and not any(each.value for each in told):
        notes.add(
            Gap.PHASE,
            ERROR,
            f"{key}.instruction",
            f"{element} ({element.id}) has no instruction and no value: nobody could execute it",
            element.line,
        )
    for each in given if any(one.value for one in told) else ():
        if not each.value:
            what = each.title or f"parameter {each.id}"
            notes.add(Gap.WORDS, REMARK, key, f"{what} has no value", each.line)
    return Phase(
        key=key,
        title=element.name,
        instruction="\n".join(said),
        work=recipe.Instruction(),
        parameters=_parameters(given, key, enumerations, notes),
    )


def _says_something(given: Given) -> bool:
    return bool(given.title or given.value or given.role)


def _parameters(
    given: Sequence[Given],
    key: str,
    enumerations: Enumerations,
    notes: Notes,
) -> tuple[Parameter, ...]:
    keys = words.Keys(())
    return tuple(_parameter(each, key, keys, enumerations, notes) for each in given)


def _parameter(
    given: Given,
    place: str,
    keys: words.Keys,
    enumerations: Enumerations,
    notes: Notes,
) -> Parameter:
    title = given.title or f"Parameter {given.id}".strip()
    if not given.title:
        notes.add(
            Gap.NAME, REMARK, place, f"parameter {given.id} has no name; called {title}", given.line
        )
    if given.value and given.reading not in ("", "Constant"):
        said = f"{title} is no constant but {given.reading!r}; {given.value!r} is told as it stands"
        notes.add(Gap.WORDS, REMARK, place, said, given.line)
    if given.value and given.scaled.lower() in words.YES:
        said = f"{title} follows the size of the batch in the file; here it is told as it stands"
        notes.add(Gap.WORDS, REMARK, place, said, given.line)
    return Parameter(
        key=keys.new(title, place, spare="parameter"),
        title=title,
        value=given.value,
        unit=_unit(given, title, place, notes),
        choices=_choices(given, title, place, enumerations, notes),
        role=words.ROLES.get(given.role, ParameterRole.PARAMETER),
    )


def _unit(given: Given, title: str, place: str, notes: Notes) -> str | None:
    if given.unit.lower() in words.NO_UNIT:
        return None
    code = words.unit(given.unit)
    if code is not None and code != given.unit:
        notes.unit(given.unit, code, place, given.line)
    if words.TIMES.search(title) and code not in ("s", "min", "h", "d"):
        notes.add(
            Gap.UNIT,
            REMARK,
            place,
            f"{title} speaks of a time, and its unit is {given.unit!r}",
            given.line,
        )
    return code or given.unit


def _choices(
    given: Given,
    title: str,
    place: str,
    enumerations: Enumerations,
    notes: Notes,
) -> tuple[str, ...]:
    """What may be chosen, where the value is one of an enumeration of the file."""
    if given.kind != "Enumeration":
        return ()
    offered = enumerations.offered(given)
    if given.value in offered:
        return offered
    if given.value:
        where = f"enumeration {given.enumeration}" if offered else "any enumeration of the file"
        notes.add(
            Gap.WORDS,
            REMARK,
            place,
            f"{title} is {given.value!r}, not a member of {where}; it is kept as a word",
            given.line,
        )
    return ()
