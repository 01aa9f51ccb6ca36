"""Figures: numbers, captions, credits; and the pictures themselves, which are not to be trusted."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from pathlib import Path

from lxml import etree

from press import pixels
from press.galleys import Figure
from press.resolve import plates
from press.resolve.credits import FILE
from press.resolve.draft import Draft, Ledger, text_of
from press.resolve.outlines import outline
from press.resolve.trust import open_svg
from press.styles import Styles

MAX_PIXELS = 50_000_000
LARGEST = 10_000  # pt
_SRC = re.compile(r"^images/[\w.-]+(/[\w.-]+)*\.(svg|png|jpe?g)$")


def number_figures(draft: Draft, ledger: Ledger, book: Path, styles: Styles) -> None:
    """Number the figures of a part, give each its markup, and check its picture."""
    for count, figure in enumerate(draft.body.iter("figure"), start=1):
        image, caption = figure.find(".//img"), figure.find("figcaption")
        if image is None:
            ledger.find(draft, figure, "a figure without a picture")
            continue
        number = f"{draft.document.number}.{count}" if draft.document.number else str(count)
        name = figure.get("id") or image.attrib.pop("id", "") or f"{draft.document.id}-figure-{count}"
        figure.set("id", name)
        figure.set("class", "figure")
        figure.set("data-number", number)
        credit = image.attrib.pop("data-credit", "")
        plate = _set_picture(draft, image, ledger, book, styles, credit)
        ledger.anchor(draft, figure, name, "figure", ledger.say("figure-short", number=number))
        ledger.figures.append(
            Figure(
                id=name,
                document=draft.document.id,
                number=number,
                src=image.get("src", ""),
                title=plate.title,
                caption="" if caption is None else text_of(caption),
                alt=image.get("alt", ""),
                credit=credit,
            )
        )
        _set_caption(
            figure, caption, ledger.say("figure", number=number), credit and ledger.say("credit", credit=credit)
        )


def _set_picture(
    draft: Draft, image: etree._Element, ledger: Ledger, book: Path, styles: Styles, credit: str
) -> plates.Plate:
    """Measure and check the picture of a figure; a drawing's own description is its alternative text."""
    src, plate = image.get("src", ""), plates.Plate("", "", (), ())
    try:
        width, height = measure(book, src)
        image.set("width", f"{width:g}")
        image.set("height", f"{height:g}")
        ledger.images.setdefault(src, None)
        if src.endswith(".svg"):
            plate = plates.read(book / src)
            if src not in ledger.plates:
                ledger.images[src] = outline(book / src, styles)
            ledger.plates[src] = plate
            _check_plate(draft, image, plate, ledger, styles, credit)
    except ValueError as error:
        ledger.find(draft, image, f"picture {src}: {error}")
    else:
        if not image.get("alt") and plate.description:
            image.set("alt", plate.description)
        elif not image.get("alt"):
            where = ", or a <desc> to the drawing" if src.endswith(".svg") else ""
            message = f'has no alternative text: add alt="…", what is seen, not the caption{where}'
            ledger.find(draft, image, f"picture {src} {message}")
    return plate


def _check_plate(
    draft: Draft, image: etree._Element, plate: plates.Plate, ledger: Ledger, styles: Styles, credit: str
) -> None:
    src = image.get("src", "")
    if strange := styles.tokens.get("plates") and plate.strange(styles.tokens["plates"]):
        ledger.find(draft, image, f"picture {src}: colour {', '.join(strange)} is not in the palette of the plates")
    if ledger.credits and not credit and Path(src).stem not in ledger.credits.plates:
        ledger.find(draft, image, f"picture {src} has no credit in {FILE}")


def check_targets(drafts: list[Draft], ledger: Ledger) -> None:
    """Find drawings that lead (by `data-target` of a group) to what is no part of the book."""
    names = {draft.document.id for draft in drafts}
    for draft in drafts:
        for image in draft.body.iter("img"):
            plate = ledger.plates.get(image.get("src", ""))
            for target in plate.targets if plate else ():
                if target not in names:
                    ledger.find(
                        draft, image, f"picture {image.get('src')}: data-target '{target}' is no part of the book"
                    )


def _set_caption(figure: etree._Element, caption: etree._Element | None, label: str, credit: str) -> None:
    if caption is None:
        caption = etree.SubElement(figure, "figcaption")
    caption.attrib.pop("aria-hidden", None)
    span = etree.Element("span", {"class": "figure-number"})
    span.text, span.tail = label, " " + (caption.text or "").lstrip()
    caption.text = None
    caption.insert(0, span)
    if credit:
        last = etree.SubElement(caption, "span", {"class": "credit"})
        last.text = credit
        previous = last.getprevious()
        assert previous is not None
        previous.tail = (previous.tail or "").rstrip() + " "


def measure(book: Path, src: str) -> tuple[float, float]:
    """Return width and height of a picture in pt. Raises ValueError saying why it may not be used.

    A picture lies in the book's own images folder, is an SVG without scripts and outside references, a PNG or a JPEG.
    """
    if not _SRC.match(src) or ".." in src:
        raise ValueError("a picture is named as images/NAME.svg, .png or .jpg")
    path = book / src
    if not path.is_file():
        raise ValueError("there is no such file")
    if not path.resolve().is_relative_to((book / "images").resolve()):
        raise ValueError("the file leads out of the images folder")
    return _measure_svg(path) if path.suffix == ".svg" else _measure_pixels(path)


def _measure_svg(path: Path) -> tuple[float, float]:
    status = path.stat()
    return _measured(path, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)


@lru_cache(maxsize=256)  # for the preview, which resolves a book again and again
def _measured(path: Path, *_: int) -> tuple[float, float]:
    width, height = pixels.size(open_svg(path))
    if not (0 < width <= LARGEST and 0 < height <= LARGEST):
        raise ValueError(f"{width:g} × {height:g} pt is no size for a picture")
    return width, height


def _measure_pixels(path: Path) -> tuple[float, float]:
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings(action="error"), Image.open(path, formats=("PNG", "JPEG")) as image:
            width, height = image.size
            dpi = image.info.get("dpi", (96, 96))
            image.verify()
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise ValueError("it has too many pixels") from None
    except (UnidentifiedImageError, OSError, SyntaxError, Warning):
        raise ValueError("not a whole PNG or JPEG") from None
    if width * height > MAX_PIXELS:
        raise ValueError(f"{width} × {height} pixels are too many")
    return width / float(dpi[0] or 96) * 72, height / float(dpi[1] or 96) * 72
