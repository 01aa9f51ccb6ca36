"""Joining: the parts in order become one PDF: page numbers, tags, links and fonts united; nothing is laid out.

    sheets/parts/ID.pdf -> part.py: page numbers set, finished for the edition, kept -> book.py: one PDF

An edition says by its `Finish` what becomes of a part, and what the file as a whole declares. The file is written as
the parts come (`writer.py`), and one part at a time is held: QPDF keeps every object of a file that it reads or writes,
which for a tagged book of 2,900 pages is 900 MB.
"""
