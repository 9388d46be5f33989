"""Who acts, at which station, with which rights.

Annex 11 draft 12.2: every act carries a permanent identity, the name and the role in force. What
runs by itself acts as a service and never carries a person's name.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts: a person through an account, or a service."""

    person: UUID | None
    account: UUID | None
    name: str
    role: str
    kind: str
    rights: frozenset[str] = field(repr=False)
    station: str
    session: UUID | None = None

    def __post_init__(self) -> None:
        if self.kind not in ("human", "service"):
            raise ValueError(f"an actor is human or service, not {self.kind!r}")
        if self.kind == "service" and (self.person or self.account or self.session):
            raise ValueError("a service never acts as a person")
        if self.kind == "human" and not (self.person and self.account):
            raise ValueError("a human actor has a person and an account")

    @classmethod
    def service(cls, name: str, station: str, rights: Iterable[str] = ()) -> "Actor":
        """A service that acts by itself: `sealer`, `collector`, `demo`."""
        return cls(None, None, name, "service", "service", frozenset(map(str, rights)), station)

    def may(self, right: str) -> bool:
        """Whether the actor holds the right."""
        return str(right) in self.rights

    @property
    def owner(self) -> str:
        """Under whom requests and refused attempts are kept: the account, else the station."""
        return str(self.account) if self.account else self.station
