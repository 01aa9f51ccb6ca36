"""Manuscripts that mean harm (hostile.yaml, and the large ones made here) get one clear line, or are made harmless."""

from __future__ import annotations

import io
import json
import socket
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import MANIFEST, REFERENCES, SQUARE, galleys_of

from press.findings import Refused

CASES: dict[str, dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "hostile.yaml").read_text(encoding="utf-8"))


def png(width: int, height: int) -> bytes:
    """Return a PNG that claims to be of this size and holds next to nothing."""
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)), (b"IDAT", b""), (b"IEND", b"")]
    file = io.BytesIO(b"\x89PNG\r\n\x1a\n")
    file.seek(0, io.SEEK_END)
    for kind, data in chunks:
        file.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))
    return file.getvalue()


PICTURE = '![C.](images/x.png){alt="A."}'
LARGE: dict[str, dict[str, Any]] = {
    "gigantic-picture": {"body": PICTURE, "files": {"images/x.png": png(60_000, 60_000)}, "says": "too many pixels"},
    "large-picture": {"body": PICTURE, "files": {"images/x.png": png(9_000, 9_000)}, "says": "9000 × 9000 pixels are"},
    "half-a-picture": {"body": PICTURE, "files": {"images/x.png": png(9, 9)[:40]}, "says": "not a whole PNG or JPEG"},
    "ten-megabyte-line": {"body": "word " * 2_000_000, "says": "manuscript/01.md:7: the line is 10,000,000 characters"},
    "endless-text": {"body": "word\n" * 5_000_000, "says": "manuscript/01.md: manuscript/01.md is 25,0"},
    "nested-brackets": {"body": "[" * 3000, "says": "manuscript/01.md: Pandoc gave up on the file"},
    "nested-links": {"body": "[a](" * 4000, "says": "manuscript/01.md: Pandoc gave up on the file"},
    "nested-yaml": {
        "header": f"x: {'[' * 20_000}",
        "body": "Text.",
        "says": "manuscript/01.md:2: not valid YAML: it is",
    },
    "nested-manifest": {
        "manifest": f"x: {'{a: ' * 20_000}",
        "body": "Text.",
        "says": "book.yaml:1: not valid YAML: it is",
    },
    "nested-tokens": {
        "body": "Text.",
        "files": {"styles/tokens.yaml": "colours: " + "[" * 100_000},
        "says": "styles/tokens.yaml:1: not valid YAML: it is",
    },
    "tokens-that-are-none": {
        "body": "Text.",
        "files": {"styles/locales/en.yaml": "- a\n- b\n"},
        "says": "styles/locales/en.yaml:1: names and their values are expected",
    },
    "nested-references": {
        "body": "Text.",
        "files": {"manuscript/evil.json": "[" * 200_000},
        "manifest": "references: manuscript/evil.json",
        "says": "manuscript/evil.json: not a list of CSL-JSON items",
    },
    "nested-svg": {
        "body": '![C.](images/x.svg){alt="A."}',
        "files": {
            "images/x.svg": SQUARE.replace("<path", "<g>" * 100_000 + "<path").replace("/>", "/>" + "</g>" * 100_000)
        },
        "says": "manuscript/01.md:7: picture images/x.svg: not well-formed",
    },
    "not-utf-8": {
        "body": "Text.",
        "files": {"manuscript/01.md": b"---\ntitle: \xff\xfe\n---\n"},
        "says": "line 2 is not UTF-8",
    },
    "utf-16": {
        "body": "Text.",
        "files": {"book.yaml": "slug: x".encode("utf-16")},
        "says": "book.yaml: line 1 is not UTF-8",
    },
}


def write_book(folder: Path, case: dict[str, Any]) -> None:
    """Write the small book of one case; what the case gives goes before what is usual."""
    added, header = case.get("manifest", ""), case.get("header", "")
    manifest = [*MANIFEST.splitlines(), "references: manuscript/references.json", "chapters: [01.md]"]
    lines = [line for line in manifest if line.split(":")[0] != added.split(":")[0]]
    usual = ["id: one", "number: 1", "title: One"]
    if header.startswith("title:") or "/" in header.partition("id:")[2]:  # instead of the usual, on its line
        usual = [header if line.split(":")[0] == header.split(":")[0] else line for line in usual]
        header = ""
    chapter = "\n".join(["---", *usual, *header.splitlines(), "---", "", case["body"], ""])
    files: dict[str, str | bytes] = {
        "book.yaml": "\n".join([*lines, added, ""]),
        "manuscript/01.md": chapter,
        "manuscript/references.json": json.dumps(REFERENCES),
        "images/square.svg": SQUARE,
        **case.get("files", {}),
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    for name, target in case.get("links", {}).items():
        (folder / name).symlink_to(target)


@pytest.mark.parametrize("name", [*CASES, *LARGE])
def test_hostile(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = {**CASES, **LARGE}[name]
    folder = tmp_path / "shelf" / "book"
    write_book(folder, case)
    monkeypatch.setattr(socket.socket, "connect", lambda *_: pytest.fail("something was fetched"))
    before = {path for path in tmp_path.rglob("*") if folder not in path.parents}
    if "says" in case:
        with pytest.raises(Refused) as refused:
            galleys_of(folder)
        assert case["says"] in str(refused.value)
        assert all(line.startswith(("manuscript/", "book.yaml", "styles/")) for line in str(refused.value).splitlines())
    else:
        galleys = galleys_of(folder)
        text = "".join(path.read_text(encoding="utf-8") for path in galleys.rglob("*.xhtml"))
        assert "<section" in text
        assert not [word for word in case["without"] if word in text]
    assert {path for path in tmp_path.rglob("*") if folder not in path.parents} == before
