"""Which acts stand only under signatures: rules that a policy carries, for who knows no plant.

Who can write into the database can tell an act that nobody signed; nobody without the server's key
can make a signature (21 CFR 11.70). So an entry that tells an event of a rule without the
signatures that the rule asks for is a breach, and an auditor's own copy of the rules finds it.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import TypeAlias, cast

from audit.canonical import CanonicalError, Plain, canonical
from audit.entry import KIND, Entry

MEANINGS_MOST = 4
Values: TypeAlias = tuple[Plain, ...]


class RuleError(ValueError):
    """A rule is not well formed, so that it is unclear what has to be signed."""


@dataclass(frozen=True, slots=True)
class Required:
    """The signatures without which an event of this kind does not stand.

    Each meaning is a signature of its own, all of different persons. `when` and `unless` look at
    members of the event's data, null where there is none: the rule is for events of which every
    member in `when` has one of its values, and none in `unless` has. `apart` names members of the
    data that tell a person, who must not be among the signers.
    """

    kind: str
    meanings: tuple[str, ...]
    when: Mapping[str, Values] = field(default_factory=dict)
    unless: Mapping[str, Values] = field(default_factory=dict)
    apart: tuple[str, ...] = ()

    def plain(self) -> dict[str, Plain]:
        """The rule as a policy tells it; what it does not use is left out."""
        told: dict[str, Plain] = {"kind": self.kind, "meanings": list(self.meanings)}
        for name in ("when", "unless"):
            if values := getattr(self, name):
                told[name] = {member: list(each) for member, each in values.items()}
        return {**told, "apart": list(self.apart)} if self.apart else told

    @classmethod
    def parse(cls, value: object) -> "Required":
        """The rule of a policy's item; RuleError naming what is wrong with it."""
        if not isinstance(value, dict) or not {"kind", "meanings"} <= value.keys() <= _MEMBERS:
            raise RuleError("a rule has the members kind, meanings, and when, unless, apart")
        try:
            canonical(cast("Plain", value))
        except CanonicalError as error:
            raise RuleError(str(error)) from error
        if not isinstance(value["kind"], str) or not KIND.fullmatch(value["kind"]):
            raise RuleError("the kind of a rule is words joined by points")
        meanings, apart = _words(value["meanings"]), _words(value.get("apart", []))
        if not 1 <= len(meanings) <= MEANINGS_MOST:
            raise RuleError(f"a rule asks for 1 to {MEANINGS_MOST} signatures")
        when, unless = (_conditions(value.get(name, {})) for name in ("when", "unless"))
        return cls(value["kind"], meanings, when, unless, apart)

    def concerns(self, data: Mapping[str, Plain]) -> bool:
        """Whether an event with this data needs the signatures."""
        return all(_is_one(data.get(name), values) for name, values in self.when.items()) and not (
            any(_is_one(data.get(name), values) for name, values in self.unless.items())
        )

    def faults(self, data: Mapping[str, Plain], signatures: Sequence[Plain]) -> Iterator[str]:
        """What is missing among the signatures, in words; nothing when all are there."""
        others = {_person(data.get(name)) for name in self.apart}
        if None in others:
            yield f"{self.kind} does not tell whom its signer must not be"
            return
        choices = []
        for meaning in self.meanings:
            signers = set(_signers(signatures, meaning))
            choices.append(signers - others)
            if not signers:
                yield f"{self.kind} is not signed as {str(meaning)!r}"
            elif not choices[-1]:
                only = " and ".join(self.apart)
                yield f"{self.kind} is signed as {str(meaning)!r} by {only} alone"
        if all(choices) and not any(len(set(each)) == len(each) for each in product(*choices)):
            yield f"{self.kind} is not signed by {len(choices)} different persons"


_MEMBERS = {"kind", "meanings", "when", "unless", "apart"}
Rules: TypeAlias = Mapping[str, Sequence[Required]]


def by_kind(rules: Iterable[Required]) -> Rules:
    """The rules of each kind of event."""
    found: dict[str, list[Required]] = {}
    for rule in rules:
        found.setdefault(rule.kind, []).append(rule)
    return found


def missing(rules: Rules, entry: Entry) -> Iterator[str]:
    """Every signature that an entry needs and lacks, in words."""
    for event in entry.events:
        data = cast("Mapping[str, Plain]", event["data"])
        for rule in rules.get(str(event["kind"]), ()):
            if rule.concerns(data):
                yield from rule.faults(data, entry.signed)


def _signers(signatures: Sequence[Plain], meaning: str) -> Iterator[str]:
    for signature in signatures:
        if isinstance(signature, Mapping) and signature.get("meaning") == meaning:
            person = signature.get("person")
            if isinstance(person, str):
                yield person


def _is_one(value: Plain, values: Values) -> bool:
    truth = isinstance(value, bool)  # 1 is not true
    return any(value == each and isinstance(each, bool) == truth for each in values)


def _person(who: Plain) -> str | None:
    person = who.get("person") if isinstance(who, Mapping) else None
    return person if isinstance(person, str) else None


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
        raise RuleError("meanings and apart of a rule are lists of words")
    return tuple(value)


def _conditions(value: object) -> dict[str, Values]:
    if not isinstance(value, dict) or not all(
        isinstance(each, list) and all(type(one) in _PLAIN for one in each)
        for each in value.values()
    ):
        raise RuleError("when and unless of a rule name members, each with a list of values")
    return {name: tuple(each) for name, each in value.items()}


_PLAIN = frozenset({str, int, bool, type(None)})
