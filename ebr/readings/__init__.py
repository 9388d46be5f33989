"""What devices reported, kept raw before anyone uses it."""

from devices import Act, Cause, Kind, LinkState, Quality
from ebr.readings.commands import AskReading, UseReading, WatchDevice
from ebr.readings.rules import ReadingRefusal
from ebr.readings.views import AnswerView, LiveView, OrphansPage, ReadingView, RequestState

__all__ = [
    "Act",
    "AnswerView",
    "AskReading",
    "Cause",
    "Kind",
    "LinkState",
    "LiveView",
    "OrphansPage",
    "Quality",
    "ReadingRefusal",
    "ReadingView",
    "RequestState",
    "UseReading",
    "WatchDevice",
]
