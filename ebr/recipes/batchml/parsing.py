"""A file that somebody sent becomes a tree of XML, or nothing: the parser trusts no file.

No document type, no entities, no network; size, number and depth of elements are bounded before
anything is made of them. A master recipe of 36 phases has 6,000 elements in 250 kB, so the bounds
allow one of a thousand phases, the most that a recipe here can have.
"""

import io
from dataclasses import dataclass
from typing import Any

from lxml import etree

from ebr.recipes.batchml.published import NAMESPACE
from ebr.recipes.text import BadText, Fault

FILE_MOST = 10_000_000  # bytes
ELEMENTS_MOST = 250_000
DEPTH_MOST = 64
OF_2008 = "http://www.wbf.org/xml/BatchML-V02"
FAULTS_MOST = 20
WORDS = frozenset(
    {"ID", "Version", "Description", "ProductID", "ProductName", "Nominal", "Min", "Max"}
    | {"UnitOfMeasure", "RecipeElementType", "RecipeElementID", "Condition", "LinkType"}
    | {"FromIDValue", "ToIDValue", "ParameterType", "ValueString", "DataType", "EnumerationSetID"}
)
ONCE = frozenset(
    {"ID", "Header", "BatchSize", "ProcedureLogic", "RecipeElementType", "RecipeElementID"}
    | {"ProductID", "ProductName", "Nominal", "Min", "Max", "UnitOfMeasure", "Condition"}
    | {"LinkType", "FromIDValue", "ToIDValue", "Formula"}
)
VERSIONS = {OF_2008: "BatchML V02 of 2008", NAMESPACE: "BatchML 0700"}


@dataclass(frozen=True, slots=True)
class Tree:
    """The one master recipe of a file, with the enumerations beside it."""

    root: Any
    recipe: Any
    namespace: str

    @property
    def version(self) -> str:
        """The version of BatchML, in words."""
        return VERSIONS[self.namespace]


def parsed(content: bytes) -> Tree:
    """The master recipe in a file; `BadText` says what keeps it from being read."""
    if len(content) > FILE_MOST:
        raise BadText(
            Fault("file", None, f"{len(content):,} bytes, and at most {FILE_MOST:,} are allowed")
        )
    root = _root(content)
    name = etree.QName(root)
    if name.namespace not in VERSIONS:
        known = " and ".join(f"{words} ({space})" for space, words in VERSIONS.items())
        raise BadText(
            Fault(
                name.localname,
                root.sourceline,
                f"is of {name.namespace or 'no namespace'}; read are {known}",
            )
        )
    found = [root] if name.localname == "MasterRecipe" else _recipes(root, name.namespace)
    if len(found) != 1:
        raise BadText(
            Fault(
                name.localname,
                root.sourceline,
                f"holds {len(found)} master recipes; a file brings in exactly one",
            )
        )
    _refuse_what_is_unclear(found[0])
    return Tree(root, found[0], name.namespace)


def looks_like_xml(content: bytes) -> bool:
    """Whether a file begins as XML does; a recipe in YAML never does."""
    start = content[:256].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
    return start.startswith(b"<")


def _recipes(root: Any, namespace: str) -> list[Any]:
    if etree.QName(root).localname != "BatchInformation":
        return []
    return list(root.findall(f"{{{namespace}}}MasterRecipe"))


def _root(content: bytes) -> Any:
    """The root of the tree; counted while it is read, so that a bomb ends early."""
    events = etree.iterparse(
        io.BytesIO(content),
        events=("start", "end"),
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    root, count, depth = None, 0, 0
    try:
        for event, element in events:
            if root is None:
                root = element
                _refuse_document_type(element)
            if event == "end":
                depth -= 1
                continue
            depth, count = depth + 1, count + 1
            if depth > DEPTH_MOST:
                raise _too(element, f"nested deeper than {DEPTH_MOST} levels")
            if count > ELEMENTS_MOST:
                raise _too(element, f"more than {ELEMENTS_MOST:,} elements of XML")
    except etree.XMLSyntaxError as fault:
        last = events.error_log.last_error  # says more where the parser only ended early
        words, line = (last.message, last.line) if last else (fault.msg, fault.lineno)
        words = " ".join(words.split())
        bomb = "which are not read here: " if "entit" in words.lower() else ""
        said = f"declares entities, {bomb}{words}" if bomb else f"no XML: {words}"
        raise BadText(Fault("file", line, said)) from None
    if root is None:
        raise BadText(Fault("file", None, "no XML: there is no element in it"))
    return root


def _refuse_document_type(root: Any) -> None:
    """BatchML needs none, and entities, bombs and files of others come in by one."""
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadText(
            Fault("file", None, "declares a document type or entities, which are not read here")
        )


def _refuse_what_is_unclear(recipe: Any) -> None:
    """What is said twice where one holds, and words with elements in them: nobody picks one."""
    faults = []
    for element in recipe.iter():
        name = etree.QName(element).localname
        parts = [etree.QName(part).localname for part in element]
        if parts and name in WORDS:
            faults.append(Fault(name, element.sourceline, f"holds {parts[0]} within its words"))
        faults += [
            Fault(name, element.sourceline, f"has {parts.count(part)} of {part}; one can hold")
            for part in dict.fromkeys(parts)
            if part in ONCE and parts.count(part) > 1
        ]
    if faults:
        raise BadText(*faults[:FAULTS_MOST])


def _too(element: Any, text: str) -> BadText:
    return BadText(Fault(etree.QName(element).localname, element.sourceline, text))
