"""The published schemas of BatchML, version 0700, and what they find wrong with a document.

The Business To Manufacturing Markup Language (B2MML) is used courtesy of MESA International; the
licence stands beside the files. They are read from the package, never over a network.
"""

import functools
from enum import StrEnum
from importlib import resources

from lxml import etree

NAMESPACE = "http://www.mesa.org/xml/B2MML"
FAULTS_MOST = 20


class Document(StrEnum):
    """What a document is about, and the schema that says how it is written."""

    BATCH_INFORMATION = "BatchML-BatchInformation.xsd"
    PRODUCTION_RECORD = "BatchML-BatchProductionRecord.xsd"


def against_schema(document: bytes, kind: Document) -> tuple[str, ...]:
    """What the published schema finds wrong with a document of our own, by line."""
    try:
        tree = etree.fromstring(document, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as fault:
        return (f"no XML: {fault}",)
    schema = _schema(kind)
    if schema.validate(tree):
        return ()
    return tuple(f"line {each.line}: {each.message}" for each in schema.error_log)[:FAULTS_MOST]


@functools.cache
def _schema(kind: Document) -> etree.XMLSchema:
    """One schema with everything that it includes."""
    with resources.as_file(resources.files("ebr.recipes.batchml").joinpath("schema")) as folder:
        return etree.XMLSchema(etree.parse(folder / kind.value))
