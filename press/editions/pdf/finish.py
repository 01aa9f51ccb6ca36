"""The finish: what WeasyPrint leaves out of a PDF, put in with pikepdf; and the same bytes for the same book."""

from __future__ import annotations

from datetime import date

import pikepdf
from pikepdf import Dictionary, Name, String

from press.galleys import Book


def describe(document: pikepdf.Pdf, book: Book, identifier: str) -> None:
    """Write what the book is: language, direction, title, and the edition's date and identifier."""
    document.Root.Lang = String(book.language)
    document.Root.ViewerPreferences = Dictionary(
        DisplayDocTitle=True, Direction=Name.R2L if book.direction == "rtl" else Name.L2R
    )
    document.Root.PageMode = Name.UseOutlines
    _describe(document, book, identifier)


def _describe(document: pikepdf.Pdf, book: Book, identifier: str) -> None:
    """Write the same metadata to the information dictionary and to XMP (ISO 32000-1, 14.3)."""
    day = date.fromisoformat(book.date)
    authors = [person.name for person in book.contributors if person.role == "aut"]
    title = f"{book.title}: {book.subtitle}" if book.subtitle else book.title
    stamp = f"{day.isoformat()}T00:00:00+00:00"
    with document.open_metadata(set_pikepdf_as_editor=False, update_docinfo=True) as metadata:
        metadata["dc:title"] = title
        metadata["dc:creator"] = authors
        metadata["dc:description"] = book.description
        metadata["dc:subject"] = set(book.subjects) if not book.subjects else book.subjects
        metadata["dc:language"] = [book.language]
        metadata["dc:publisher"] = [book.imprint]
        metadata["dc:rights"] = book.rights
        metadata["dc:identifier"] = identifier
        metadata["pdf:Keywords"] = ", ".join(book.subjects)
        metadata["xmp:CreateDate"] = stamp
        metadata["xmp:ModifyDate"] = stamp
        metadata["xmp:MetadataDate"] = stamp
    document.docinfo["/CreationDate"] = String(f"D:{day:%Y%m%d}000000+00'00'")
    document.docinfo["/ModDate"] = String(f"D:{day:%Y%m%d}000000+00'00'")
