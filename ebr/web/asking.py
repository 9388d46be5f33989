"""What a page or the API must say about itself when it asks what could be done now."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, TypeVar

from flask import current_app
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ebr.batches import Moment
from ebr.settings import Settings
from ebr.web import work

R = TypeVar("R")


def settings() -> Settings:
    """The settings of this plant."""
    found: Settings = current_app.extensions["ebr.settings"]
    return found


def clock(session: Session) -> tuple[datetime, date]:
    """The moment by the database's clock, and the day that it is in the plant."""
    now: datetime = session.scalars(select(func.clock_timestamp())).one()
    return now, now.astimezone(settings().zone).date()


def ask(question: Callable[..., R], *given: Any) -> R:
    """The answer of a question that depends on who asks, and when by the database's clock."""
    with work.reading() as session:
        now, today = clock(session)
        moment = Moment(
            actor=work.actor(),
            now=now,
            today=today,
            witness_window_s=settings().witness_window_s,
            production=settings().production,
        )
        return question(session, *given, moment)
