"""Every signature of a batch in its place: on a step, on a decision, or under the disposition."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from audit.signature import Signature
from ebr.batches.record.parts import SignatureRecord, Superseded
from ebr.batches.record.shapes import PersonRecord
from ebr.batches.record.story import Story
from ebr.kernel import Told
from workflows import events
from workflows.recipe import Meaning

STANDING = (events.StepCompleted, events.StepWitnessed, events.StepSkipped)
_OF_STEP = (*STANDING, events.MaterialWeighed, events.ValueCorrected)
_OF_BATCH = (events.BatchReviewed, events.BatchReleased, events.BatchRejected)


def of_step(story: Story, step: str) -> tuple[SignatureRecord, ...]:
    """The signatures on a step, those that no longer stand too."""
    found: list[SignatureRecord] = []
    for entry in story.entries:
        event = next((each for each in entry.events if isinstance(each, _OF_STEP)), None)
        if event is None or event.step != step:
            continue
        fallen = _unsigned_after(story, step, entry) if isinstance(event, STANDING) else None
        generation = _generation(story, step, entry) if isinstance(event, STANDING) else 0
        found += (
            record(story, entry, each, _subject(event), fallen=fallen, generation=generation)
            for each in entry.signatures
        )
    return tuple(found)


def of_batch(story: Story) -> tuple[SignatureRecord, ...]:
    """The signatures of review and disposition."""
    return tuple(
        record(story, entry, each, "batch", fallen=_cleared_after(story, entry))
        for entry in story.entries
        if any(isinstance(event, _OF_BATCH) for event in entry.events)
        for each in entry.signatures
    )


def record(
    story: Story,
    entry: Told,
    signature: Signature,
    on: str,
    *,
    fallen: Superseded | None = None,
    generation: int = 0,
) -> SignatureRecord:
    """One signature as the record writes it."""
    return SignatureRecord(
        key=story.keys[signature.person],
        meaning=Meaning(signature.meaning),
        name=signature.name,
        role=signature.role,
        at=story.at(datetime.fromisoformat(signature.at)),
        station=signature.station,
        method=signature.method,
        components=signature.components,
        shown=signature.shown,
        person=UUID(signature.person),
        account=UUID(signature.account),
        proof=signature.proof or "",
        on=on,
        generation=generation,
        superseded=fallen,
        entry=entry.seq,
    )


def _subject(event: object) -> str:
    match event:
        case events.MaterialWeighed():
            return "typed weight"
        case events.ValueCorrected(correction=correction):
            return f"correction {correction}"
        case _:
            return "step"


def _generation(story: Story, step: str, entry: Told) -> int:
    """The how many-th signing of the step an entry belongs to."""
    return max(
        (
            event.generation
            for other, event in story.of(events.StepCompleted, step)
            if other.seq <= entry.seq
        ),
        default=1,
    )


def _unsigned_after(story: Story, step: str, entry: Told) -> Superseded | None:
    """The first unsigning of the step after an entry: it took that entry's signatures away."""
    for other, event in story.of(events.StepUnsigned, step):
        if other.seq > entry.seq:
            return Superseded(
                by=event.correction,
                because=event.because,
                at=story.at(event.at),
                entry=other.seq,
            )
    return None


def _cleared_after(story: Story, entry: Told) -> Superseded | None:
    if not any(isinstance(event, events.BatchReviewed) for event in entry.events):
        return None
    for other, event in story.of(events.ReviewCleared):
        if other.seq > entry.seq:
            return Superseded(
                by="a change after the review",
                because=event.because,
                at=story.at(event.at),
                entry=other.seq,
            )
    return None


def register(story: Story) -> tuple[PersonRecord, ...]:
    """Everyone who acted or signed, in order of appearance."""
    return tuple(_person(story, person, key) for person, key in story.keys.items())


def _person(story: Story, person: str, key: str) -> PersonRecord:
    acted = [entry for entry in story.entries if str(entry.actor.get("person")) == person]
    signed = [
        (entry, signature)
        for entry in story.entries
        for signature in entry.signatures
        if signature.person == person
    ]
    instants = sorted([entry.at for entry in acted] + [entry.at for entry, _ in signed])
    names = [*(str(e.actor["name"]) for e in acted), *(s.name for _, s in signed)]
    return PersonRecord(
        key=key,
        person=UUID(person),
        name=names[0],
        roles=_each((*(str(e.actor["role"]) for e in acted), *(s.role for _, s in signed))),
        stations=_each((*(e.station for e in acted), *(s.station for _, s in signed))),
        meanings=tuple(Meaning(each) for each in _each(s.meaning for _, s in signed)),
        signatures=len(signed),
        acts=len(acted),
        first_at=story.at(instants[0]),
        last_at=story.at(instants[-1]),
    )


def _each(found: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(found))
