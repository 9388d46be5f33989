"""A scale: who it is, tare, zero, the stable weight and the weight of this moment.

A weight that counts is asked for, comes to rest, and is never averaged. Every question begins
with a fence: the scale repeats its serial number, and whatever arrived before that is old. So a
late or doubled answer to an earlier question cannot be taken for the answer to this one. After
an answer that was lost or could not be read, the connection is given up and a new one proves
everything again; zero and tare are not carried over.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from devices.endpoint import Endpoint
from devices.errors import (
    DeviceError,
    Garbled,
    OutOfRange,
    Rejected,
    Restarted,
    Silent,
    Unreachable,
    Unsteady,
    Unusable,
    WrongDevice,
)
from devices.protocols import sics
from devices.protocols.sics import Command, Denial, Message
from devices.reading import UNKNOWN_DEVICE, Act, Cause, Identity, Kind, Quality, Question, Reading
from devices.transports.wire import Line, Wire

_ASKED = {
    Act.WEIGH: (Command.STABLE_WEIGHT, Kind.NET),
    Act.TARE: (Command.TARE, Kind.TARE),
    Act.ZERO: (Command.ZERO, Kind.ZERO),
}
_MASS = ("g", "kg", "mg")


class Scale:
    """One session with one balance that speaks MT-SICS."""

    def __init__(
        self, endpoint: Endpoint, session: UUID, clock: Callable[[], datetime], wire: Wire
    ) -> None:
        self.session = session
        self._endpoint = endpoint
        self._clock = clock
        self._wire = wire
        self._identity = UNKNOWN_DEVICE
        self._number = 0
        self._overheard: list[Reading] = []
        self._alive = False
        self._restarted = False

    @property
    def alive(self) -> bool:
        """May it still be asked? After a lost, late or unreadable answer it may not."""
        return self._alive and not self._wire.ended

    async def open(self) -> Identity:
        """Connect, cancel what was pending, and compare the serial number with the register."""
        await self._wire.open()
        try:
            serial, _ = await self._exchange(Command.CANCEL, self._endpoint.reply_s)
            self._identity = Identity(model="", serial=_text(serial))
            self._compare()
            model, _ = await self._exchange(Command.MODEL, self._endpoint.reply_s)
            self._identity = Identity(model=_text(model), serial=_text(serial))
        except DeviceError:
            await self.close()
            raise
        self._alive = True
        return self._identity

    async def ask(self, question: Question) -> Reading:
        """The answer, at rest; whatever goes wrong comes back as a bad reading with its cause."""
        command, kind = _ASKED[question.act]
        try:
            serial, _ = await self._exchange(Command.SERIAL, self._endpoint.reply_s)
            self._identity = replace(self._identity, serial=_text(serial))
            self._compare()
            message, line = await self._exchange(command, self._endpoint.settle_s)
        except DeviceError as error:
            return self.failure(question, error)
        return replace(self._answer(command, kind, message, line), question=question.id)

    async def glance(self) -> Reading:
        """The weight of this moment, at rest or not; never for a record."""
        command = Command.WEIGHT_NOW
        try:
            message, line = await self._exchange(command, self._endpoint.reply_s)
        except DeviceError as error:
            reading = self._failed(Kind.NET, command, error)
            if error.frame:
                self._overheard.append(replace(reading, kind=Kind.NOTICE))
            return reading
        return self._answer(command, Kind.NET, message, line)

    def failure(self, question: Question, error: DeviceError) -> Reading:
        """The bad reading that answers a question which could not be asked."""
        command, kind = _ASKED[question.act]
        return replace(self._failed(kind, command, error), question=question.id)

    def overheard(self) -> tuple[Reading, ...]:
        """Lines nobody asked for since the last call: orphans, to be kept."""
        self._clear()
        heard, self._overheard = tuple(self._overheard), []
        return heard

    async def close(self) -> None:
        """Give the connection back."""
        self._alive = False
        await self._wire.close()

    async def _exchange(self, command: Command, seconds: float) -> tuple[Message, Line]:
        """One command, its answer by the deadline. Every other line is kept as an orphan.

        An unreadable line may have been the answer, so what remains of the patience shrinks to
        an ordinary reply time; a readable answer after it still counts.
        """
        try:
            return await self._converse(command, seconds)
        except DeviceError:
            # Danger: the answer may still be under way and must not meet the next question.
            self._alive = False
            raise

    async def _converse(self, command: Command, seconds: float) -> tuple[Message, Line]:
        self._clear()
        if self._restarted and command is not Command.CANCEL:
            raise Restarted("the scale restarted; zero and tare are lost")
        self._restarted = False
        await self._wire.send(command.line)
        now = asyncio.get_running_loop().time
        deadline = now() + seconds
        wrecks: list[Line] = []
        while True:
            try:
                line = await self._wire.line(max(0.0, deadline - now()))
            except (Silent, Unreachable) as error:
                raise _loss(error, wrecks) from error
            message = _message(line)
            if message is None:
                wrecks.append(line)
                deadline = min(deadline, now() + self._endpoint.reply_s)
            elif sics.answers(command, message, immediate_id=self._endpoint.profile.immediate_id):
                for wreck in wrecks:
                    self._hear(wreck)
                return message, line
            else:
                self._hear(line)
                if self._restarted:
                    raise Restarted("the scale restarted; zero and tare are lost", line.frame)

    def _compare(self) -> None:
        """Refuse to go on when another device answers than the one registered."""
        found, registered = self._identity.serial, self._endpoint.serial
        if found != registered:
            self._alive = False
            raise WrongDevice(
                f"serial number {found} answers, registered is {registered}", found.encode()
            )

    def _clear(self) -> None:
        """Take note of everything that arrived unread: it answers no question still to come."""
        for line in self._wire.waiting():
            self._hear(line)

    def _hear(self, line: Line) -> None:
        """Keep a line nobody asked for; a serial number among them means: it restarted."""
        message = _message(line)
        orphan = replace(self._reading(line.frame, line.at), cause=Cause.UNASKED)
        match message:
            case None:
                orphan = replace(orphan, cause=Cause.GARBLED)
            case sics.Weight():
                orphan = replace(
                    orphan,
                    kind=Kind.TARE if message.id in {b"T", b"TI"} else Kind.NET,
                    value=message.value,
                    unit=message.unit,
                    stable=message.stable,
                    quality=Quality.UNCERTAIN,
                )
            case sics.Named(id=b"I4"):
                self._restarted = True
                self._alive = False
                orphan = replace(orphan, cause=Cause.RESTARTED)
            case _:
                pass
        self._overheard.append(orphan)

    def _answer(self, command: Command, kind: Kind, message: Message, line: Line) -> Reading:
        """What an answer is worth: good only at rest, in the agreed unit and resolution."""
        reading = replace(self._reading(line.frame, line.at), kind=kind, command=command.line)
        match message:
            case sics.Done():
                return replace(reading, quality=Quality.GOOD, stable=True)
            case sics.Weight():
                reading = replace(
                    reading, value=message.value, unit=message.unit, stable=message.stable
                )
                reason = _reason_against(message, self._endpoint)
            case _:
                reason = _refusal(message)
        if reason is None:
            return replace(reading, quality=Quality.GOOD)
        moving = reason.cause is Cause.UNSTEADY and reading.value is not None
        quality = Quality.UNCERTAIN if moving else Quality.BAD
        return replace(reading, quality=quality, cause=reason.cause, detail=reason.detail)

    def _failed(self, kind: Kind, command: Command, error: DeviceError) -> Reading:
        return replace(
            self._reading(error.frame, self._clock()),
            kind=kind,
            command=command.line,
            cause=error.cause,
            detail=error.detail,
        )

    def _reading(self, frame: bytes, at: datetime) -> Reading:
        """A reading with its circumstances, still without worth."""
        self._number += 1
        return Reading(
            device=self._endpoint.device,
            session=self.session,
            number=self._number,
            question=None,
            kind=Kind.NOTICE,
            quality=Quality.BAD,
            cause=None,
            detail="",
            value=None,
            unit=None,
            stable=False,
            command=b"",
            frame=frame,
            received_at=at,
            identity=self._identity,
            connection=self._endpoint.address,
            profile=self._endpoint.profile.name,
            parser=sics.PARSER,
        )


def _message(line: Line) -> Message | None:
    """What the line says; None when it says nothing, whole or broken off."""
    try:
        return sics.parse(line.text) if line.whole else None
    except Garbled:
        return None


def _text(message: Message) -> str:
    """The text of an identification; Rejected when the scale would not give it."""
    if isinstance(message, sics.Named):
        return message.text
    raise Rejected("the scale does not say who it is")


def _loss(error: Silent | Unreachable, wrecks: list[Line]) -> DeviceError:
    """Why no answer came: unreadable lines explain it better than the silence after them."""
    if not wrecks:
        return error
    frame = b"".join(line.frame for line in wrecks)
    return Garbled("what came cannot be read as an answer", frame)


def _reason_against(weight: sics.Weight, endpoint: Endpoint) -> DeviceError | None:
    """Why a weight cannot count although it is one."""
    decimals = len(weight.value.partition(".")[2])
    if not weight.stable:
        return Unsteady("the weight is still moving")
    if weight.unit not in ((endpoint.unit,) if endpoint.unit else _MASS):
        expected = endpoint.unit or ", ".join(_MASS)
        return Unusable(f"unit {weight.unit} came, agreed is {expected}")
    if decimals < endpoint.decimals:
        text = f"{decimals} decimals came, agreed are {endpoint.decimals}"
        return Unusable(text, cause=Cause.RESOLUTION_LOST)
    return None


def _refusal(message: Message) -> DeviceError:
    """Why the scale gave no weight, in words for the person in front of it."""
    match message:
        case sics.Denied(why=Denial.OVERLOAD):
            return OutOfRange("the pan carries more than the scale can weigh")
        case sics.Denied(why=Denial.UNDERLOAD):
            return OutOfRange("the pan is lifted or not in place", cause=Cause.UNDERLOAD)
        case sics.Denied(why=Denial.NOT_NOW):
            return Unsteady("the weight did not come to rest, or the scale is busy")
        case sics.Broken(text=text):
            return Rejected(f"the scale reports {text}", cause=Cause.DEVICE_FAULT)
        case _:
            return Rejected("the scale did not accept the command")
