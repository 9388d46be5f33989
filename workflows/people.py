"""Who did something, as a record names a person for thirty years.

Independence is judged by `person`, never by account, role or name: one human with two accounts is
one human (21 CFR 11.100(a)).
"""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """A person with the printed name and the role held at the moment of the act."""

    person: UUID
    name: str
    role: str
