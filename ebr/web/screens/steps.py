"""One step as its screen shows it: where it stands, what can be pressed, why not if not."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from markupsafe import Markup
from sqlalchemy.orm import Session

from ebr import batches, inventory, maintenance
from ebr.batches import BatchView, Moment, OperationView, ReasonView, StepView
from ebr.inventory import ScanView, Stock
from ebr.kernel import Unknown
from ebr.maintenance import EquipmentView
from ebr.web import addresses
from ebr.web.filters import minutes, plural
from ebr.web.gauges import Gauge, gauge
from ebr.web.screens import weighing
from ebr.web.screens.maps import batch_map
from ebr.web.screens.weighing import LiveScreen, Stored
from ebr.web.screens.wording import measure
from workflows import StepStatus
from workflows.quantity import Quantity
from workflows.recipe import InputKind, Meaning, Recipe

IN_HAND = frozenset({StepStatus.RUNNING, StepStatus.UNSIGNED})
DONE = frozenset({StepStatus.COMPLETE, StepStatus.SKIPPED})
SECOND_PERSON = frozenset({"witness_involved", "right_missing"})
MISSING = "value_missing"
MOST_SUGGESTED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """The one main button: what it says, where it leads, why it would be refused."""

    label: str
    icon: str
    url: str
    why: str
    sends: bool = False
    fields: tuple[tuple[str, str], ...] = ()
    reasons: tuple[ReasonView, ...] = ()

    @property
    def missing(self) -> str:
        """What is still to be recorded, where nothing else stands against it: no cause for red."""
        if not self.reasons or any(each.code != MISSING for each in self.reasons):
            return ""
        return f"Still to record: {'; '.join(_bare(each.text) for each in self.reasons)}."


@dataclass(frozen=True, slots=True, kw_only=True)
class StepScreen:
    """Everything that one step's page shows."""

    batch: BatchView
    step: StepView
    url: str
    operation: OperationView
    open: bool
    press: Press
    slots: tuple[tuple[int, str, str, str], ...]
    gauges: dict[str, Gauge]
    shelf: tuple[Stock, ...]
    scanned: tuple[ScanView, ...]
    unit: EquipmentView | None
    live: LiveScreen | None
    stored: Stored | None
    whole: Gauge | None  # the charge as it stands on record
    now: datetime
    today: date
    recipe: Recipe

    @property
    def map(self) -> Markup:
        """The map of the batch, drawn only where it is shown."""
        return batch_map(self.recipe, self.batch, self.step.key)

    @property
    def simulated(self) -> bool:
        """Whether the scale of this step is a stand-in, with a pan to put weights on."""
        return self.live is not None and self.live.simulated


def screen(session: Session, batch_id: UUID, key: str, moment: Moment) -> StepScreen:
    """The step with its batch, its materials and equipment as they stand now."""
    batch = batches.batch(session, batch_id)
    step = batches.step(session, batch_id, key, moment)
    enough = weighed_enough(step)
    weighs = step.status in IN_HAND and not enough
    live = weighing.live(session, step) if weighs else None
    stored = weighing.stored(session, batch_id, step, moment.now) if live else None
    equipment = step.equipment or (step.weigh.scale if step.weigh else None)
    held = step.weigh.containers if step.weigh else step.containers
    scans = (inventory.scan(session, each.code) for each in held)
    url = addresses.of_step(batch_id, key)
    return StepScreen(
        batch=batch,
        step=step,
        url=url,
        operation=next(
            each for each in batch.operations if any(one.key == key for one in each.steps)
        ),
        open=step.status in IN_HAND,
        press=_press(step, url, batch, stored),
        slots=_slots(step, moment),
        gauges=_gauges(step),
        shelf=_shelf(session, step, moment),
        scanned=tuple(each for each in scans if each is not None),
        unit=maintenance.equipment_by_code(session, equipment.code) if equipment else None,
        live=live,
        stored=stored,
        whole=weighing.on_record(step),
        now=moment.now,
        today=moment.today,
        recipe=batches.control_recipe(session, batch_id),
    )


