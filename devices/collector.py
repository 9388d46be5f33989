"""Reads many devices and hands every reading to the sink it was given.

One task a device, one connection at a time, new connections with growing pauses. A question is
asked once: when its answer was lost the answer is "lost", never a second try behind the back of
the person at the scale. A reading is handed over until the sink has it; meanwhile the device is
asked nothing new.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from devices.device import Device
from devices.drivers import open_device
from devices.endpoint import Endpoint
from devices.errors import DeviceError, StoreAway, WrongDevice
from devices.reading import UNKNOWN_DEVICE, Identity, Question, Reading


class LinkState(StrEnum):
    """How it stands between us and one device."""

    CONNECTING = "connecting"
    READY = "ready"
    OFFLINE = "offline"
    BLOCKED = "blocked"  # reached, and not the device that is registered


@dataclass(frozen=True, slots=True)
class Health:
    """How it stands with one device, since when, and who it said it is."""

    device: str
    state: LinkState
    detail: str
    at: datetime
    session: UUID
    identity: Identity


@dataclass(frozen=True, slots=True)
class Orders:
    """What there is to do: the devices that are ours, questions to them, which are looked at."""

    endpoints: tuple[Endpoint, ...]
    questions: tuple[Question, ...]
    watched: frozenset[str]


class Desk(Protocol):
    """Where the collector hears what there is to do. Calls may block: they run in a thread."""

    def look(self, seconds: float) -> Orders:
        """Wait for news up to `seconds`; StoreAway when there is nobody to ask.

        A question is handed out once, and only for a device in `endpoints`.
        """


class Sink(Protocol):
    """Where readings go. Calls may block: they run in a thread."""

    def keep(self, readings: tuple[Reading, ...]) -> None:
        """Keep for good, durable on return; StoreAway when that is not possible now."""

    def show(self, reading: Reading) -> None:
        """Show the value of this moment; may be lost."""

    def report(self, health: Health) -> None:
        """Tell how it stands with a device; may be lost."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often things are done, in seconds."""

    watched_s: float = 0.2
    idle_s: float = 2.0
    look_s: float = 1.0
    least_pause_s: float = 0.25
    most_pause_s: float = 5.0
    last_tries: int = 5


@dataclass(slots=True)
class _Post:
    """One device, the questions on their way to it, and whether its task is to go."""

    endpoint: Endpoint
    mail: asyncio.Queue[Question | None] = field(default_factory=asyncio.Queue)
    watched: bool = False
    leaving: bool = False

    def watch(self, *, watched: bool) -> None:
        """Somebody looks at the device, or nobody any more; a first look is not kept waiting."""
        if watched and not self.watched:
            self.mail.put_nowait(None)
        self.watched = watched

    def leave(self) -> None:
        """Have the task finish what it is at, and go."""
        self.leaving = True
        self.mail.put_nowait(None)

    async def next(self, seconds: float) -> Question | None:
        """The next question; None when there is none in time or there is other news."""
        try:
            async with asyncio.timeout(seconds):
                return await self.mail.get()
        except TimeoutError:
            return None


