"""The web edition: a folder of plain HTML pages, one a part of the book, that needs no server and no script.

`build` reads galleys and styles. The pages' frames are styles/web/*.html.j2, their looks styles/web/site.css.j2; the
galleys' own markup is carried over into HTML (`markup.py`) and given the addresses of the site. Scripts
(styles/web/*.js) add what a page cannot do by itself: search, themes, notes beside the text, the reading place, reading
offline.
"""

from __future__ import annotations

from pathlib import Path

from press import files
from press.editions.web import downloads
from press.editions.web.site import Site
from press.galleys import Galleys
from press.styles import Styles

__all__ = ["build"]


def build(galleys: Path, styles: Styles, output: Path) -> None:
    """Write the web edition of the book in `galleys` to the folder `output`, in one step.

    Where it has downloads they stay, so that it is never without them; `downloads.py` puts the new ones in their place.
    """
    site = Site(Galleys(galleys), styles)
    with files.folder(output) as room:
        for name, content in site.files():
            files.write(room / name, content)
        downloads.carry_over(output, room)
