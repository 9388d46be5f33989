"""BatchML, the XML of ISA-88: recipes that others wrote come in, ours go out.

`published` holds the schemas of MESA International (version 0700, package data) and says what they
find wrong with a document; records of executed batches are held against the same ones.
"""
