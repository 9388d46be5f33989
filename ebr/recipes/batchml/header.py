"""Header, formula and equipment of a file: what is made, in which size, of what, on what."""

from dataclasses import dataclass
from typing import Any

from ebr.recipes.batchml import words
from ebr.recipes.batchml.carried import MATERIAL
from ebr.recipes.batchml.draft import Gap
from ebr.recipes.batchml.elements import Given, Reader
from ebr.recipes.batchml.phases import ERROR, REMARK, Notes
from workflows.quantity import Quantity
from workflows.recipe import EquipmentRequirement, FormulaLine, Scale, Scaling

NO_SIZE = Quantity("0", "1")
LARGEST = Quantity("100", "kL")  # larger than any vessel that a batch is made in


@dataclass(slots=True)
class Header:
    """Reads what stands above the procedure."""

    reader: Reader
    found: Any  # the master recipe
    notes: Notes

    @property
    def line(self) -> int | None:
        """Where it stands."""
        line: int | None = self.found.sourceline
        return line

    def code(self) -> str:
        """Under which the recipe is known here: the id that it has in its own system."""
        code = self.reader.text(self.found, "ID")
        if code:
            self._add(REMARK, "code", f"the id {code!r} of the file is taken as the code")
        else:
            self._add(ERROR, "code", "the file gives the recipe no id")
        return code

    def title(self) -> str:
        """What the recipe is called: its product, where one is named."""
        named = self.reader.text(self.found, "Header/ProductName")
        described = [each for each in self.reader.texts(self.found, "Description") if each]
        return named or next(iter(described), "")

    def version(self) -> int:
        """Its number; a version that is no whole number is read as far as the point."""
        text = self.reader.text(self.found, "Version")
        if text.isascii() and text.isdigit() and len(text) < 10:
            return int(text)
        whole = text.partition(".")[0]
        number = int(whole) if whole.isascii() and whole.isdigit() and len(whole) < 10 else 1
        self._add(REMARK, "version", f"the version {text!r} is no whole number; read as {number}")
        return number

    def product(self) -> str:
        """The code of what is made, empty where the file names none."""
        product = self.reader.text(self.found, "Header/ProductID")
        if not product:
            self._add(ERROR, "product", "the file names no product")
        return product

    def size(self) -> Quantity:
        """The nominal size of a batch."""
        text = self.reader.text(self.found, "Header/BatchSize/Nominal")
        size = self._amount("size", text)
        if size is None:
            self._add(
                ERROR,
                "size",
                f"the nominal size {text!r} {self._unit()!r} is no amount; 0 stands here",
            )
            return NO_SIZE
        if size.dimension == LARGEST.dimension and size.compare(LARGEST) > 0:
            litres = size.to("L")
            self._add(
                ERROR,
                "size",
                f"the nominal size {text} {self._unit()} is {litres}; a batch of more than "
                f"{LARGEST} makes no sense here",
            )
        return size

    def scale(self) -> Scale | None:
        """The sizes allowed, where both ends are said."""
        ends = [self.reader.text(self.found, f"Header/BatchSize/{name}") for name in ("Min", "Max")]
        if not all(ends):
            return None
        least, most = (self._amount("scale", each) for each in ends)
        if least is None or most is None:
            self._add(REMARK, "scale", f"the sizes {' to '.join(ends)} are no amounts; left aside")
            return None
        return Scale(minimum=least, maximum=most)

    def formula(self) -> tuple[FormulaLine, ...]:
        """The lines of the formula that say how much of what."""
        keys = words.Keys(())
        found: list[FormulaLine] = []
        for each in self.reader.all(self.found, "Formula/Parameter"):
            line = self._line(self.reader.given(each), keys)
            if line is not None:
                found.append(line)
        return tuple(found)

    def _line(self, given: Given, keys: words.Keys) -> FormulaLine | None:
        title = given.title or given.id
        code = words.unit(given.unit) or ("1" if given.unit.lower() in words.NO_UNIT else "")
        quantity = amount(given.value, code)
        if quantity is None:
            said = f"{given.value!r} {given.unit!r}"
            self._add(
                ERROR, "formula", f"{title}: {said} is no amount; the line is left out", given.line
            )
            return None
        material = given.inner.get(MATERIAL, "") or given.id
        key = keys.new(title, "formula", spare="line")
        if MATERIAL not in given.inner:
            said = f"{title} names no material; its id {given.id!r} stands for the code"
            self._add(REMARK, f"formula.{key}", said, given.line)
        return FormulaLine(
            key=key,
            material=material,
            title=title,
            quantity=quantity,
            scaling=Scaling.PROPORTIONAL if given.scaled.lower() in words.YES else Scaling.FIXED,
        )

    def equipment(self) -> tuple[EquipmentRequirement, ...]:
        """What equipment is required, by class."""
        keys = words.Keys(())
        found: list[EquipmentRequirement] = []
        for each in self.reader.all(self.found, "EquipmentRequirement"):
            name = self.reader.text(each, "ID")
            title = self.reader.text(each, "Description") or name
            said = self.reader.text(each, "Constraint/Condition")
            key = keys.new(name, "equipment", spare="equipment")
            if not said:
                text = f"{title} names no class; its id {name!r} stands for the class"
                self._add(REMARK, f"equipment.{key}", text, each.sourceline)
            found.append(EquipmentRequirement(key=key, equipment_class=said or name, title=title))
        return tuple(found)

    def _unit(self) -> str:
        return self.reader.text(self.found, "Header/BatchSize/UnitOfMeasure")

    def _amount(self, place: str, text: str) -> Quantity | None:
        word = self._unit()
        code = words.unit(word)
        if place == "size" and code is not None and code != word:
            self._add(REMARK, place, f"the unit {word!r} is read as {code}")
        return amount(text, code or "")

    def _add(self, severity: Any, place: str, text: str, line: int | None = None) -> None:
        sizes = self.reader.all(self.found, "Header/BatchSize")
        own = sizes[0].sourceline if sizes and place in ("size", "scale") else self.line
        self.notes.add(Gap.HEADER, severity, place, text, line or own)


def amount(text: str, code: str) -> Quantity | None:
    """An amount, if text and code make one."""
    try:
        return Quantity(text, code)
    except ValueError:
        return None
