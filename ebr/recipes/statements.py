"""What the approver of a recipe is shown and signs, as a plain value."""

import json

from audit.canonical import Plain
from ebr.recipes import rules
from ebr.recipes.model import Version
from ebr.recipes.views import FindingView
from workflows.recipe import Meaning


def findings(version: Version) -> tuple[FindingView, ...]:
    """What was found in the text when it came in."""
    return tuple(
        FindingView(severity=severity, place=place, text=text)
        for severity, place, text in json.loads(version.findings)
    )


def standing(code: str, version: Version) -> rules.Standing:
    """What the rules of an approval need to know of a version."""
    found = findings(version)
    return rules.Standing(
        code=code,
        number=version.number,
        state=version.state,
        author=version.author,
        author_name=version.author_name,
        errors=[f"{each.place}: {each.text}" for each in found if each.severity == "error"],
        remarks=[f"{each.place}: {each.text}" for each in found if each.severity != "error"],
    )


def of_approval(code: str, version: Version) -> dict[str, Plain]:
    """The statement of an approval: the version by its digest, with what was found in it."""
    return {
        "act": "approve recipe",
        "meaning": Meaning.APPROVED.value,
        "record": f"recipe {code}",
        "version": version.number,
        "title": version.title,
        "product": version.product,
        "size": version.size,
        "author": version.author_name,
        "digest": version.digest,
        "findings": [f"{each.severity} {each.place}: {each.text}" for each in findings(version)],
    }
