"""The ceremony of an electronic signature: two components, a stated meaning, one digest.

What comes in is `Given`: what the signer entered and the digest of what the signer was shown.
"""

from dataclasses import dataclass

from ebr.kernel import Secret


@dataclass(frozen=True, kw_only=True)
class Given:
    """What a signer entered: the secret, the login where it is asked for, and what was shown.

    `shown` is the SHA-256 of the canonical statement that was displayed, `meaning` what the signer
    confirmed that the signature says.
    """

    secret: Secret
    shown: str
    meaning: str
    login: str | None = None
