"""The contract of the API changes only where somebody meant it to."""

import difflib

from tests.golden import openapi


def test_the_description_of_the_api_is_what_was_promised() -> None:
    promised = openapi.PLACE.read_text(encoding="utf-8")
    changed = difflib.unified_diff(
        promised.splitlines(), openapi.described().splitlines(), "promised", "today", n=2
    )
    told = "\n".join(changed)
    assert not told, f"python -m tests.golden.openapi writes it anew, if this is meant:\n{told}"


def test_the_description_is_the_same_however_often_it_is_made() -> None:
    assert openapi.described() == openapi.described()
