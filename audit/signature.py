"""Who signed, under which printed name, when, meaning what, over which exact content.

21 CFR 11.50: the record of a signature carries printed name, date and time, and meaning. 11.70: it
is linked to its record so that it cannot be cut out, copied or moved; here by a proof, made with a
key that the database cannot read, over the events it stands for, the request, the site and the
stream. Another event, another stream, another request or another word in the signature, and the
proof does not hold.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import NamedTuple, TypeAlias

from audit.canonical import Plain, canonical, digest, is_instant
from audit.checkpoint import (
    KEY_ID_BYTES,
    SIGNATURE_BYTES,
    SigningKey,
    VerifyingKey,
    from_base64,
)

DOMAIN = b"batchline-signature/v1\n"
HEX_DIGITS = 64


class SignatureError(ValueError):
    """The electronic signature is not well formed, or its proof does not hold."""


@dataclass(frozen=True, slots=True)
class Signature:
    """One electronic signature; a draft of one as long as `proof` is None.

    Texts are kept exactly as the ledger writes them: `at` as `canonical.instant` gives it, `shown`
    as the SHA-256 (hex) of the canonical statement that the signer saw, kept as a blob.
    """

    meaning: str
    person: str
    account: str
    name: str
    role: str
    at: str
    method: str
    components: tuple[str, ...]
    station: str
    shown: str
    proof: str | None = None

    def plain(self) -> dict[str, Plain]:
        """The signature as a value of the ledger."""
        return {
            "meaning": self.meaning,
            "person": self.person,
            "account": self.account,
            "name": self.name,
            "role": self.role,
            "at": self.at,
            "method": self.method,
            "components": list(self.components),
            "station": self.station,
            "shown": self.shown,
            "proof": self.proof,
        }

    @classmethod
    def parse(cls, value: Plain) -> "Signature":
        """The signature of a value of the ledger; SignatureError unless it is a whole one."""
        if not isinstance(value, Mapping) or value.keys() != _KEYS:
            raise SignatureError(f"a signature has exactly the members {', '.join(sorted(_KEYS))}")
        components, texts = value["components"], dict(value)
        del texts["components"]
        if not isinstance(components, list) or not all(isinstance(c, str) for c in components):
            raise SignatureError("the components of a signature are a list of words")
        missing = sorted(key for key, text in texts.items() if not isinstance(text, str))
        if missing:
            raise SignatureError(f"a signature without {', '.join(missing)}")
        signature = cls(
            components=tuple(map(str, components)),
            **{key: str(text) for key, text in texts.items()},
        )
        signature.require_whole()
        return signature

    def require_whole(self) -> None:
        """SignatureError when printed name, instant, meaning or signer is missing or malformed."""
        # 11.50(a): printed name, date and time, meaning. 11.200(a)(1): at least the components.
        empty = [
            key
            for key in ("meaning", "person", "account", "name", "method", "components")
            if not getattr(self, key)
        ]
        if empty:
            raise SignatureError(f"a signature with empty {', '.join(empty)}")
        if not is_instant(self.at):
            raise SignatureError(f"{self.at[:40]!r} is no instant in UTC with microseconds")
        if len(self.shown) != HEX_DIGITS or set(self.shown) - set("0123456789abcdef"):
            raise SignatureError("what was shown to the signer is no SHA-256 in hex")


_KEYS = frozenset(field.name for field in fields(Signature))


# Before it is proved: what the ceremony hands to the unit of work.
SignatureDraft: TypeAlias = Signature


class SignedAct(NamedTuple):
    """What a signature stands in and cannot be lifted out of.

    `events` exactly as the entry holds them, long strings already replaced by their stand-ins.
    """

    events: Sequence[Mapping[str, Plain]]
    request: str
    site: str
    stream: str


def payload(
    events: Sequence[Mapping[str, Plain]],
    request: str,
    signature: Signature,
    site: str,
    stream: str,
) -> bytes:
    """What the proof of a signature is made over; its own proof is no part of that."""
    unproven = signature.plain()
    del unproven["proof"]
    return DOMAIN + canonical(
        {
            "events": digest(canonical(events)),
            "request": request,
            "signature": unproven,
            "site": site,
            "stream": stream,
        }
    )


def prove(key: SigningKey, signature: Signature, act: SignedAct) -> Signature:
    """The signature with its proof, bound to these events in this request and stream."""
    signature.require_whole()
    message = payload(act.events, act.request, signature, act.site, act.stream)
    return replace(signature, proof=key.stamp(message))


def check(keys: Iterable[VerifyingKey], signature: Signature, act: SignedAct) -> VerifyingKey:
    """The key that proved this signature in this act; SignatureError when none of them did."""
    if signature.proof is None:
        raise SignatureError(f"the signature of {signature.name} has no proof")
    try:
        stamp = from_base64(signature.proof)
    except ValueError as error:
        raise SignatureError(f"the proof of {signature.name} is not base64") from error
    if len(stamp) != KEY_ID_BYTES + SIGNATURE_BYTES:
        raise SignatureError(f"the proof of {signature.name} has {len(stamp)} bytes")
    known = [key for key in keys if key.key_id == stamp[:KEY_ID_BYTES]]
    if not known:
        raise SignatureError(
            f"the proof of {signature.name} is by key {stamp[:KEY_ID_BYTES].hex()}, which is not "
            "known or not good for this part of the log"
        )
    message = payload(act.events, act.request, signature, act.site, act.stream)
    for key in known:
        if key.verifies_stamp(stamp, message):
            return key
    raise SignatureError(
        f"the proof of {signature.name} does not hold: the signature, its events, request or "
        "stream are not those that were signed"
    )
