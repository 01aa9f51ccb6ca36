"""A new book: a folder that builds at once, from the example in styles/new/."""

from __future__ import annotations

import datetime
import json
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from markupsafe import Markup

from press import files
from press.findings import Finding, Refused
from press.resolve.draft import slug
from press.styles import Styles, markup

EXAMPLE = "new"  # below the styles
EDITIONS = ("epub", "pdf", "print", "html", "large")


@contextmanager
def begun(folder: Path) -> Iterator[Path]:
    """Yield a room to fill, which becomes the new folder of a book when the block ends well.

    Raises Refused where there is anything in `folder` already: nothing is ever overwritten.
    """
    if folder.is_symlink() or (folder.exists() and not (folder.is_dir() and not any(folder.iterdir()))):
        raise Refused([Finding(str(folder), 0, "there is something already: name a folder that does not exist")])
    with files.folder(folder) as room:
        yield room


def write_manifest(room: Path, folder: Path, styles: Styles, **about: Any) -> None:
    """Write book.yaml, with identifiers of its own, and what git has to pass over."""
    name = slug(folder.resolve().name)
    usual: dict[str, Any] = {
        "slug": name if name.isascii() and "_" not in name else "book",
        "title": folder.resolve().name.replace("-", " ").replace("_", " ").strip().title() or "A New Book",
        "subtitle": "",
        "description": "What this book is about, in a sentence or two.",
        "language": "en",
        "authors": ["Your Name"],
        "identifiers": {edition: uuid.uuid4().urn for edition in EDITIONS},
        "date": datetime.date.today().isoformat(),
        "front": [],
        "references": False,
        "example": False,
    }
    said = usual | about
    said["rights"] = f"© {said['date'][:4]} {', '.join(said['authors'])}"
    said["authors"] = [_quoted(name) for name in said["authors"]]
    said |= {key: _quoted(said[key]) for key in ("title", "subtitle", "description", "rights") if said[key]}
    files.write(room / "book.yaml", styles.render(f"{EXAMPLE}/book.yaml.j2", **said))
    shutil.copyfile(styles.find(f"{EXAMPLE}/gitignore"), room / ".gitignore")


def _quoted(text: str) -> Markup:
    """Return a text as YAML between double quotes."""
    return markup(json.dumps(text, ensure_ascii=False))


def new(folder: Path, styles: Styles) -> None:
    """Make the folder of a new book, with three chapters that show everything an author can write.

    Raises Refused where there is anything in `folder` already.
    """
    example = styles.find(f"{EXAMPLE}/book.yaml.j2").parent
    with begun(folder) as room:
        for name in ("manuscript", "images"):
            shutil.copytree(example / name, room / name)
        chapters = sorted(path.name for path in (room / "manuscript").glob("[0-9]*.md"))
        write_manifest(room, folder, styles, front=["preface.md"], chapters=chapters, references=True, example=True)
