"""The procedure drawn, on the screen and on paper: sequences, branches, loops, levels (ISA-88).

In the manner of a procedure function chart (IEC 61512-2): a sequence downwards, parallel branches
between double lines, a loop by its way back and the bar of its condition. States and marks have a
shape and a number each; colour only repeats them.
"""

from ebr.procedures.chart import Sheet, chart, letters, until
from ebr.procedures.executed import BatchSheet, Standing
from ebr.procedures.parts import Box, Part, Pass
from ebr.procedures.svg import anchor, drawing

__all__ = [
    "BatchSheet",
    "Box",
    "Part",
    "Pass",
    "Sheet",
    "Standing",
    "anchor",
    "chart",
    "drawing",
    "letters",
    "until",
]
