"""A house of several books, made in one run: one has a wrong book.yaml, one a wrong manuscript, one is released."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import shutil
import subprocess
import time
import zipfile
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import unquote

import pytest
from conftest import DESK, HOME, PHONE, STYLES, served, snakemake
from lxml import etree, html
from PIL import Image
from playwright.sync_api import Browser, ViewportSize

from benchmarks.house import shelf
from press import catalogue, seals
from press.catalogue.index import build
from press.catalogue.whole import make
from press.check import axe, nu
from press.check.record import Record
from press.editions.web.downloads import OPEN_ACCESS
from press.findings import Refused
from press.release import inventory, onix, verify
from press.styles import Styles
from press.workflow import House

NS = {"o": "http://ns.editeur.org/onix/3.1/reference"}
Run = subprocess.CompletedProcess[str]


TRADE = """
trade: {prices: {epub: 4.99 EUR, pdf: free, print: 12.90 EUR}, thema: [WFW], bisac: [CRA000000]}
series: {name: Knots by Number, number: 1}
"""
ISBNS = {"epub": "978-3-16-148410-0", "pdf": "978-0-306-40615-7", "print": "978-1-86197-876-9"}


def run(file: Path, *words: str, goal: str = "all") -> Run:
    return snakemake(file.parent, goal, *words, "--config", f"catalogue={file}", check=False)


def sold(manifest: Path) -> None:
    """Give a generated book what a release asks for."""
    text = manifest.read_text(encoding="utf-8")
    for kind, isbn in ISBNS.items():
        text = re.sub(rf"{kind}: urn:uuid:[\w-]+", f"{kind}: urn:isbn:{isbn}", text)
    manifest.write_text(text + TRADE, encoding="utf-8")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    """The catalogue of four books, and its first run."""
    file = shelf.make(tmp_path_factory.mktemp("house"), 4, paragraphs=1)
    sold(file.parent / "books/00001/book.yaml")
    manifest = file.parent / "books/00002/book.yaml"  # a slug that ends like the files of an edition
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("knot-00002", "knot-print"), encoding="utf-8")
    manifest = file.parent / "books/00003/book.yaml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace("title:", "titel:", 1), encoding="utf-8")
    text = file.parent / "books/00004/manuscript/knot.md"
    text.write_text(text.read_text(encoding="utf-8") + "\nSee [](#nowhere).\n", encoding="utf-8")
    return file, run(file)


def test_the_good_books_are_made_each_in_its_folder(house: tuple[Path, Run]) -> None:
    file, _ = house
    assert shelf.finished(file.parent) == 2
    for number, slug in (("00001", "knot-00001"), ("00002", "knot-print")):
        names = {path.name for path in (file.parent / "books" / number / "build").glob("*.*")}
        assert {f"{slug}{end}" for end in (".epub", ".pdf", "-print.pdf", "-cover.pdf")} <= names


def test_the_broken_ones_are_told_at_the_end(house: tuple[Path, Run]) -> None:
    file, done = house
    assert done.returncode == 1
    assert done.stderr.splitlines()[-6:] == [
        "2 books were not made:",
        f"not made: {file.parent}/books/00003",
        "    book.yaml:1: 'title' is missing",
        "    book.yaml:2: unknown key 'titel'",
        f"not made: {file.parent}/books/00004",
        "    manuscript/knot.md:9: cross-reference #nowhere leads nowhere",
    ]
    assert done.stderr.count("told at the end") == 2
    assert done.stderr.count("knot.md:9") == 1


def test_the_index_leads_to_what_is_made(house: tuple[Path, Run]) -> None:
    file, _ = house
    room = file.parent / "build"
    page = html.parse(str(room / "index.html")).getroot()
    assert [title.text_content() for title in page.xpath("//main//h2")] == ["Knot No. 1", "Knot No. 2"]
    feed = json.loads((room / "opds.json").read_bytes())
    hrefs = [str(href) for href in page.xpath("//main//a/@href")]
    hrefs += [link["href"] for one in feed["publications"] for link in one["links"] + one["images"]]
    assert len(hrefs) > 8
    for href in hrefs:
        assert (room / unquote(href)).is_file(), href


def test_the_feed_is_opds_2(house: tuple[Path, Run]) -> None:
    """What the specification requires (specs.opds.io/opds-2.0, by its clauses), and that it is true of the files."""
    file, _ = house
    room = file.parent / "build"
    feed = json.loads((room / "opds.json").read_bytes())
    assert feed["metadata"]["title"] == "Rope House", "1.1: a title"
    assert {"rel": "self", "href": "opds.json", "type": "application/opds+json"} in feed["links"], "1.1: itself"
    assert len(feed["publications"]) == feed["metadata"]["numberOfItems"] == 2, "1.1: something in it; 4: how much"
    for publication in feed["publications"]:
        about = publication["metadata"]
        assert about["@type"] == "http://schema.org/Book" and about["title"] and about["language"] == "en", "5.2"
        assert re.match(r"urn:(uuid|isbn):", about["identifier"]) and datetime.fromisoformat(about["modified"])
        acquired = {one["type"]: one for one in publication["links"] if one["rel"] == OPEN_ACCESS}
        assert set(acquired) == {"application/epub+zip", "application/pdf"}, "5.1: something to acquire"
        for kind, link in acquired.items():
            content = (room / unquote(link["href"])).read_bytes()
            assert link["size"] == len(content), "Web Publication Manifest, 2.4: its size in bytes"
            assert (b"%PDF-" if kind.endswith("pdf") else b"PK") == content[: 5 if kind.endswith("pdf") else 2]
            assert kind.endswith("pdf") or b"mimetypeapplication/epub+zip" in content[:80]
        (image,) = publication["images"]
        assert image["type"] == "image/jpeg", "2.3: one of the formats that every reader shows"
        with Image.open(room / unquote(image["href"])) as picture:
            assert (picture.format, picture.size) == ("JPEG", (image["width"], image["height"]))


def test_a_house_without_books_has_no_feed(tmp_path: Path) -> None:
    """OPDS 2.0, 1.1: there is something in a feed."""
    (tmp_path / "a").mkdir()
    (tmp_path / "house.yaml").write_text("title: Empty House\nbooks: [a]\n", encoding="utf-8")
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "opds.json").write_text("{}", encoding="utf-8")
    build(catalogue.load(tmp_path / "house.yaml"), Styles([STYLES]))
    assert not (tmp_path / "build" / "opds.json").exists()
    assert "opds" not in (tmp_path / "build" / "index.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("colours", ["light", "dark"])
def test_the_page_of_the_house(house: tuple[Path, Run], browser: Browser, size: ViewportSize, colours: str) -> None:
    """In a browser: axe finds nothing, nothing runs off, the house's own letters and all covers are shown."""
    file, _ = house
    with served(file.parent) as address:
        page = browser.new_page(viewport=size, color_scheme="dark" if colours == "dark" else "light")
        lost: list[str] = []
        page.on("response", lambda answer: lost.append(answer.url) if answer.status != 200 else None)
        page.goto(f"{address}build/index.html", wait_until="networkidle")
        page.evaluate(axe.SCRIPT.read_text(encoding="utf-8"))
        found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
        assert [(one["id"], one["nodes"][0]["html"]) for one in found] == []
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        assert page.evaluate("[...document.images].every(one => one.complete && one.naturalWidth)")
        assert page.evaluate("document.fonts.check('300 48px \"Source Serif 4 Display\"')")
        assert [url for url in lost if not url.endswith("favicon.ico")] == []
        page.close()


