"""Pages as small pictures, drawn from a PDF for screens."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import pypdfium2
from PIL import Image

QUALITY = 40  # of WebP: enough to see how a page is built


class Pages:
    """The pages of a PDF as pictures in RGB, `width` pixels wide."""

    def __init__(self, pdf: Path, width: int) -> None:
        self._document = pypdfium2.PdfDocument(pdf)
        self.width = width

    def __len__(self) -> int:
        return len(self._document)

    def draw(self, sheet: int) -> Image.Image:
        """Return a page; the first is 1."""
        page = self._document[sheet - 1]
        # Drawn twice as large and made smaller: thin strokes keep their grey.
        drawn: Image.Image = page.render(scale=2 * self.width / page.get_width()).to_pil().convert("RGB")
        page.close()
        return drawn.resize((self.width, round(drawn.height * self.width / drawn.width)), Image.Resampling.BOX)


def address(picture: Image.Image) -> str:
    """Return a picture as the address that an `img` shows, its bytes within it."""
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=QUALITY, method=4)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode()}"
