"""The right that an operation needs, checked where the act is (21 CFR 11.10(g)).

Web, API, command line and partners all pass here, whatever a route or a button has promised before.
"""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, Protocol, TypeVar

from ebr.identity.rights import Right
from ebr.kernel import Actor, Forbidden


class Acting(Protocol):
    """Whatever knows who acts: the unit of work."""

    @property
    def actor(self) -> Actor:
        """Who acts, with the rights in force at this very call."""


W = TypeVar("W", bound=Acting)
P = ParamSpec("P")
R = TypeVar("R")
Operation = Callable[Concatenate[W, P], R]


def needs(right: Right) -> Callable[[Operation[W, P, R]], Operation[W, P, R]]:
    """Let an operation run only for an actor who holds the right; else `Forbidden` names it."""

    def guard(operation: Operation[W, P, R]) -> Operation[W, P, R]:
        @functools.wraps(operation)
        def guarded(work: W, /, *args: P.args, **kwargs: P.kwargs) -> R:
            if not work.actor.may(right):
                raise Forbidden(right)
            return operation(work, *args, **kwargs)

        guarded.__dict__["right"] = right
        return guarded

    return guard
