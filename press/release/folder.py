"""The folder of a release, written whole or not at all."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from press import book as manifest_file
from press import files
from press.changes import snapshot
from press.check import machine
from press.check.record import Record, name_of
from press.findings import Finding, Refused, named
from press.galleys import Galleys
from press.pagemap import PageMap
from press.release import covers, inventory, onix, record, trade
from press.release.editions import Product, products
from press.release.sources import LICENCES, packed, sources
from press.styles import Styles

RECORD, BIBTEX, SUMS, CREDITS = "record.json", "record.bib", "SHA256SUMS", "CREDITS.md"


@dataclass(frozen=True)
class Made:
    """What a release is made of: galleys, page map, preflight card, what checks looked at and found, the editions."""

    galleys: Path
    pages: Path
    card: Path
    records: list[Path]
    findings: list[Path]
    editions: list[Path]


def build(folder: Path, made: Made, styles: Styles, output: Path) -> None:
    """Write the release of the book in `folder` to the folder `output`.

    Raises Refused with everything that stops a release, each by its rule; then nothing is written.
    """
    manifest = manifest_file.load(folder)
    records = [Record.model_validate_json(path.read_bytes()) for path in made.records]
    if findings := [
        *named("release", [*trade.check(folder, manifest), *_unchecked(made.editions, records)]),
        *(one for path in made.findings for one in machine.read(path) if one.severity == "error"),
        *_preflight(made.card),
    ]:
        raise Refused(findings)
    proof = Galleys(made.galleys)
    by_kind = {_kind(path, manifest.slug): path for path in made.editions}
    page_map = PageMap.model_validate_json(made.pages.read_bytes())
    editions = products(manifest, proof.book, page_map, by_kind, records)
    message = onix.write(manifest, proof.book, editions, styles)
    if findings := named("onix", onix.check(message)):
        raise Refused(findings)
    with files.folder(output) as room:
        for product in editions:
            _put(product, by_kind, room, manifest.slug, manifest.version)
        for size, picture in covers.draw(proof, styles):
            for isbn in (product.isbn for product in editions if product.isbn):
                files.write(room / "covers" / f"{isbn}_front_{size}.jpg", picture)
        shutil.copyfile(made.card.with_suffix(".html"), room / "preflight.html")
        files.write(room / onix.FILE, message)
        files.write(room / RECORD, record.csl(manifest))
        files.write(room / BIBTEX, record.bibtex(record.csl(manifest)))
        files.write(room / snapshot.FILE, snapshot.take(proof, page_map).model_dump_json() + "\n")
        _licences(folder, styles, room)
        files.write(room / CREDITS, styles.render("release/credits.md.j2", book=proof.book, faces=_families(styles)))
        name = f"{manifest.slug}-{manifest.version}-sources.zip"
        files.write(room / name, packed(folder, sources(folder, manifest)))
        # The manifest names the tools of whoever made the release, so it is not among what others compare.
        sums = inventory.sums(room)
        files.write(room / inventory.FILE, inventory.describe(folder, manifest, styles, records, room))
        files.write(room / SUMS, sums)


def _kind(path: Path, slug: str) -> str:
    """Return which edition a file is: print for SLUG-print.pdf, epub for SLUG.epub, html for a home page."""
    return "html" if path.name == "index.html" else path.stem.removeprefix(slug).strip("-") or path.suffix[1:]


def _unchecked(editions: list[Path], records: list[Record]) -> list[Finding]:
    """Find the editions that no check has seen as they are."""
    message = "it was not checked as it is now: run 'snakemake check'"
    return [Finding(name_of(path), 0, message) for path in editions if not any(one.of(path) for one in records)]


def _preflight(card: Path) -> list[Finding]:
    """Return what the preflight card has against the printer's files."""
    return [
        Finding(file["name"], 0, f"{check['name']}: {'; '.join(check['messages'])}", "print")
        for file in json.loads(card.read_bytes())["files"]
        for check in file["checks"]
        if check["messages"]
    ]


def _put(product: Product, given: dict[str, Path], room: Path, slug: str, version: str) -> None:
    """Put an edition into the release under a name that is bound to it: its ISBN, or that of the web edition's zip."""
    if product.kind == "html":
        site = product.file.parent
        pages = (path for path in site.rglob("*") if path.is_file())
        files.write(room / f"{slug}-{version}-web.zip", packed(site, pages))
        return
    shutil.copyfile(
        product.file, room / f"{product.isbn}{'_text' if product.kind == 'print' else ''}{product.file.suffix}"
    )
    if product.kind == "print":
        shutil.copyfile(given["cover"], room / f"{product.isbn}_cover.pdf")


def _families(styles: Styles) -> list[str]:
    return sorted({face.family for face in styles.faces})


def _licences(folder: Path, styles: Styles, room: Path) -> None:
    """Copy the licences of the book, of the fonts and of the printing profiles."""
    for place, below in [
        (folder, "book"),
        *((one / kind, kind) for one in styles.folders for kind in ("fonts", "profiles")),
    ]:
        for path in (path for pattern in LICENCES for path in place.glob(pattern) if path.is_file()):
            (room / "licences" / below).mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, room / "licences" / below / path.name)
