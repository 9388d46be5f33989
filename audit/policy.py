"""Which keys an auditor trusts, and what must be signed: pinned, never taken from the audited.

`{"origin": …, "vkeys": [log keys], "signature_vkeys": [keys of signature proofs]}`. A key is its
text form, good for every size, or `{"vkey": …, "from": size, "to": size}` (both ends belong to it,
either may be left out). A log key may sign checkpoints of those sizes; a signature key may prove
signatures in entries that first made the log one of those sizes. A policy may also carry
`"signatures": […]`, the rules that say which acts stand only under which signatures.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from audit.canonical import INTEGER_BELOW, Plain, canonical
from audit.checkpoint import NoteError, VerifyingKey
from audit.entry import ORIGIN
from audit.required import Required, RuleError

SIGNATURES = "/signatures"
_MEMBERS = {"origin", "vkeys", "signature_vkeys"}
POLICY_BYTES_MOST = 1_000_000


class PolicyError(ValueError):
    """The policy is not well formed, so that it is unclear which keys are trusted."""


@dataclass(frozen=True, slots=True)
class KeyPeriod:
    """A key and the sizes of the log, first to last, for which it is good."""

    key: VerifyingKey
    first: int = 0
    last: int | None = None

    def covers(self, size: int) -> bool:
        """Whether the key is good when the log has this size."""
        return self.first <= size and (self.last is None or size <= self.last)

    def plain(self) -> Plain:
        """The period as a policy tells it."""
        if self.first == 0 and self.last is None:
            return self.key.vkey
        period: dict[str, Plain] = {"vkey": self.key.vkey, "from": self.first}
        return period if self.last is None else {**period, "to": self.last}

    @classmethod
    def parse(cls, value: object, name: str) -> "KeyPeriod":
        """The period of a policy's item, whose key must have that name."""
        told = value if isinstance(value, Mapping) else {"vkey": value}
        vkey = told.get("vkey")
        if not told.keys() <= {"vkey", "from", "to"} or not isinstance(vkey, str):
            raise PolicyError("a key is its text form, or an object with vkey, from, to")
        first, last = _size(told.get("from", 0)), _size(told["to"]) if "to" in told else None
        try:
            key = VerifyingKey.parse(vkey)
        except NoteError as error:
            raise PolicyError(str(error)) from error
        if key.name != name:
            raise PolicyError(f"a key of {key.name} stands where one of {name} belongs")
        return cls(key, first, last)


def _size(value: object) -> int:
    if type(value) is not int or not 0 <= value < INTEGER_BELOW:
        raise PolicyError("from and to of a key are sizes of the log")
    return value


@dataclass(frozen=True, slots=True)
class Policy:
    """The origin of a log and the keys that may speak for it."""

    origin: str
    log_keys: tuple[KeyPeriod, ...]
    signature_keys: tuple[KeyPeriod, ...]
    required: tuple[Required, ...] = ()

    @classmethod
    def of(
        cls,
        origin: str,
        log: Iterable[VerifyingKey],
        signatures: Iterable[VerifyingKey],
        required: Iterable[Required] = (),
    ) -> "Policy":
        """The policy of keys that are good from the first entry on."""
        keys = tuple(map(KeyPeriod, log)), tuple(map(KeyPeriod, signatures))
        return cls(origin, *keys, tuple(required))

    @classmethod
    def parse(cls, text: bytes) -> "Policy":
        """The policy of a JSON text; PolicyError naming what is wrong with it."""
        if len(text) > POLICY_BYTES_MOST:
            raise PolicyError(f"{len(text)} bytes are more than any policy needs")
        try:
            told = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise PolicyError(f"not JSON: {error}") from error
        if not isinstance(told, dict) or told.keys() - {"signatures"} != _MEMBERS:
            known = "origin, vkeys, signature_vkeys, and perhaps signatures"
            raise PolicyError(f"a policy has exactly the members {known}")
        origin = told["origin"]
        if not isinstance(origin, str) or not ORIGIN.fullmatch(origin):
            raise PolicyError("the origin is <domain>/<site>/audit in lower case")
        if not isinstance(told["vkeys"], list) or not isinstance(told["signature_vkeys"], list):
            raise PolicyError("vkeys and signature_vkeys are lists")
        try:
            required = tuple(map(Required.parse, told.get("signatures", ())))
        except (RuleError, TypeError) as error:
            raise PolicyError(f"signatures: {error}") from error
        return cls(
            origin,
            tuple(KeyPeriod.parse(item, origin) for item in told["vkeys"]),
            tuple(KeyPeriod.parse(item, origin + SIGNATURES) for item in told["signature_vkeys"]),
            required,
        )

    @classmethod
    def load(cls, path: Path) -> "Policy":
        """The policy in a file; PolicyError when it cannot be read or understood."""
        try:
            with path.open("rb") as file:
                text = file.read(POLICY_BYTES_MOST + 1)
        except OSError as error:
            raise PolicyError(f"{path} cannot be read: {error.strerror}") from error
        return cls.parse(text)

    @property
    def text(self) -> bytes:
        """The canonical text of the policy, as an export carries it."""
        value: dict[str, object] = {
            "origin": self.origin,
            "vkeys": [period.plain() for period in self.log_keys],
            "signature_vkeys": [period.plain() for period in self.signature_keys],
        }
        if self.required:
            value["signatures"] = [rule.plain() for rule in self.required]
        return canonical(cast("Plain", value))

    def signature_keys_for(self, size: int) -> list[VerifyingKey]:
        """The keys that may prove signatures in the entry that gave the log this size."""
        return [period.key for period in self.signature_keys if period.covers(size)]

    def log_keys_for(self, size: int) -> list[VerifyingKey]:
        """The keys that may sign a checkpoint of this size."""
        return [period.key for period in self.log_keys if period.covers(size)]

    def vkeys(self) -> set[str]:
        """Every key that it names."""
        return {period.key.vkey for period in (*self.log_keys, *self.signature_keys)}
