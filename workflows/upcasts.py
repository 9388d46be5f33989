"""Yesterday's event shapes → today's: one function for each version ever left behind.

An entry in the ledger is never rewritten. When the shape of an event changes, its VERSION rises and
a step is registered here that turns the plain data of the version before into that of the next.
The golden files in tests/golden/events prove that every version ever released still reads.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from workflows.events import EVENTS

Plain = Mapping[str, Any]
Step = Callable[[Plain], Plain]

# (kind, version left behind) → the step to the next version. Version 1 of everything is today's.
STEPS: Mapping[tuple[str, int], Step] = MappingProxyType({})

LATEST: Mapping[str, int] = MappingProxyType({event.KIND: event.VERSION for event in EVENTS})


class UnknownEvent(ValueError):
    """An event of a kind or version that this software never wrote."""


def upcast(
    kind: str,
    version: int,
    data: Plain,
    *,
    steps: Mapping[tuple[str, int], Step] = STEPS,
    latest: Mapping[str, int] = LATEST,
) -> Plain:
    """The data in today's shape. Raises `UnknownEvent` for what we never wrote."""
    if kind not in latest:
        raise UnknownEvent(f"no event is called {kind}")
    today = latest[kind]
    if not 1 <= version <= today:
        raise UnknownEvent(f"{kind} has versions 1 to {today}, not {version}")
    for left_behind in range(version, today):
        data = steps[kind, left_behind](data)
    return data
