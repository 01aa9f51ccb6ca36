"""A manuscript in another form, taken over: DOCX or EPUB in, the folder of a book out, and what was lost on the way.

Pandoc reads the file (sandboxed) into its document model, which is made plain here, cut into chapters at its headings
of the first level, and written as the Markdown of this press.
"""

from __future__ import annotations

import json
import re
import tempfile
import zipfile
from pathlib import Path
from typing import Any

from lxml import etree

from press import book as manifest_file
from press import files
from press.desk.model import Model, Node, text_of
from press.desk.new import begun, write_manifest
from press.findings import Finding, Refused, named
from press.read import pandoc
from press.read.book import read_all
from press.read.manuscript import FORMAT
from press.resolve.book import resolve
from press.resolve.draft import slug
from press.styles import Styles

READERS = {".docx": ("docx", ["--track-changes=all"]), ".epub": ("epub", [])}
PICTURES = (".png", ".jpg", ".jpeg", ".svg")
LARGEST = 40_000_000  # bytes of a picture


def take_over(file: Path, folder: Path, styles: Styles) -> list[Finding]:
    """Make the folder of a book out of a DOCX or EPUB file; return what did not come over, and what is to be mended.

    Raises Refused where the file cannot be read, and where there is anything in `folder` already.
    """
    if file.suffix.lower() not in READERS:
        raise Refused([Finding(str(file), 0, f"only {' and '.join(READERS)} files can be imported")])
    with begun(folder) as room:
        document = _open(file)
        model = Model()
        chapters = _chapters(model.plain(document["blocks"]))
        model.keep_targets(chapters)
        names = [_write(room, number, title, blocks, document) for number, (title, blocks) in enumerate(chapters, 1)]
        said = "".join((room / "manuscript" / name).read_text("utf-8") for name in names)
        lost = [*model.lost(), *_pictures(room, file, model.pictures), *_unread(file, said)]
        findings = [Finding(file.name, 0, what) for what in lost]
        write_manifest(room, folder, styles, chapters=names, **_about(document["meta"]))
        findings += _tables(room, names)
        findings += _trial(room, names, styles)
    return sorted(set(named("import", findings)))


def _open(file: Path) -> dict[str, Any]:
    reader, options = READERS[file.suffix.lower()]
    try:
        text, _ = pandoc.convert(file, reader, "json", options, file.stat().st_size)
    except RuntimeError:
        raise Refused([Finding(str(file), 0, f"Pandoc cannot read this as {reader.upper()}")]) from None
    document: dict[str, Any] = json.loads(text)
    return document


def _about(meta: dict[str, Any]) -> dict[str, Any]:
    """Return what the file says of itself, in the terms of book.yaml; only what it does say."""

    def values(key: str) -> list[str]:
        value = meta.get(key, {"t": "MetaList", "c": []})
        each = value["c"] if value["t"] == "MetaList" else [value]
        return [text for one in each if (text := text_of(one).strip())]

    about: dict[str, Any] = {key: " ".join(values(key)) for key in ("title", "subtitle", "description") if values(key)}
    if authors := values("author") or values("creator"):
        about["authors"] = authors
    if (languages := values("lang") or values("language")) and re.fullmatch(r"[a-z]{2,3}(-[A-Z]{2})?", languages[0]):
        about["language"] = languages[0]
    return about


def _chapters(blocks: list[Node]) -> list[tuple[Node | None, list[Node]]]:
    """Cut the text into chapters: each its heading and what follows it. What stands before the first is one too."""
    chapters: list[tuple[Node | None, list[Node]]] = [(None, [])]
    for block in blocks:
        if block["t"] == "Header" and block["c"][0] == 1:
            chapters.append((block, []))
        else:
            chapters[-1][1].append(block)
    return [chapter for chapter in chapters if chapter[0] or chapter[1]] or chapters


def _write(room: Path, number: int, heading: Node | None, blocks: list[Node], document: dict[str, Any]) -> str:
    """Write one chapter; return the name of its file."""
    title = text_of(heading["c"][2]).strip() if heading else ""
    title = title or ("Opening" if number == 1 else f"Chapter {number}")
    name = f"{number:02}-{slug(title)[:40].strip('-')}.md"
    part = {"pandoc-api-version": document["pandoc-api-version"], "meta": {}, "blocks": _levelled(blocks)}
    text, _ = pandoc.convert(json.dumps(part), "json", FORMAT, ["--wrap=none"], len(blocks) * 1000)
    header = f"---\nid: chapter-{number}\nnumber: {number}\ntitle: {json.dumps(title, ensure_ascii=False)}\n---\n\n"
    files.write(room / "manuscript" / name, header + text)
    return name


def _levelled(blocks: list[Node]) -> list[Node]:
    """Let the headings of a chapter begin at the second level and skip none."""
    level = 1
    for block in blocks:
        if block["t"] == "Header":
            level = block["c"][0] = max(2, min(block["c"][0], level + 1))
    return blocks


def _pictures(room: Path, file: Path, wanted: dict[str, str]) -> list[str]:
    """Copy the pictures that the text shows out of the file; return what is said of those that cannot be had."""
    lost = []
    with zipfile.ZipFile(file) as archive:
        for source, name in wanted.items():
            inside = [item for item in archive.infolist() if f"/{item.filename}".endswith(f"/{source}")]
            if not inside or Path(name).suffix not in PICTURES or inside[0].file_size > LARGEST:
                lost.append(
                    f"picture {source} did not come over: only PNG, JPEG and SVG files of the manuscript's own do"
                )
            else:
                files.write(room / name, archive.read(inside[0]))
    return lost


def _unread(file: Path, said: str) -> list[str]:
    """Return what Pandoc passes over in a DOCX without a word: text boxes, and pictures that are elsewhere."""
    if file.suffix.lower() != ".docx":
        return []
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    with zipfile.ZipFile(file) as archive:
        body = etree.fromstring(archive.read("word/document.xml"), parser)
    boxes = ["".join(map(str, box.itertext())).strip() for box in body.iter("{*}txbxContent")]
    words = "".join(said.split())
    lost = {f"the text box “{box[:80]}” did not come over" for box in boxes if "".join(box.split()) not in words}
    if linked := sum(any("}link" in name for name in map(str, blip.attrib)) for blip in body.iter("{*}blip")):
        lost.add(f"{linked} linked pictures did not come over" if linked > 1 else "a linked picture did not come over")
    return sorted(lost)


def _tables(room: Path, names: list[str]) -> list[Finding]:
    """Find the places where Pandoc had no way to write a table."""
    return [
        Finding(f"manuscript/{name}", number, "a table did not come over: its cells are joined or hold more than text")
        for name in names
        for number, line in enumerate((room / "manuscript" / name).read_text("utf-8").splitlines(), 1)
        if line.strip() == "[TABLE]"
    ]


def _trial(room: Path, names: list[str], styles: Styles) -> list[Finding]:
    """Return what the press says of the new book: what its author has to mend before it builds."""
    with tempfile.TemporaryDirectory() as scratch:
        each = read_all(room, [Path(name).stem for name in names], Path(scratch, "read"))
        try:
            manifest_file.load(room)
            resolve(room, each, styles, Path(scratch, "galleys"))
        except Refused as refused:
            return refused.findings
    return []
