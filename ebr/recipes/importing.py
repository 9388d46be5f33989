"""From a file of another system and its companion to a draft with findings; nothing is stored here.

What the reader noticed stands before what the engine finds, and where both say the same of one
place, the reader, who knows the line, says it alone.
"""

import base64
import binascii
from collections.abc import Sequence
from dataclasses import replace

from ebr.kernel import Malformed
from ebr.recipes import compile as compiling
from ebr.recipes import text
from ebr.recipes.batchml.draft import Draft, Gap, Noticed
from ebr.recipes.batchml.reading import read as read_file
from ebr.recipes.commands import CODED_MOST, ImportRecipe
from ebr.recipes.companion import complete, load_companion
from ebr.recipes.views import FindingView
from workflows.validity.finding import FindingSeverity

NAME_MOST = 200


def decoded(command: ImportRecipe) -> bytes:
    """The bytes of the file."""
    if not 0 < len(command.name.strip()) <= NAME_MOST:
        said = f"Name the file, with at most {NAME_MOST} characters."
        raise Malformed({"name": (said,)})
    if len(command.content) > CODED_MOST:
        raise Malformed({"content": (f"At most {CODED_MOST * 3 // 4:,} bytes can come in.",)})
    try:
        return base64.b64decode(command.content, validate=True)
    except (binascii.Error, ValueError):
        raise Malformed({"content": ("This is no Base64 of a file.",)}) from None


def read(source: bytes, companion: str) -> Draft:
    """The draft, completed where there is a companion; faults by the field that they came in."""
    try:
        found = read_file(source)
    except text.BadText as error:
        raise Malformed({"content": [str(fault) for fault in error.faults]}) from None
    if not companion.strip():
        return found
    try:
        return complete(found, load_companion(companion))
    except text.BadText as error:
        raise Malformed({"companion": [str(fault) for fault in error.faults]}) from None


def code_of(found: Draft) -> str:
    """The code under which the recipe is known here."""
    code = found.recipe.code
    if not code.strip():
        said = "The file gives the recipe no id; name its code in the companion."
        raise Malformed({"content": (said,)})
    return code


def numbered(found: Draft, number: int) -> Draft:
    """The draft as the next version: numbers here run without a gap."""
    if found.recipe.version == number:
        return found
    said = Noticed(
        gap=Gap.HEADER,
        severity=FindingSeverity.REMARK,
        place="version",
        text=f"the file says version {found.recipe.version}; here it is version {number}",
    )
    recipe = replace(found.recipe, version=number)
    return replace(found, recipe=recipe, noticed=(*found.noticed, said))


def text_of(found: Draft) -> str:
    """The draft's text, which has to be read again as the same recipe."""
    written = text.dump(found.recipe)
    try:
        same = text.load(written) == found.recipe
    except text.BadText as error:
        said = [f"The recipe cannot be written as text: {fault}" for fault in error.faults]
        raise Malformed({"content": said}) from None
    assert same
    return written


def found_in(found: Draft) -> tuple[FindingView, ...]:
    """Everything found by reader and engine."""
    return compiled(found).findings


def compiled(found: Draft) -> compiling.Compiled:
    """The recipe with its digest, and everything found by reader and engine."""
    made = compiling.compiled(found.recipe)
    return replace(made, findings=(*seen(found.noticed), *_not_said(made.findings, found)))


def seen(noticed: Sequence[Noticed]) -> tuple[FindingView, ...]:
    """What the reader noticed, as pages and the command line show it: errors first."""
    ordered = sorted(noticed, key=lambda each: each.severity is not FindingSeverity.ERROR)
    return tuple(
        FindingView(severity=each.severity.value, place=each.place, text=str(each))
        for each in ordered
    )


def _not_said(findings: Sequence[FindingView], found: Draft) -> list[FindingView]:
    said = {each.place for each in found.noticed if each.severity is FindingSeverity.ERROR}
    return [each for each in findings if each.place not in said]
