"""Makes the pictures of the README from the finished editions: `python docs/pictures.py` after `snakemake all`.

It needs the environment of the tests (`./book test`): the web edition is shown by Chromium.
"""

from __future__ import annotations

import io
import shutil
import sys
from pathlib import Path

import pikepdf
import pypdfium2
from PIL import Image, ImageOps
from playwright.sync_api import sync_playwright

HERE = Path(__file__).parent
FIGURE, PART = "fig-neck-anatomy", "spot-6"  # what is on the spread, and on the phone
HEIGHT = 560  # px, of all three


def save(image: Image.Image, name: str) -> None:
    """Save a picture at the common height, with a hairline around it."""
    width = round(image.width * HEIGHT / image.height)
    image = ImageOps.expand(image.convert("RGB").resize((width, HEIGHT), Image.Resampling.LANCZOS), 1, "#c9c6c0")
    image.save(HERE / f"{name}.webp", quality=78, method=6)
    print(f"docs/{name}.webp: {image.width} × {image.height}, {(HERE / f'{name}.webp').stat().st_size // 1000} kB")


def spread(path: Path) -> Image.Image:
    """Return the two facing pages on one of which the figure stands."""
    with pikepdf.open(path) as pdf:
        target = pikepdf.NameTree(pdf.Root.Names.Dests)[FIGURE]
        at = next(number for number, page in enumerate(pdf.pages) if page.obj.objgen == target[0].objgen)
    verso = at if at % 2 else at - 1  # the first page, number 0, is a recto
    with pypdfium2.PdfDocument(path) as document:
        pages = [document[number].render(scale=2).to_pil() for number in (verso, verso + 1)]
    image = Image.new("RGB", (pages[0].width * 2, pages[0].height), "white")
    for place, page in enumerate(pages):
        image.paste(page, (place * page.width, 0))
    return image


def views(site: Path) -> dict[str, Image.Image]:
    """Return the page of the part as a phone shows it, and the finder."""
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--allow-file-access-from-files"]
        )
        phone = browser.new_page(viewport={"width": 360, "height": 720}, device_scale_factor=2)
        style = (site / "style.css").read_text(encoding="utf-8")
        waiting = style.replace("font-display: optional", "font-display: block")  # a picture can wait for its faces
        phone.route("**/style.css", lambda route: route.fulfill(body=waiting, content_type="text/css"))
        site = site.resolve()
        phone.goto((site / f"{PART}.html").as_uri())
        phone.evaluate("document.fonts.ready.then(() => true)")
        shots = {"phone": phone.screenshot()}
        desk = browser.new_page(viewport={"width": 1000, "height": 900}, device_scale_factor=2)
        desk.goto((site / "index.html").as_uri())
        shots["finder"] = desk.locator("#finder svg").first.screenshot()
        browser.close()
    return {name: Image.open(io.BytesIO(shot)) for name, shot in shots.items()}


def main(build: Path) -> None:
    """Make all three from the editions in the folder `build`."""
    (book,) = [path for path in build.glob("*.pdf") if not path.stem.endswith(("-print", "-cover", "-large"))]
    save(spread(book), "spread")
    for name, image in views(build / "html").items():
        save(image, name)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else Path("build"))
