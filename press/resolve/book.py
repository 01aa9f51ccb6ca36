"""The whole book, resolved: the order in which the other modules of this room do their work."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from lxml import etree

from press import book as manifest_file
from press import files, galleys
from press.findings import Finding, Refused
from press.resolve import blocks, credits, links, notes, pictures
from press.resolve.citations import References
from press.resolve.draft import PAGES, Draft, Ledger, open_manuscript, open_page
from press.resolve.glyphs import check_glyphs, check_spaces
from press.resolve.pages import Pages
from press.styles import Styles

_WORD = re.compile(r"\w[\w'’-]*")


def resolve(book: Path, read: dict[str, Path], styles: Styles, output: Path) -> None:
    """Make the galleys of the book in the folder `book` out of what *read* wrote: a file by the stem of its manuscript.

    Writes the folder `output` in one step. Raises Refused with every finding of every file if there is any.
    """
    manifest = manifest_file.load(book)
    ledger = Ledger(manifest, styles.locale(manifest.language))
    references = _load_references(book, styles, ledger)
    ledger.credits, ledger.findings = credits.load(book)
    drafts = _open(ledger, read)
    for draft in drafts:
        blocks.clean(draft, ledger)
        if draft.document.type == "glossary":
            blocks.define_glossary(draft, ledger)
    for draft in drafts:
        _set_part(draft, ledger, references, book, styles)
    _check_manifest(ledger, drafts, book)
    pictures.check_targets(drafts, ledger)
    check_spaces(ledger, styles)
    check_glyphs([draft for draft in drafts if not draft.document.page], ledger, styles)
    pages = Pages(styles, ledger, drafts, references)
    for draft in [draft for draft in drafts if pages.is_empty(draft)]:
        drafts.remove(draft)
        del ledger.anchors[draft.document.id]
    for draft in drafts:
        links.set_links(draft, ledger)
    _set_pages(drafts, ledger, pages)
    if not ledger.findings:  # pages of book.yaml's words and of letters of the index; all else was looked at
        check_glyphs([draft for draft in drafts if draft.document.page], ledger, styles)
    if ledger.findings:
        raise Refused(ledger.findings)
    _write(output, book, ledger, drafts, pages)


def _load_references(book: Path, styles: Styles, ledger: Ledger) -> References:
    name = ledger.manifest.references
    try:
        return References.load(book / name if name else None, styles.find("references.csl"), ledger.manifest.language)
    except ValueError as error:
        raise Refused([Finding(name, 0, str(error))]) from None


def _open(ledger: Ledger, read: dict[str, Path]) -> list[Draft]:
    """Open every part, in reading order."""
    drafts = []
    for part in manifest_file.parts(ledger.manifest):
        if not part.is_manuscript and part.name not in PAGES:
            message = f"'{part.name}' is not one of the generated pages {', '.join(PAGES)}"
            raise Refused([Finding("book.yaml", 0, message)])
        drafts.append(open_manuscript(part, read, ledger) if part.is_manuscript else open_page(part, ledger))
    for draft in drafts:
        document = draft.document
        ledger.anchor(draft, None, document.id, document.type, document.short_label or document.title)  # type: ignore[arg-type]
    return drafts


def _set_part(draft: Draft, ledger: Ledger, references: References, book: Path, styles: Styles) -> None:
    """Everything that can be said of a part before the others are known."""
    notes.set_notes(draft, ledger, references)
    words = len(_WORD.findall("".join(draft.body.itertext())))
    draft.document.words = words
    draft.document.minutes = max(1, round(words / ledger.manifest.words_per_minute)) if words else 0
    blocks.name_sections(draft, ledger)
    blocks.set_boxes(draft, ledger)
    blocks.set_spans(draft, ledger)
    blocks.number_tables(draft, ledger)
    pictures.number_figures(draft, ledger, book, styles)
    own = {note.get("id", "") for note in draft.notes} | {f"{draft.document.id}-notes"}
    for element in draft.body.iter(etree.Element):
        name = element.get("id", "")
        if name in own:
            ledger.find(draft, element, f"id '{name}' stands twice in the book: the notes of this part have it")
        if name and name not in ledger.anchors and not name.startswith(f"{draft.document.id}-"):
            ledger.anchor(draft, element, name, "place", name)


def _check_manifest(ledger: Ledger, drafts: list[Draft], book: Path) -> None:
    """Check what book.yaml says of things that are known only now."""
    for key, cover in (("cover", ledger.manifest.cover), ("cover-art", ledger.manifest.cover_art)):
        if not cover:
            continue
        try:
            pictures.measure(book, cover)
        except ValueError as error:
            ledger.findings.append(Finding("book.yaml", 0, f"{key} {cover}: {error}"))
        if ledger.credits and Path(cover).stem not in ledger.credits.plates:
            ledger.findings.append(Finding("book.yaml", 0, f"{key} {cover} has no credit in {credits.FILE}"))
    if (art := ledger.manifest.cover_art) and Path(art).suffix != ".svg":
        ledger.findings.append(Finding("book.yaml", 0, f"cover-art {art}: only an SVG can lie under the title"))
    names = {draft.document.id for draft in drafts}
    for name in ledger.manifest.shared:
        if name not in names:
            ledger.findings.append(Finding("book.yaml", 0, f"shared: no part of the book has the id '{name}'"))


def _set_pages(drafts: list[Draft], ledger: Ledger, pages: Pages) -> None:
    """Render what depends on the whole book: computed blocks first, then generated pages."""
    for draft in drafts:
        pages.set_blocks(draft)
    for draft in drafts:
        if draft.document.page:
            draft.body = pages.page(draft)
            for element in draft.body.iter(etree.Element):
                if name := element.get("id", ""):
                    ledger.anchor(draft, element, name, "place", "")


def _write(output: Path, book: Path, ledger: Ledger, drafts: list[Draft], pages: Pages) -> None:
    manifest = ledger.manifest
    for note in ledger.notes:
        for name in (note.id, note.call):
            ledger.anchors[name] = galleys.Anchor(document=note.document, kind="note", text=str(note.number))
    with files.folder(output) as folder:
        for draft in drafts:
            (folder / draft.document.file).write_text(pages.galley(draft), encoding="utf-8")
        images = sorted({*ledger.images, manifest.cover, manifest.cover_art} - {""})
        for name in images:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(book / name, folder / name)
            if outlined := ledger.images.get(name):
                (folder / name).with_suffix(".outlined.svg").write_bytes(outlined)
        model = galleys.Book(
            **manifest.model_dump(
                include=set("slug title subtitle description language direction rights licence imprint url".split())
                | set("subjects series edition version cover cover_art shared hyphenation".split())
            ),
            contributors=[
                galleys.Contributor(name=one.name, role=one.role, file_as=one.file_as or one.name)
                for one in manifest.contributors
            ],
            identifiers=manifest.identifiers.model_dump(exclude_none=True),
            date=manifest.date.isoformat(),
            paper=galleys.Paper(
                width=manifest.trim.width,
                height=manifest.trim.height,
                bleed=manifest.trim.bleed,
                caliper=manifest.stock.caliper,
            ),
            printing=galleys.Printing.model_validate(manifest.printing.model_dump()),
            words=ledger.words,
            documents=[draft.document for draft in drafts],
            anchors=ledger.anchors,
            figures=ledger.figures,
            notes=ledger.notes,
            images=images,
            digest=files.digest(folder),
        )
        (folder / "book.json").write_text(model.model_dump_json(indent=1), encoding="utf-8")
