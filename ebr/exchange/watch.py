"""The watch of the house: tells the security contact, and tells the access log of idle sessions."""

import threading
from collections.abc import Callable

import sqlalchemy as sa

from audit.follower import Follower, Sealed
from ebr import identity
from ebr.exchange.notices import notices_of
from ebr.exchange.sinks import Sink
from ebr.identity import Right
from ebr.kernel import Actor, EbrError, new_id
from ebr.kernel.opening import Database, perform, reading, unit_of_work

NAME = "notices"
EVERY_S = 1.0
AGAIN_S = 30.0
ROUNDS_TO_TIDY = 3600
WATCHMAN = Actor.service("watch", "SERVER", (Right.KEEP_HOUSE,))


def watch(
    database: Database,
    sinks: tuple[Sink, ...],
    say: Callable[[str], None],
    stopping: threading.Event,
) -> None:
    """Go round until told to stop; what could not be delivered is delivered later, in order."""
    say("following the ledger for notices")
    rounds = 0
    while not stopping.is_set():
        stopping.wait(round_once(database, sinks, say, tidy=rounds % ROUNDS_TO_TIDY == 0))
        rounds += 1


def round_once(
    database: Database,
    sinks: tuple[Sink, ...],
    say: Callable[[str], None],
    *,
    tidy: bool = False,
) -> float:
    """One round; how many seconds to wait before the next."""
    settings = database.settings

    def deliver(sealed: Sealed) -> None:
        for notice in notices_of(sealed, settings.site, settings.zone):
            for sink in sinks:
                sink.deliver(notice)
            say(notice.subject)

    try:
        if tidy:
            perform(database, WATCHMAN, identity.forget_sessions, None, str(new_id()))
            with unit_of_work(database, WATCHMAN, str(new_id())) as work:
                work.forget_requests()
        lock_idle_sessions(database)
        while Follower(database.engine, NAME).advance(deliver):
            continue
    except (OSError, EbrError, sa.exc.SQLAlchemyError) as fault:
        reason = str(fault).splitlines()[0]
        say(f"not delivered, tried again in {AGAIN_S:.0f} s: {reason}")
        return AGAIN_S
    return EVERY_S


def lock_idle_sessions(database: Database) -> None:
    """Tell the access log which sessions have locked by themselves."""
    with reading(database) as session:
        idle = identity.idle_sessions(session)
    for one in idle:
        perform(database, WATCHMAN, identity.lock_idle, one, str(new_id()))
