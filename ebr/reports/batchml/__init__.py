"""The record of a batch as a BatchML batch production record (ISA-88 part 4, version 0700).

`header` writes the document, `procedure` the elements that were executed, `events` what happened,
`people` who signed and took part, `entries` the frames that BatchML has for each, and `writing` the
text itself. `BATCHML.md` says which field of the record stands where.
"""

from ebr.reports.batchml.header import InvalidDocument, production_record

__all__ = ["InvalidDocument", "production_record"]