def test_the_page_of_the_house_is_valid(house: tuple[Path, Run]) -> None:
    """For the Nu HTML checker."""
    command = ["java", "-Xss8m", "-jar", str(nu.JAR), "--format", "json", str(house[0].parent / "build/index.html")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert json.loads(done.stderr)["messages"] == []


@pytest.fixture(scope="module")
def release(house: tuple[Path, Run]) -> tuple[Path, Run]:
    """The house when a release of it was asked for: only the first book has what that takes."""
    file, _ = house
    return file.parent / "books/00001/build/release", run(file, goal="release")


def test_what_can_be_released_is(release: tuple[Path, Run]) -> None:
    """With checks that were really made, and the reasons for the other."""
    folder, done = release
    build = folder.parent
    record = Record.model_validate_json((build / "check" / "record.json").read_bytes())
    assert json.loads((build / "check" / "findings.json").read_bytes()) == []
    assert record.proves(build / "knot-00001.epub", "epubcheck", "ace", "access", "weight")
    assert (folder / "9783161484100.epub").read_bytes() == (build / "knot-00001.epub").read_bytes()
    message = etree.parse(folder / "onix.xml")
    assert onix.check((folder / "onix.xml").read_bytes()) == []
    found = message.xpath("//o:Product[1]//o:ProductFormFeatureValue/text()", namespaces=NS)
    assert {"04", "82", "85"} <= set(found)
    assert message.xpath("//o:Product[2]//o:ProductFormFeatureValue/text()", namespaces=NS) == ["05", "107G"]
    assert "the epub edition has no ISBN" in done.stderr
    other = file_of(folder, "00002") / "build"
    assert not (other / "release").exists()
    assert {one["rule"] for one in json.loads((other / "findings.json").read_bytes())} == {"release"}


def file_of(release: Path, number: str) -> Path:
    return release.parents[2] / number


def test_each_product_is_of_the_series(release: tuple[Path, Run]) -> None:
    message = etree.parse(release[0] / "onix.xml")
    products = message.xpath("//o:Product", namespaces=NS)
    assert len(products) == 4
    for product in products:
        (collection,) = product.iterfind(".//o:Collection", NS)
        assert collection.findtext("o:CollectionType", namespaces=NS) == "10"
        assert collection.findtext(".//o:TitleText", namespaces=NS) == "Knots by Number"
        assert collection.findtext(".//o:CollectionSequenceNumber", namespaces=NS) == "1"


def test_anyone_can_make_the_same_bytes_by_the_manifest(release: tuple[Path, Run], tmp_path: Path) -> None:
    """From the sources that lie in it, and no other file; here by the Snakefile's steps, there in one process."""
    folder, _ = release
    manifest = json.loads((folder / "manifest.json").read_bytes())
    again = tmp_path / "again"
    with zipfile.ZipFile(folder / "knot-00001-1-sources.zip") as archive:
        archive.extractall(again)
    found = {path.relative_to(again).as_posix(): path for path in again.rglob("*") if path.is_file()}
    assert {name: inventory.digest(path) for name, path in found.items()} == manifest["sources"]
    assert list(verify.made_from(folder, again, Styles([STYLES]))) == []
    snakemake(again, "all")
    made = {hashlib.sha256(path.read_bytes()).hexdigest() for path in (again / "build").glob("*.*")}
    editions = [name for name in manifest["files"] if name.endswith((".epub", ".pdf"))]
    assert len(editions) == 4
    for name in editions:
        assert manifest["files"][name] in made, name
    shutil.copytree(folder.parent / "check", again / "build" / "check")  # whose digests are those of the new files
    shutil.copy(folder.parent / "preflight.json", again / "build")
    shutil.copy(folder.parent / "preflight.html", again / "build")
    make(again, "release", Styles([STYLES]), 1, again / "build" / "made" / "release.json")
    for name in ("SHA256SUMS", "manifest.json"):
        assert (again / "build" / "release" / name).read_bytes() == (folder / name).read_bytes()


def test_an_edition_that_is_lost_is_made_again(house: tuple[Path, Run]) -> None:
    file, _ = house
    assert "books/00002" not in run(file, "--dry-run").stderr
    edition = file.parent / "books/00002/build/knot-print-print.pdf"
    content = edition.read_bytes()
    edition.unlink()
    assert "books/00002" in run(file, "--dry-run").stderr
    run(file)
    assert edition.read_bytes() == content


def test_a_fault_leaves_the_editions_as_they_were(house: tuple[Path, Run]) -> None:
    file, _ = house
    folder = file.parent / "books/00002"
    text = folder / "manuscript/knot.md"
    good, made = text.read_text(encoding="utf-8"), (folder / "build/knot-print.epub").read_bytes()
    text.write_text(good + "\nSee [](#nowhere).\n", encoding="utf-8")
    assert "knot.md:9: cross-reference #nowhere leads nowhere" in run(file).stderr
    assert (folder / "build/knot-print.epub").read_bytes() == made
    text.write_text(good, encoding="utf-8")
    run(file)
    assert "books/00002" not in run(file, "--dry-run").stderr


def test_only_the_broken_ones_are_tried_again(house: tuple[Path, Run]) -> None:
    file, _ = house
    planned = run(file, "--dry-run").stderr
    assert "books/00003" in planned
    assert "books/00004" in planned
    assert "books/00001" not in planned
    assert "books/00002" not in planned


def test_with_addresses_the_feed_says_everything_absolutely(house: tuple[Path, Run]) -> None:
    """As OPDS 2.0 wants it: the feed's own link absolute, of each publication a title, a link to have it by, a picture.

    (`palace-webpub-manifest-parser` finds nothing wrong with such a feed.)
    """
    file, _ = house
    online = catalogue.load(file).model_copy(update={"url": "https://rope.example/house"})
    for folder in online.folders[:2]:
        feed = folder / "build/html/opds.json"
        feed.write_text(
            feed.read_text(encoding="utf-8").replace('"href": "', f'"href": "https://{folder.name}.example/')
        )
    build(online, Styles([STYLES]))
    feed = json.loads((file.parent / "build" / "opds.json").read_bytes())
    assert feed["links"] == [
        {"rel": "self", "href": "https://rope.example/house/opds.json", "type": "application/opds+json"},
        {"rel": "alternate", "href": "https://rope.example/house/index.html", "type": "text/html"},
    ]
    for publication in feed["publications"]:
        assert publication["metadata"]["title"]
        assert publication["metadata"]["identifier"].startswith("urn:")
        kinds = {link["type"] for link in publication["links"] if link["rel"].startswith("http://opds-spec.org/acquis")}
        assert kinds == {"application/epub+zip", "application/pdf"}
        assert publication["images"]
        for link in publication["links"] + publication["images"]:
            assert re.fullmatch(r"https://0000[12]\.example/[\w./-]+", link["href"])
    assert feed["publications"][0]["metadata"]["belongsTo"] == {"series": {"name": "Knots by Number", "position": 1}}
    page = html.parse(str(file.parent / "build" / "index.html")).getroot()
    assert page.xpath("//h2/a/@href") == ["https://00001.example/", "https://00002.example/"]


def unsealed(file: Path, home: Path = HOME) -> list[str]:
    """Return the seals that do not hold, as a run would find; nothing is changed."""
    house = House(file, home)
    house.review(SimpleNamespace(is_main_process=True))
    broken = [seal.relative_to(file.parent).as_posix() for seal in house.broken]
    seals.put_back(house.broken)
    return broken


FIRST = "books/00001/build/seals/made/editions.json"


def test_touching_makes_nothing_again(house: tuple[Path, Run]) -> None:
    """What counts is what files hold: here each has another date, before its editions and after."""
    file, _ = house
    chance = random.Random(8)
    for path in sorted(path for path in (file.parent / "books/00001").rglob("*") if path.is_file()):
        moment = time.time() + chance.choice((-20, 20)) * 365 * 86400
        os.utime(path, (moment, moment))
    assert FIRST not in unsealed(file)
    assert "books/00001" not in run(file, "--dry-run").stderr


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("manuscript/knot.md", None),
        ("book.yaml", None),
        ("images/new.svg", "<svg/>"),
        ("styles/tokens.yaml", "colours: {}"),
        ("manuscript/references.json", "[]"),
    ],
)
def test_a_change_of_what_a_book_is_made_from_is_seen(house: tuple[Path, Run], name: str, content: str | None) -> None:
    """Though its date says otherwise. In the files that are there one letter is another."""
    file, _ = house
    path = file.parent / "books/00001" / name
    before = path.read_text(encoding="utf-8") if content is None else None
    own = not path.parent.exists()
    path.parent.mkdir(exist_ok=True)
    path.write_text(content or str(before).replace("K", "k", 1), encoding="utf-8")
    os.utime(path, (0, 0))
    assert FIRST in unsealed(file)
    if before is not None:
        path.write_text(before, encoding="utf-8")
    elif own:
        shutil.rmtree(path.parent)
    else:
        path.unlink()
    assert FIRST not in unsealed(file)