def _shelf(session: Session, step: StepView, moment: Moment) -> tuple[Stock, ...]:
    """What may be taken, the container that is first expired at the front."""
    if step.kind != "identify_material" or step.wanted_material is None or step.status in DONE:
        return ()
    found = inventory.shelf(session, step.wanted_material.code, now=moment.now, today=moment.today)
    return found[:MOST_SUGGESTED]


def _gauges(step: StepView) -> dict[str, Gauge]:
    """The bar of each number that has two limits and a value on record."""
    found = {}
    for each in step.inputs:
        value = each.value.value if each.value else ""
        if each.low is None or each.high is None or not value or each.kind not in _NUMBERS:
            continue
        low, high = Quantity(each.low, each.unit or "1"), Quantity(each.high, each.unit or "1")
        if low.compare(high) < 0:
            target = Quantity(each.target.split(" ")[0], low.unit) if each.target else None
            found[each.key] = gauge(Quantity(value, low.unit), low, high, target)
    return found


_NUMBERS = frozenset({InputKind.NUMBER, InputKind.CALCULATED})


def _press(step: StepView, url: str, batch: BatchView, stored: Stored | None) -> Press:
    """The one act that stands next for this step."""
    match step.status:
        case StepStatus.IDLE | StepStatus.OPEN:
            return Press(
                label="Start step",
                icon="circle-play",
                url=f"{url}/start",
                why="Starting puts your name and the time on record.",
                sends=True,
                reasons=step.acts["start"].reasons,
            )
        case StepStatus.AWAITING_WITNESS:
            against = step.acts["witness"].reasons
            return Press(
                label="Witness",
                icon="users",
                url=f"{url}/witness",
                why="The second person gives login and secret in the next dialog.",
                reasons=tuple(each for each in against if each.code not in SECOND_PERSON),
            )
        case StepStatus.COMPLETE | StepStatus.SKIPPED:
            return _onward(step, batch)
        case _:
            return _in_hand(step, url, stored)


def _bare(text: str) -> str:
    return text.removesuffix(" is not on record.")


def _in_hand(step: StepView, url: str, stored: Stored | None) -> Press:
    signing = Press(
        label="Sign as performer",
        icon="pen-line",
        url=f"{url}/sign",
        why=_early(step) or "Signing says that you did this step as recorded.",
        reasons=step.acts["complete"].reasons,
    )
    if step.kind == "calculation" and not any(each.value for each in step.inputs):
        return Press(
            label="Calculate",
            icon="calculator",
            url=f"{url}/calculate",
            why="The result is computed by the system from the values on record.",
            sends=True,
            reasons=step.acts["calculate"].reasons,
        )
    if step.weigh is not None and not weighed_enough(step):
        return _weighing(url, stored)
    return signing


def _early(step: StepView) -> str:
    if step.timer is None or step.timer.elapsed_s >= step.timer.least_s:
        return ""
    left = minutes(step.timer.least_s - step.timer.elapsed_s)
    return f"The time is not over yet: {left} left. Signing now raises an exception."


def weighed_enough(step: StepView) -> bool:
    """Whether the charge has reached its least: then the step is signed, not weighed further."""
    weigh = step.weigh
    if weigh is None or not weigh.weighings or weigh.total is None:
        return False
    if weigh.least is None:
        return True
    return Quantity(weigh.total, weigh.unit).compare(Quantity(weigh.least, weigh.unit)) >= 0


def _weighing(url: str, stored: Stored | None) -> Press:
    if stored is not None and stored.state == "ready":
        return Press(
            label=f"Accept {stored.value} {stored.unit}",
            icon="check",
            url=f"{url}/weight",
            why="Accepting records this weight as stored from the scale; nothing is typed.",
            sends=True,
            fields=(("reading", str(stored.reading)),),
        )
    waiting = stored is not None and stored.state == "waiting"
    reason = ReasonView(
        code="waiting",
        text="The scale has been asked and has not answered yet.",
        remedy="",
        requirement="",
    )
    return Press(
        label="Take weight",
        icon="scale",
        url=f"{url}/readings",
        why="The scale sends the weight once it is at rest; it is stored before you accept it.",
        sends=True,
        fields=(("act", "weigh"),),
        reasons=(reason,) if waiting else (),
    )


