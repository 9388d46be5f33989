"""Who makes the demo's batch: people of the demo plant, each at their station, over HTTP."""

from ebr.demo.client import Person
from ebr.demo.drive import Crew
from ebr.demo.people import PEOPLE
from ebr.settings import Settings


def crew_of(settings: Settings) -> Crew:
    """The crew of a plant that answers at these settings."""
    return Crew(
        supervisor=_person(settings, "l.varga"),
        operators=(_person(settings, "m.keller"), _person(settings, "t.okafor")),
        witness=_person(settings, "j.brandt"),
        reviewer=_person(settings, "s.lindqvist"),
        author=_person(settings, "a.moreau"),
        releaser=_person(settings, "h.aalto"),
    )


def _person(settings: Settings, login: str) -> Person:
    somebody = PEOPLE[login]
    return Person(
        host=settings.host,
        port=settings.port,
        login=login,
        secret=somebody.password,
        station=somebody.station,
    )
