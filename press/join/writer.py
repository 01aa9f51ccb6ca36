"""Writing a PDF as its objects come, so that none is held.

Of the format there is here what is around objects: object streams (ISO 32000-1, 7.5.7) and the cross-reference stream
(7.5.8). The objects themselves are as QPDF writes them.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import IO, Final

from press.pdfs import LEVEL

_TOGETHER: Final = 100  # objects in a stream: a reader unpacks them all for one


class Writer:
    """Writes to `file`, which is at its beginning; `version` is that of the format, such as 1.7.

    The same objects make the same bytes: the file's identifier (14.4) is the digest of what it holds.
    """

    def __init__(self, file: IO[bytes], version: str) -> None:
        self._file, self._place, self._digest = file, 0, hashlib.sha256()
        self._entries: list[tuple[int, int, int]] = [(0, 0, 65535)]  # of the cross-reference stream, by object number
        self._waiting: list[tuple[int, bytes]] = []  # objects for the next object stream
        self._write(b"%%PDF-%b\n%%\xe2\xe3\xcf\xd3\n" % version.encode())

    def number(self) -> int:
        """Return the number of a new object, which is to be written later."""
        self._entries.append((0, 0, 0))
        return len(self._entries) - 1

    def put(self, number: int, data: bytes) -> None:
        """Write an object that is no stream."""
        self._waiting.append((number, data))
        if len(self._waiting) == _TOGETHER:
            self._flush()

    def put_stream(self, number: int, dictionary: bytes, data: bytes) -> None:
        """Write a stream: its dictionary, /Length among its entries, and its data as it says they are packed."""
        self._entries[number] = 1, self._place, 0
        self._write(b"%d 0 obj\n%b\nstream\n" % (number, dictionary))
        self._write(data)
        self._write(b"\nendstream\nendobj\n")

    def close(self, root: int, info: int) -> None:
        """Write what is left, and the trailer, which names the catalog and the information dictionary."""
        self._flush()
        number, place = self.number(), self._place
        self._entries[number] = 1, place, 0
        rows = [b"%c%b%b" % (kind, at.to_bytes(5), index.to_bytes(2)) for kind, at, index in self._entries]
        name = self._digest.hexdigest()[:32].encode()
        entries = (
            b"/Type /XRef /W [1 5 2] /Size %d /Root %d 0 R /Info %d 0 R /ID [<%b> <%b>]"
            b" /DecodeParms << /Predictor 12 /Columns 8 >>"
        )
        self._pack(number, entries % (len(rows), root, info, name, name), _differences(rows))
        self._write(b"startxref\n%d\n%%%%EOF\n" % place)

    def _flush(self) -> None:
        """Write an object stream of the objects that wait."""
        if not self._waiting:
            return
        number, at, index = self.number(), 0, []
        for place, (one, data) in enumerate(self._waiting):
            self._entries[one] = 2, number, place
            index.append(b"%d %d" % (one, at))
            at += len(data) + 1
        head = b" ".join(index) + b"\n"
        entries = b"/Type /ObjStm /N %d /First %d" % (len(index), len(head))
        self._pack(number, entries, head + b"\n".join(data for _, data in self._waiting))
        self._waiting = []

    def _pack(self, number: int, entries: bytes, data: bytes) -> None:
        packed = zlib.compress(data, LEVEL)
        self.put_stream(number, b"<< %b /Filter /FlateDecode /Length %d >>" % (entries, len(packed)), packed)

    def _write(self, data: bytes) -> None:
        self._file.write(data)
        self._digest.update(data)
        self._place += len(data)


def _differences(rows: list[bytes]) -> bytes:
    """Return each row as what it differs by from the one above (PNG's filter Up; 7.4.4.4): few figures change."""
    above = [bytes(len(rows[0])), *rows[:-1]]
    pairs = (zip(row, before, strict=True) for row, before in zip(rows, above, strict=True))
    return b"".join(b"\2" + bytes((one - other) % 256 for one, other in pair) for pair in pairs)
