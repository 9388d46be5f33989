"""What devices reported, kept raw before anyone uses it."""

from devices import Act, Cause, Kind, LinkState, Quality
from ebr.readings.collect import collect
from ebr.readings.commands import AskReading, ExplainOrphan, UseReading, WatchDevice
from ebr.readings.operations import ask, explain, use, watch
from ebr.readings.queries import (
    answer,
    last_answer,
    live,
    live_devices,
    open_orphans,
    orphans,
    reading,
    readings_of_step,
)
from ebr.readings.rules import ReadingRefusal
from ebr.readings.sink import PlantSink
from ebr.readings.views import (
    AnswerView,
    ExplanationView,
    LiveView,
    OrphansPage,
    ReadingView,
    RequestState,
)

__all__ = [
    "Act",
    "AnswerView",
    "AskReading",
    "Cause",
    "ExplainOrphan",
    "ExplanationView",
    "Kind",
    "LinkState",
    "LiveView",
    "OrphansPage",
    "PlantSink",
    "Quality",
    "ReadingRefusal",
    "ReadingView",
    "RequestState",
    "UseReading",
    "WatchDevice",
    "answer",
    "ask",
    "collect",
    "explain",
    "last_answer",
    "live",
    "live_devices",
    "open_orphans",
    "orphans",
    "reading",
    "readings_of_step",
    "use",
    "watch",
]
