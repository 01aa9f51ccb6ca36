"""The SVG document and its style sheet: flat colours of the palette, classes, live text, nothing else."""

from __future__ import annotations

import html
import re

from plates.curves import num
from plates.palette import FAMILY, PALETTE

GRID = '<path d="{path}" stroke="{colour}" stroke-width=".15"/>'


def style_sheet(body: str, size: float) -> str:
    """Return the CSS of the classes used in `body`; size of the labels in pt."""
    used = {name for names in re.findall(r'class="([^"]+)"', body) for name in names.split()}
    p = PALETTE
    rules = {name: f"fill:{colour}" for name, colour in p.items()} | {
        "dots": f"fill:none;stroke:{p['s100']};stroke-linecap:round",
        "disc": f"fill:{p['s100']};stroke:{p['paper']};stroke-width:1.2",
        "halo2": f"fill:{p['paper']}",
        "halo": f"fill:none;stroke:{p['paper']};stroke-width:3.2",
        "ring": f"fill:none;stroke:{p['s100']};stroke-width:1.6",
        "ah": f"fill:none;stroke:{p['paper']};stroke-width:3.6;stroke-linejoin:round",
        "as": f"fill:none;stroke:{p['s100']};stroke-width:1.5",
        "ld": f"fill:none;stroke:{p['ink']};stroke-width:.45",
        "lds": f"stroke:{p['s100']};stroke-width:.7",
        "lh": f"fill:none;stroke:{p['paper']};stroke-width:1.9",
        "lp": f"fill:{p['ink']};stroke:{p['paper']};stroke-width:.5",
        "t": f'font:{num(size)}px "{FAMILY}",sans-serif;fill:{p["ink"]}',
        "tm": f"font-weight:600;fill:{p['s130']}",
        "ts": f"font-weight:600;fill:{p['s100']}",
        "tw": f"font-weight:600;fill:{p['paper']}",
        "tn": f"font-style:italic;fill:{p['note']}",
    }
    return "path{fill-rule:evenodd}" + "".join(f".{name}{{{rule}}}" for name, rule in rules.items() if name in used)


def content(words: str) -> str:
    """Return words as the content of an element; quotation marks stay as they are."""
    return html.escape(words, quote=False)


def document(width: float, height: float, name: str, title: str, desc: str, body: str, size: float) -> str:
    """Return the text of the SVG; width, height and size of the labels in pt, `name` makes the ids unique in a page."""
    w, h = num(width), num(height)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}pt" height="{h}pt" role="img" '
        f'aria-labelledby="{name}-title {name}-desc">'
        f'<title id="{name}-title">{content(title)}</title><desc id="{name}-desc">{content(desc)}</desc>\n'
        f"<style>{style_sheet(body, size)}</style>\n{body}</svg>\n"
    )


def grid(width: float, height: float, step: int = 20) -> str:
    """Return a construction grid, for writing descriptions; it is never part of a plate."""
    out = ""
    for x in range(0, int(width), step):
        out += GRID.format(path=f"M{x} 0V{num(height)}", colour=PALETTE["s100"])
        out += f'<text class="t tn" x="{x}" y="8">{x}</text>'
    for y in range(0, int(height), step):
        out += GRID.format(path=f"M0 {y}H{num(width)}", colour=PALETTE["s100"])
        out += f'<text class="t tn" x="0" y="{y}">{y}</text>'
    return out