def test_a_change_of_the_press_is_seen_by_every_book(house: tuple[Path, Run], tmp_path: Path) -> None:
    file, _ = house
    for name in ("press", "styles"):
        shutil.copytree(HOME / name, tmp_path / name)
    shutil.copy(HOME / "requirements.lock", tmp_path)
    assert unsealed(file, tmp_path) == unsealed(file)
    for name in ("press/read/lines.py", "styles/web/site.css.j2"):
        path = tmp_path / name
        text = path.read_text(encoding="utf-8")
        path.write_text(f"{text}\n", encoding="utf-8")
        os.utime(path, (0, 0))
        assert {"build/seals/press.json", FIRST} <= set(unsealed(file, tmp_path))
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "finding"),
    [
        ("titel: A\nbooks: [a]\n", "house.yaml:1: unknown key 'titel'"),
        ("title: A\nbooks: [a, nowhere]\n", "house.yaml:2: there is no folder 'nowhere'"),
        ("title: A\nbooks: [../a]\n", "house.yaml:2: '../a' leads out of the catalogue's folder"),
        ("", "'books' is missing"),
    ],
)
def test_what_is_wrong_with_a_catalogue(tmp_path: Path, text: str, finding: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "house.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as refused:
        catalogue.load(tmp_path / "house.yaml")
    assert finding in str(refused.value)
