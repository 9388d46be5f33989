"""Is this text meant? Reasons, comments and entries that people type, judged without guessing.

Annex 11 clause 9 wants a reason that says something. A dash, one letter or a placeholder does not.
"""

LEAST = 3  # letters or digits in any text that explains something
LEAST_DECISION = 20  # characters of a reason for a decision of quality
MOST = 2000  # characters of any text a person types

_PLACEHOLDERS = frozenset(
    {"abc", "abcd", "asdf", "bla", "blah", "comment", "correction", "corrected", "error", "fixed"}
    | {"foo", "mistake", "nil", "none", "null", "qwerty", "reason", "see", "test", "tbc", "tbd"}
    | {"todo", "typo", "unknown", "void", "xyz", "yes"}
)


def fault_in(text: str, least: int = LEAST) -> str:
    """What is wrong with a text that has to explain something; empty when nothing is."""
    said = text.strip()
    real = [each for each in said.casefold() if each.isalnum()]
    if not said:
        return "missing"
    if fault := fault_in_writing(text):
        return fault
    if len(real) < LEAST or len(said) < least:
        return f"too short ({len(said)} characters)"
    if len(set(real)) < LEAST or "".join(real) in _PLACEHOLDERS:
        return f"a placeholder ({said!r})"
    return ""


def fault_in_writing(text: str) -> str:
    """What makes a text impossible to keep as written; empty when nothing does."""
    if len(text) > MOST:
        return f"too long ({len(text)} characters; at most {MOST})"
    if any(not each.isprintable() and each not in "\n\t" for each in text):
        return "written with control characters"
    return ""
