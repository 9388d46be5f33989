"""Who took part and who signed, what was remarked and corrected, in what state equipment was."""

from collections.abc import Iterator
from typing import Any

from ebr.batches import BatchRecord, SignatureRecord
from ebr.reports.batchml.entries import Given, add_head, add_rest, add_value
from ebr.reports.batchml.procedure import types_of
from ebr.reports.batchml.writing import add, add_day, add_time, rest


def add_people(above: Any, record: BatchRecord) -> None:
    """The register of everyone who took part, then every signature with what it stands on."""
    for person in record.people:
        made = add(above, "PersonnelIdentificationManifest")
        add_head(
            made, f"person/{person.key}", "Personnel Identification Manifest", at=person.first_at
        )
        add_rest(made, rest(person, "key", "name", "first_at"))
        add(made, "RecordReference", str(record.batch.id))
        add(made, "Name", person.name)
        add(made, "ChangeIndication", "none")
    for number, (reference, signature) in enumerate(_signatures(record), 1):
        made = add(above, "PersonnelIdentificationManifest")
        add_head(
            made,
            f"signature/{number}",
            "Personnel Identification Manifest",
            at=signature.at,
            reference=signature.shown,
        )
        add_rest(made, rest(signature, "name", "meaning", "at", "shown"))
        add(made, "RecordReference", reference)
        add(made, "Name", signature.name)
        add(made, "ChangeIndication", "superseded" if signature.superseded else "in force")
        add(made, "Reason", signature.meaning.value)


def _signatures(record: BatchRecord) -> Iterator[tuple[str, SignatureRecord]]:
    """Every signature, with the entry of the document that it stands on."""
    for operation in record.operations:
        for step in operation.steps:
            for signature in step.signatures:
                yield step.key, signature
    for exception in record.exceptions:
        for number, decision in enumerate(exception.decisions, 1):
            for signature in decision.signatures:
                yield f"exception/{exception.key}/decision/{number}", signature
    for signature in record.disposition.signatures:
        yield "disposition", signature


def add_changes(above: Any, record: BatchRecord) -> None:
    """Every correction with what stood there before; its event tells the rest."""
    types = types_of(record)
    for correction in record.corrections:
        kind = types.get((correction.step, correction.input), "string")
        was = Given(correction.was, kind, correction.unit)
        made = add(above, "Change")
        add_head(made, f"change/{correction.key}", "Change", at=correction.at)
        add(made, "RecordReference", f"correction/{correction.key}")
        add_value(made, "PrechangeData", was)
        if correction.why:
            add(made, "Reason", correction.why)


def add_comments(above: Any, record: BatchRecord) -> None:
    """Every remark."""
    for number, comment in enumerate(record.comments, 1):
        made = add(above, "Comment")
        add_head(made, f"comment/{number}", "Comment", at=comment.at)
        add_rest(made, rest(comment, "text", "step", "at", "by.name"))
        add(made, "RecordReference", comment.step or str(record.batch.id))
        add(made, "CommentText", comment.text)
        add(made, "PersonID", comment.by.name)


def add_qualifications(above: Any, record: BatchRecord) -> None:
    """The state of equipment when it was identified for use; its event tells the rest."""
    for number, used in enumerate(record.equipment, 1):
        made = add(above, "ResourceQualificationsManifest")
        add_head(made, f"qualification/{number}", "Resource Definition Manifest", at=used.at)
        add(made, "RecordReference", used.step)
        add(made, "ResourceID", used.code)
        add(made, "ResourceUse", f"equipment/{number}")
        add(made, "ResourceType", used.equipment_class)
        add(made, "QualificationStatus", used.status)
        add_time(made, "EffectiveTimeStamp", used.at)
        add_day(made, "ExpirationTimeStamp", used.calibration_due)