class Collector:
    """Keeps every device that is ours connected, asked and looked at, until told to stop."""

    def __init__(
        self,
        desk: Desk,
        sink: Sink,
        clock: Callable[[], datetime],
        new_session: Callable[[], UUID],
        pace: Pace | None = None,
    ) -> None:
        self._desk = desk
        self._sink = sink
        self._clock = clock
        self._new_session = new_session
        self._pace = pace or Pace()
        self._posts: dict[str, tuple[_Post, asyncio.Task[None]]] = {}
        self._stopping = False

    def stop(self) -> None:
        """Finish what is being asked, keep it, and go. Call it in the collector's own loop."""
        self._stopping = True

    async def run(self) -> None:
        """Look at the desk again and again; see that every device has its task."""
        pause = self._pace.least_pause_s
        while not self._stopping:
            try:
                orders = await asyncio.to_thread(self._desk.look, self._pace.look_s)
            except StoreAway:
                await asyncio.sleep(pause)
                pause = min(pause * 2, self._pace.most_pause_s)
                continue
            pause = self._pace.least_pause_s
            self._staff(orders)
        for post, _ in self._posts.values():
            post.leave()
        await asyncio.gather(*(task for _, task in self._posts.values()))

    def _staff(self, orders: Orders) -> None:
        """A task for every device that is ours; one whose address changed goes before the next."""
        wanted = {endpoint.device: endpoint for endpoint in orders.endpoints}
        left: dict[str, asyncio.Queue[Question | None]] = {}
        for device, (post, task) in list(self._posts.items()):
            if task.done():
                task.result()
                del self._posts[device]
                left[device] = post.mail  # what it did not come to, its successor answers
            elif wanted.get(device) != post.endpoint and not post.leaving:
                post.leave()
        for device, endpoint in wanted.items():
            if device not in self._posts:
                post = _Post(endpoint, left.get(device) or asyncio.Queue())
                self._posts[device] = (post, asyncio.create_task(self._serve(post)))
            self._posts[device][0].watch(watched=device in orders.watched)
        for question in orders.questions:
            self._posts[question.device][0].mail.put_nowait(question)

    async def _serve(self, post: _Post) -> None:
        """One device for as long as it is ours: connect, work, and connect again."""
        pause = self._pace.least_pause_s
        while not post.leaving:
            device = open_device(post.endpoint, self._new_session(), self._clock)
            try:
                identity = await device.open()
                await self._report(device, post, LinkState.READY, "", identity)
                pause = self._pace.least_pause_s
                lost = await self._work(device, post)
                await self._report(device, post, LinkState.OFFLINE, lost, identity)
                await asyncio.sleep(pause)
            except DeviceError as error:
                await self._keep(device.overheard(), post)
                blocked = isinstance(error, WrongDevice)
                state = LinkState.BLOCKED if blocked else LinkState.OFFLINE
                await self._report(device, post, state, error.detail, UNKNOWN_DEVICE)
                await self._turn_away(device, post, error, pause)
                pause = min(pause * 2, self._pace.most_pause_s)
            finally:
                await device.close()

    async def _work(self, device: Device, post: _Post) -> str:
        """Answer questions and look in between, until the connection is of no more use: why."""
        lost = "the connection ended"
        while device.alive and (not post.leaving or self._is_asked_last(post)):
            question = await post.next(self._pace.watched_s if post.watched else self._pace.idle_s)
            if question is None:
                reading = await device.glance()
                await self._keep(device.overheard(), post)
            else:
                reading = await device.ask(question)
                await self._keep((*device.overheard(), reading), post)
            lost = reading.detail or lost
            await self._show(reading)
        return lost

    def _is_asked_last(self, post: _Post) -> bool:
        """Was something handed out just before we were told to go? Nobody else will ask it."""
        return self._stopping and not post.mail.empty()

    async def _turn_away(
        self, device: Device, post: _Post, error: DeviceError, seconds: float
    ) -> None:
        """Answer what is asked of a device that cannot be asked, until it is time to try again."""
        now = asyncio.get_running_loop().time
        until = now() + seconds
        while not post.leaving and now() < until:
            question = await post.next(until - now())
            if question is not None:
                await self._keep((device.failure(question, error),), post)

    async def _keep(self, readings: tuple[Reading, ...], post: _Post) -> None:
        """Hand readings over until they are kept: they exist nowhere else.

        Only a collector that is told to go gives up, after a while: its successor finds the
        question unanswered and says so.
        """
        pause, tries_left = self._pace.least_pause_s, self._pace.last_tries
        while readings and tries_left:
            try:
                await asyncio.to_thread(self._sink.keep, readings)
                return
            except StoreAway:
                tries_left -= post.leaving
                await asyncio.sleep(pause)
                pause = min(pause * 2, self._pace.most_pause_s)

    async def _show(self, reading: Reading) -> None:
        try:
            await asyncio.to_thread(self._sink.show, reading)
        except StoreAway:
            return  # the next glance shows more anyway

    async def _report(
        self, device: Device, post: _Post, state: LinkState, detail: str, identity: Identity
    ) -> None:
        code = post.endpoint.device
        health = Health(code, state, detail, self._clock(), device.session, identity)
        try:
            await asyncio.to_thread(self._sink.report, health)
        except StoreAway:
            return  # whoever looks sees that the last contact is long ago
