"""What leads through a book: destinations, and the outline (ISO 32000-1, 12.3), written as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pikepdf import String

from press.join.writer import Writer
from press.sheets.model import Bookmark, Place


def array(numbers: Iterable[int]) -> bytes:
    """Return an array of references to objects."""
    return b"[%b]" % b" ".join(b"%d 0 R" % number for number in numbers)


def destination(pages: list[int], place: Place) -> bytes:
    """Return the destination of a place in a part whose pages have these numbers."""
    return b"[%d 0 R /XYZ %g %g 0]" % (pages[place.page], place.x, place.y)


def destinations(writer: Writer, targets: Mapping[str, bytes]) -> int:
    """Write the destinations by their names; return the number of the name tree (7.9.6)."""
    number = writer.number()
    names = (b"%b %b" % (String(name).unparse(), targets[name]) for name in sorted(targets, key=str.encode))
    writer.put(number, b"<< /Names [%b] >>" % b" ".join(names))
    return number


def outline(writer: Writer, marks: list[tuple[Bookmark, list[int]]]) -> int:
    """Write the outline of bookmarks, each with the numbers of its part's pages; return its number."""
    number = writer.number()
    count, ends = _level(writer, number, marks)
    writer.put(number, b"<< /Type /Outlines%b /Count %d >>" % (ends, count))
    return number


def _level(writer: Writer, above: int, marks: list[tuple[Bookmark, list[int]]]) -> tuple[int, bytes]:
    """Write entries that stand below one; return how many they are with all below them, and the first and the last."""
    numbers = [writer.number() for _ in marks]
    total = len(marks)
    for number, before, after, (mark, pages) in zip(numbers, [0, *numbers], [*numbers[1:], 0], marks, strict=False):
        entry = b"/Title %b /Parent %d 0 R /Dest %b" % (
            String(mark.title).unparse(),
            above,
            destination(pages, mark.place),
        )
        entry += b" /Prev %d 0 R" % before if before else b""
        entry += b" /Next %d 0 R" % after if after else b""
        if mark.children:
            count, ends = _level(writer, number, [(child, pages) for child in mark.children])
            entry += b"%b /Count %d" % (ends, count)
            total += count
        writer.put(number, b"<< %b >>" % entry)
    return total, b" /First %d 0 R /Last %d 0 R" % (numbers[0], numbers[-1]) if numbers else b""
