"""Pages as small pictures, drawn from the PDF for screens."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from pathlib import Path

import pypdfium2
from PIL import Image

QUALITY = 40  # of WebP: enough to see how a page is built


def pages(pdf: Path, width: int) -> Iterator[Image.Image]:
    """Yield the pages of a PDF as pictures in RGB, so many pixels wide."""
    with pypdfium2.PdfDocument(pdf) as document:
        for number in range(len(document)):
            page = document[number]
            # Drawn twice as large and made smaller: thin strokes keep their grey.
            drawn = page.render(scale=2 * width / page.get_width()).to_pil().convert("RGB")
            page.close()
            yield drawn.resize((width, round(drawn.height * width / drawn.width)), Image.Resampling.BOX)


def address(picture: Image.Image) -> str:
    """Return a picture as the address that an `img` shows, its bytes within it."""
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=QUALITY, method=4)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode()}"