def _onward(step: StepView, batch: BatchView) -> Press:
    for following in step.next:
        label, where = f"Next: {following.number}", addresses.of_step(batch.id, following.key)
        return Press(label=label, icon="arrow-right", url=where, why=f"Next is {following.title}.")
    why = "Nothing follows this step directly; your work list shows what is open."
    return Press(label="My work", icon="list", url="/work", why=why)


def _slots(step: StepView, moment: Moment) -> tuple[tuple[int, str, str, str], ...]:
    """The signature bar: who performed, who witnessed, and what stands next."""
    standing = {each.meaning: each for each in step.signatures if each.superseded is None}
    found = []
    performed = standing.get(Meaning.PERFORMED) or standing.get(Meaning.SKIPPED)
    if performed is not None:
        words = f"{performed.name}, {performed.role}"
        meaning = "Skipped by" if performed.meaning is Meaning.SKIPPED else "Performed by"
        found.append((1, meaning, words, "done"))
    else:
        state = "next" if step.status in IN_HAND else "open"
        found.append((1, "Performed by", _performer(step, moment), state))
    if step.witness:
        witnessed = standing.get(Meaning.WITNESSED)
        if witnessed is not None:
            found.append((2, "Witnessed by", f"{witnessed.name}, {witnessed.role}", "done"))
        else:
            waits = step.status is StepStatus.AWAITING_WITNESS
            words = "Second person, signs now" if waits else "Second person, after 1"
            found.append((2, "Witnessed by", words, "next" if waits else "open"))
    return tuple(found)


def _performer(step: StepView, moment: Moment) -> str:
    if step.status in {StepStatus.IDLE, StepStatus.OPEN}:
        return "Not started yet"
    if step.status is StepStatus.UNSIGNED:
        return "To be signed again"
    ready = step.acts["complete"].allowed
    missing = len(step.acts["complete"].reasons)
    name = moment.actor.name
    return f"{name}, ready to sign" if ready else f"{name}, {plural(missing, 'thing')} missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Correctable:
    """A value on record as its correction dialog needs it."""

    title: str
    shown: str
    code: str  # the unit as the record names it
    unit: str
    number: bool
    date: bool
    choices: tuple[tuple[str, str], ...]


def correctable(at: StepScreen, key: str) -> Correctable:
    """What stands on record under a key: a value, or a weighing as `weight#2`."""
    step = at.step
    weighings = step.weigh.weighings if step.weigh else ()
    for each in weighings:
        if key == f"weight#{each.number}" or (key == "weight" and len(weighings) == 1):
            title = f"weighing {each.number}"
            shown = measure(f"{each.net} {each.unit}")
            return _correctable(title, shown, each.unit, InputKind.NUMBER)
    for asked in step.inputs:
        if asked.key == key and asked.value is not None:
            text = asked.value.value or "nothing"
            shown = measure(f"{text} {asked.unit}") if asked.unit not in {None, "1"} else text
            choices = ("yes", "no") if asked.kind is InputKind.CONFIRMATION else asked.choices
            return _correctable(asked.title, shown, asked.unit or "", asked.kind, choices)
    raise Unknown("value on record")


def _correctable(
    title: str, shown: str, unit: str, kind: InputKind, choices: tuple[str, ...] = ()
) -> Correctable:
    return Correctable(
        title=title,
        shown=shown,
        code=unit,
        unit="" if unit == "1" else unit,
        number=kind is InputKind.NUMBER,
        date=kind is InputKind.DATE,
        choices=tuple((each, each.capitalize()) for each in choices),
    )
