"""A domain module is entered by its face: nobody outside names one of its rooms.

import-linter's own `protected` contract would need one contract for each module; this one takes
the list of closed modules and finds every import that goes past a door.
"""

from dataclasses import dataclass

import grimp
from importlinter import Contract, ContractCheck, fields, output


@dataclass(frozen=True, order=True)
class Trespass:
    """One import past a door: who enters, what, and where it should have knocked."""

    importer: str
    imported: str
    door: str
    line: int

    def __str__(self) -> str:
        return (
            f"{self.importer} (line {self.line}) enters {self.imported}; "
            f"it must knock at {self.door}"
        )


def trespasses(graph: grimp.ImportGraph, house: str, closed: list[str]) -> list[Trespass]:
    """Every direct import of a closed module's room by somebody outside that module."""
    found = []
    for door in (f"{house}.{name}" for name in closed):
        if door not in graph.modules:
            continue
        for room in graph.find_descendants(door):
            for importer in graph.find_modules_that_directly_import(room):
                if importer == door or importer.startswith(f"{door}."):
                    continue
                details = graph.get_import_details(importer=importer, imported=room)
                line = details[0]["line_number"] if details else 0
                found.append(Trespass(importer, room, door, line))
    return sorted(found)


class FacesContract(Contract):  # type: ignore[misc]  # import-linter brings no types
    """Every room of a closed module is imported from inside that module only."""

    type_name = "faces"

    house = fields.StringField()
    closed = fields.ListField(subfield=fields.StringField())

    def check(self, graph: grimp.ImportGraph, verbose: bool) -> ContractCheck:
        del verbose
        found = trespasses(graph, self.house, self.closed)
        return ContractCheck(kept=not found, metadata={"trespasses": found})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for trespass in check.metadata["trespasses"]:
            output.print_error(str(trespass))
