"""Statements to read and confirm one by one; a `no` is kept and raises an exception."""

from workflows.refusals import Code, Refusal
from workflows.rules import refusal

ANSWERS = ("yes", "no")


def against_answer(answer: str) -> tuple[Refusal, ...]:
    """A statement is confirmed or denied, nothing else."""
    return against_choice(ANSWERS, answer)


def against_choice(known: tuple[str, ...], answer: str) -> tuple[Refusal, ...]:
    """The answer has to be one of those on offer."""
    if answer in known:
        return ()
    return (
        refusal(
            Code.VALUE_UNREADABLE,
            value=repr(answer[:40]),
            wanted="one of the choices",
            example=" or ".join(known),
        ),
    )
