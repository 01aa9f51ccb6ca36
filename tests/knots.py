"""A small book in galleys, after press/README.md: two chapters, a finder, a repeated appendix, a part in Hebrew."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import yaml
from lxml import html

from press.pixels import rasterise

ROOT = Path(__file__).parent.parent
URL = "https://knots.example/two/"
UUID = "urn:uuid:00000000-0000-5000-8000-00000000000{}"
INTENT = {"condition": "none", "profile": "none.icc"}

GALLEY = """<?xml version="1.0" encoding="utf-8"?>
<html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops" lang="{lang}" xml:lang="{lang}">
<head><title>{title}</title></head>
<body><section class="document {type}" id="{id}" epub:type="{type}" role="doc-{type}" lang="{lang}" dir="{dir}">
{body}</section></body></html>
"""
OPENER = """<header class="opener"><p class="label">Knot No. {n}</p><p class="numeral" aria-hidden="true">{n}</p>
<h1>{title}</h1><p class="subtitle" role="doc-subtitle">{subtitle}</p></header>"""
ENTRY = """<li data-target="{id}"><a href="#{id}"><span class="label">Knot No. {n}</span>
<span class="title">{title}</span>
<span class="subtitle">{subtitle}</span></a></li>"""
KNOTS = [
    {
        "n": "1",
        "id": "knot-1",
        "title": "The Bowline",
        "subtitle": "A loop that holds – and lets go",
        "picture": "bowline.svg",
    },
    {
        "n": "2",
        "id": "knot-2",
        "title": "The Sheet Bend",
        "subtitle": "Two ropes, of two thicknesses",
        "picture": "bend.png",
    },
]
CHAPTER = """{opener}
<p data-line="9">A rope has two ends and one <a class="term" href="#term-bight" role="doc-glossref">bight</a>.<a
class="note-call citation" id="{id}-call-1" href="#{id}-note-1" epub:type="noteref" role="doc-noteref">1</a> It is
<span class="index-term" id="{id}-ix-1">laid</span>, not
woven.<a class="note-call commentary" id="{id}-call-2" href="#{id}-note-2" role="doc-noteref">2</a>
See <a class="xref" href="#fig-other-{n}" data-kind="figure">the other figure</a>,
<a href="#tbl-{n}">table 1</a>.</p>
<dl class="page-info"><div><dt>Words</dt><dd>2,100</dd></div><div><dt>Notes</dt><dd>2</dd></div></dl>
<section class="level2" id="{id}-how"><h2>How to tie it</h2><p>Over, under and through.</p>
<figure id="fig-{id}" class="figure"><img src="images/{picture}" alt="A loop of rope" width="600" height="300"/>
<figcaption><span class="figure-number">Figure {n}.1</span> It holds.
<span class="credit">By us</span></figcaption></figure>
<section class="level3" id="{id}-wet"><h3>When wet</h3>
<aside class="box careful" role="note" aria-labelledby="{id}-box-1"><p class="box-title" id="{id}-box-1">Careful</p>
<p>Wet rope slips.</p></aside></section>
<div class="table" id="tbl-{n}"><table><caption><span class="table-number">Table {n}.1</span> Strength</caption>
<thead><tr><th>Rope</th><th>Circumference</th><th>Breaking load</th><th>Manufacturer</th><th>Recommendation</th>
</tr></thead>
<tbody><tr><td>Hemp</td><td>24 mm</td><td>412 kg</td><td>unknown</td><td>Unobjectionable</td></tr></tbody></table></div>
</section>
<section class="notes" epub:type="footnotes" role="doc-endnotes" id="{id}-notes"><h2>Notes</h2><ol>
<li class="note citation" id="{id}-note-1" value="1"><p><cite class="reference" data-key="a">Ashley. <i>Knots</i>. <a
class="identifier" href="https://doi.org/10.1000/a-very-long-identifier-that-does-not-break-anywhere-at-all">doi:10.1000/a-very-long-identifier-that-does-not-break-anywhere-at-all</a></cite>
<a class="note-back" href="#{id}-call-1" role="doc-backlink" aria-label="Back to the text of note 1">↩</a></p></li>
<li class="note commentary" id="{id}-note-2" value="2"><p>Hemp, that is.
<a class="note-back" href="#{id}-call-2" role="doc-backlink" aria-label="Back to the text of note 2">↩</a></p></li>
</ol></section>"""
BOWLINE = """<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 600 300"
width="600pt" height="300pt" role="img" aria-labelledby="t d">
<title id="t">The bowline</title><desc id="d">A loop.</desc>
<style>circle{fill:#fff}.rope,.end{fill:none;stroke:#c2402a}.end.end{stroke-width:3}.t{font:8px "Source Sans 3"}
@media (prefers-color-scheme:dark){.rope{stroke:#ff7a5c}}</style><defs><circle id="c" r="9"/></defs>
<circle class="rope end" cx="300" cy="150" r="99"/><use xlink:href="#c"/><path fill="#20272C" style="stroke:#9b9fa1"/>
<text class="t" x="9" y="30">letters</text></svg>"""
FINDER = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 300" width="300pt" height="300pt">
<title>Knots</title>
<g data-target="knot-1"><circle cx="60" cy="60" r="40" fill="#c2402a"/></g>
<g data-target="knot-2"><circle cx="200" cy="60" r="40" fill="#c2402a"/></g></svg>"""


def _bodies() -> dict[str, str]:
    chapters = {k["id"]: CHAPTER.format(opener=OPENER.format(**k), **k) for k in KNOTS}
    chapters["knot-1"] = chapters["knot-1"].replace("fig-other-1", "fig-knot-2")
    chapters["knot-2"] = chapters["knot-2"].replace("fig-other-2", "fig-knot-1")
    entries = "".join(ENTRY.format(**knot) for knot in KNOTS)
    return {
        "half": "<h1>Two Knots</h1>",
        "title": "<h1>Two Knots</h1>",
        "contents": '<h1>Contents</h1><nav class="contents" role="doc-toc"><ol><li class="front"><a href="#contents">'
        'Contents</a></li><li class="body"><a href="#knot-1"><span class="title">The Bowline</span></a><ol><li>'
        '<a href="#knot-1-how">How to tie it</a></li></ol></li><li><a href="#knot-2"><span class="title">The Sheet '
        "Bend</span></a></li></ol></nav>",
        "imprint": "<p>All ropes reserved. <a href='#title'>Two Knots</a></p>",
        **chapters,
        "hebrew": "<header class='opener'><h1>קשרים</h1></header><p>חבל אחד, שני קצוות. <a href='#knot-1'>קשר</a></p>",
        "all-knots": '<header class="opener"><p class="label">Appendix A</p><p class="numeral" aria-hidden="true">A</p>'
        '<h1>All the knots</h1></header><p>There are two.</p><section class="level2" id="all-list"><h2>The list</h2>'
        '<p>See <a href="#knot-1-how">how</a>, <a href="#all-list">here</a>.</p>'
        '<figure class="figure" id="fig-finder"><img src="images/finder.svg" alt="Two ropes" width="300" height="300"/>'
        f'<figcaption>Both.</figcaption></figure><ol class="chapter-list">{entries}</ol>'
        '<aside class="box" role="note" aria-labelledby="all-box"><p class="box-title" id="all-box">Box</p></aside>'
        "</section>",
        "words": '<header class="opener"><h1>Glossary</h1></header><dl class="glossary"><dt id="term-bight"><dfn>bight'
        "</dfn></dt><dd>A slack part.</dd></dl>",
        "index": '<header class="opener"><h1>Index</h1></header><section class="index-letter"><h2>L</h2>'
        '<ul class="index"><li><span class="entry">laid</span> <a class="locator" href="#knot-1-ix-1">1</a></li></ul>'
        "</section>",
    }


def _documents() -> list[dict[str, object]]:
    def part(name: str, matter: str, kind: str, title: str, **more: object) -> dict[str, object]:
        base = {"id": name, "file": f"{name}.xhtml", "matter": matter, "type": kind, "title": title}
        return base | {"short_title": title, "language": "en-GB", "direction": "ltr"} | more

    chapters = [
        part(k["id"], "body", "chapter", k["title"], number=k["n"], label=f"Knot No. {k['n']}", subtitle=k["subtitle"])
        for k in KNOTS
    ]
    chapters[0]["updates"] = [{"date": "2026-03-04", "type": "science", "text": "Adds the wet rope."}]
    chapters[0]["sections"] = [{"id": "knot-1-how", "title": "How to tie it", "level": 2}]
    return [
        part("half", "front", "halftitlepage", "Two Knots", page="half-title"),
        part("title", "front", "titlepage", "Two Knots", page="title-page"),
        part("imprint", "front", "copyright-page", "Imprint", page="imprint"),
        part("contents", "front", "toc", "Contents", page="contents"),
        *chapters,
        part("hebrew", "body", "chapter", "קשרים", language="he", direction="rtl"),
        part("all-knots", "back", "appendix", "All the knots", label="Appendix A", number="A"),
        part("words", "back", "glossary", "Glossary"),
        part("index", "back", "index", "Index", page="index"),
    ]


def write_galleys(folder: Path, **more: object) -> None:
    """Write the galleys of the small book to `folder`; `more` goes into its book.json."""
    documents = _documents()
    (folder / "images").mkdir(parents=True)
    (folder / "images/bowline.svg").write_text(BOWLINE, encoding="utf-8")
    (folder / "images/finder.svg").write_text(FINDER, encoding="utf-8")
    (folder / "images/bend.png").write_bytes(rasterise(FINDER.encode(), 60))
    bodies = _bodies()
    for part in documents:
        galley = GALLEY.format(lang=part["language"], dir=part["direction"], body=bodies[str(part["id"])], **part)
        (folder / str(part["file"])).write_text(galley, encoding="utf-8")
    book = {
        "slug": "two-knots", "title": "Two Knots", "subtitle": "Enough for most days", "description": "How to tie two.",
        "language": "en-GB", "direction": "ltr", "rights": "© A. Sailor", "licence": "", "imprint": "", "subjects": [],
        "contributors": [{"name": "A. Sailor", "role": "aut", "file_as": "Sailor, A."}],
       "identifiers": {"epub": UUID.format(1), "html": UUID.format(2)},
        "edition": "First edition", "version": "1.0", "date": "2026-01-02", "cover": "", "notes": [], "url": URL,
        "figures": [{"id": "fig-finder", "document": "all-knots", "number": "A.1", "src": "images/finder.svg",
                     "caption": "Both.", "alt": "Two ropes"}],
        "printing": {"signature": 4, "crop_marks": False, "text": INTENT, "cover": INTENT},
        "paper": {"width": 100, "height": 150, "bleed": 3, "caliper": 0.1}, "shared": ["all-knots"], "anchors": {},
        "words": yaml.safe_load((ROOT / "styles/locales/en.yaml").read_text(encoding="utf-8")),
        "documents": documents, "images": ["images/bend.png", "images/bowline.svg", "images/finder.svg"], **more,
    }  # fmt: skip
    (folder / "book.json").write_text(json.dumps(book), encoding="utf-8")


def write_epub(path: Path) -> None:
    """Write what the downloads read of an e-book: a package that names its cover."""
    container = '<container><rootfiles><rootfile full-path="EPUB/book.opf"/></rootfiles></container>'
    package = '<package><manifest><item href="a%20cover.png" properties="cover-image"/></manifest></package>'
    files = {"META-INF/container.xml": container, "EPUB/book.opf": package}
    with zipfile.ZipFile(path, "w") as book:
        for name, text in files.items():
            book.writestr(zipfile.ZipInfo(name), text)
        book.writestr(zipfile.ZipInfo("EPUB/a cover.png"), rasterise(FINDER.encode(), 900))


def pages(site: Path) -> list[str]:
    """The names of a site's pages."""
    return sorted(path.name for path in site.glob("*.html"))


def tree(site: Path, name: str) -> html.HtmlElement:
    """A page of a site, parsed."""
    return html.document_fromstring((site / name).read_bytes())
