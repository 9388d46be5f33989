"""Aligned text tables: one row an act, the last column what it comes to, readable by an inspector.

Columns begin where their head begins; an empty cell is blank. A line of dashes and blank lines are
skipped. The same tables are quoted in the report of the operational qualification.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One line of a table: its number, and its cells by the head of their column."""

    number: int
    cells: dict[str, str]

    def __getitem__(self, head: str) -> str:
        """The cell below a head."""
        return self.cells[head]


def rows(table: str) -> list[Row]:
    """The rows of a table. Raises ValueError for a cell that crosses into the next column."""
    lines = [line.rstrip() for line in table.splitlines()]
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip(" -")]
    (_, head), *rest = numbered
    columns = [(match.start(), match.group()) for match in re.finditer(r"\S+(?: \S+)*", head)]
    return [_row(number, line, columns) for number, line in rest]


def _row(number: int, line: str, columns: list[tuple[int, str]]) -> Row:
    ends = [start for start, _ in columns[1:]] + [max(len(line), columns[-1][0])]
    cells: dict[str, str] = {}
    for (start, name), end in zip(columns, ends, strict=True):
        if start and line[start - 1 : start].strip():
            raise ValueError(f"line {number}: a cell runs into the column {name!r}: {line}")
        cells[name] = line[start:end].strip()
    if line[: columns[0][0]].strip():
        raise ValueError(f"line {number}: text before the first column: {line}")
    return Row(number, cells)
