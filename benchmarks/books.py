"""The books that are built: ours, copies of it many times as long, and each as the plain tools want it.

A plain tool gets the same text, notes, citations, figures and hyphenation: the manuscripts with their headers turned
into headings, and the references in the same file and style.
"""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import yaml

from press import book as manifest_file
from press.read.manuscript import split

_ID = re.compile(r"(?<![\w/])#(?!#)([a-z][\w-]*)")
_CALL = re.compile(r"\[\^([^\]\s]+)\]")


def copy(home: Path, work: Path, times: int) -> Path:
    """Copy the book in the folder `home` to a folder in `work`, its chapters `times` times over; return that folder."""
    folder = work / f"book-{times}"
    shutil.rmtree(folder, ignore_errors=True)
    for name in ("manuscript", "images"):
        shutil.copytree(home / name, folder / name)
    manifest = yaml.safe_load((home / "book.yaml").read_text(encoding="utf-8"))
    originals = list(manifest["chapters"])
    for copy_number in range(2, times + 1):
        for name in originals:
            fresh = f"{Path(name).stem}-{copy_number}.md"
            text = (folder / "manuscript" / name).read_text(encoding="utf-8")
            (folder / "manuscript" / fresh).write_text(_again(text, copy_number, len(originals)), encoding="utf-8")
            manifest["chapters"].append(fresh)
    manifest["date"] = str(manifest["date"])
    (folder / "book.yaml").write_text(yaml.safe_dump(manifest, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder


def _again(text: str, number: int, chapters: int) -> str:
    """Return a chapter once more, with ids of its own; what refers to another part of the book still does."""
    own = set(re.findall(r"\{[^}\n]*#([a-z][\w-]*)", text)) | set(re.findall(r"^id: (\S+)", text, re.M))
    text = _ID.sub(lambda match: f"#{match[1]}-{number}" if match[1] in own else match[0], text)
    text = re.sub(r"^id: (\S+)$", rf"id: \1-{number}", text, count=1, flags=re.M)
    return re.sub(
        r"^number: (\d+)$", lambda m: f"number: {int(m[1]) + chapters * (number - 1)}", text, count=1, flags=re.M
    )


def pages(folder: Path) -> int:
    """Return how many pages the press made of the book in `folder`; 0 if it made none yet."""
    page_map = folder / "build" / "sheets" / "book" / "pages.json"
    return len(json.loads(page_map.read_bytes())["pages"]) if page_map.is_file() else 0


def edit(file: Path) -> None:
    """Change one word of a manuscript: its first long paragraph gets the word "edited", or loses it again."""
    text = file.read_text(encoding="utf-8")
    changed = text.replace(" edited ", " ", 1)
    if changed == text:
        changed = re.sub(r"^([A-Z]\w*) (?=[^\n]{80})", r"\1 edited ", text, count=1, flags=re.M)
    file.write_text(changed, encoding="utf-8")


def plain(folder: Path) -> Path:
    """Write the book in `folder` as one Markdown file, `plain/book.md`, for tools that know nothing of the press."""
    manifest = manifest_file.load(folder)
    target = folder / "plain"
    target.mkdir(exist_ok=True)
    head = {
        "title": manifest.title,
        "subtitle": manifest.subtitle,
        "author": [person.name for person in manifest.contributors],
        "lang": manifest.language,
        "link-citations": True,
    }
    parts = [f"---\n{yaml.safe_dump(head, allow_unicode=True)}---\n"]
    for count, name in enumerate(manifest_file.manuscripts(manifest)):
        source = f"manuscript/{name}.md"
        header, body, _ = split((folder / source).read_text(encoding="utf-8"), source)
        title = f"# {header.value['title']} {{#{header.value.get('id', name)}}}"
        notes = _CALL.sub(rf"[^{count}-\1]", body)  # the plain tools know one list of notes for the whole book
        links = re.sub(r"\[\]\((#[^)]+)\)", r"[there](\1)", notes)
        parts.append(f"{title}\n\n{links.strip()}\n")
    (target / "book.md").write_text("\n".join(parts), encoding="utf-8")
    shutil.copy2(folder / manifest.references, target / "references.json")
    if not (target / "images").exists():
        (target / "images").symlink_to("../images")
    return target
