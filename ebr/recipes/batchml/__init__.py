"""BatchML, the XML of ISA-88: recipes that others wrote come in, ours go out.

`reading` makes a draft of a file (V02 of 2008, 0700): `parsing` trusts no file, `elements` says
what stands in it, `chart` and `reducing` bring its links into blocks, `blocks`, `phases` and
`header` make the recipe and note what they had to decide. `published` holds the schemas of MESA
International (version 0700, package data) and says what they find wrong with a document; records of
executed batches are held against the same ones.
"""
