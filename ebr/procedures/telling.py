"""A drawn procedure in words, for those who do not see it."""

from typing import assert_never

from ebr.procedures.parts import Box, Columns, Fork, Frame, Line, Loop, Part


def told(part: Part) -> str:
    """The way through the procedure as one sentence."""
    match part:
        case Box():
            return f"{part.number} {part.title}".strip()
        case Line(parts=parts) | Columns(columns=parts):
            return ", then ".join(map(told, parts))
        case Fork(branches=branches):
            return f"at the same time ({'; and '.join(map(told, branches))})"
        case Loop(body=body, words=words, most=most):
            return f"again and again, at most {most} times, until {words} ({told(body)})"
        case Frame(body=body):
            return f"{part.level} {part.number} {part.title} ({told(body)})"
        case _:
            assert_never(part)


def marked(part: Box | Frame | Loop) -> str:
    """What the marks of a part count."""
    exceptions = part.exceptions if isinstance(part, Box) else 0
    counted = ((part.errors, "error"), (part.remarks, "remark"), (exceptions, "exception"))
    found = [f"{count} {one if count == 1 else one + 's'}" for count, one in counted if count]
    return ", ".join(found)
