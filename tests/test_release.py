"""The release folder: refused with every reason, or whole, with a record that EDItEUR's own schema accepts."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pikepdf
import pytest
from conftest import HOME, STYLES, snakemake
from lxml import etree
from PIL import Image

from press import book, files
from press.check import CHECKS, machine, record
from press.check.record import Record
from press.findings import Finding, Severity
from press.release import onix, trade
from press.release.editions import features

NS = {"o": "http://ns.editeur.org/onix/3.1/reference"}
# ISBNs that books on the ISBN and on barcodes use as examples.
ISBNS = {
    "epub": "978-3-16-148410-0",
    "pdf": "978-0-306-40615-7",
    "print": "978-1-86197-876-9",
    "large": "978-0-13-149505-0",
}
TRADE = """
trade:
  prices: {epub: 4.99 EUR, pdf: free, print: 12.90 EUR, large: 4.99 EUR}
  fixed: true
  thema: [WFW, 1DFG]
  bisac: [CRA000000]
  country: DE
"""


def sold(folder: Path) -> Path:
    """Give the book of knots what a release asks for."""
    manifest = folder / "book.yaml"
    lines = manifest.read_text(encoding="utf-8").splitlines()
    for place, line in enumerate(lines):
        kind = line.strip().partition(":")[0]
        if line.startswith("  ") and kind in ISBNS:
            lines[place] = f"  {kind}: urn:isbn:{ISBNS[kind]}"
    manifest.write_text("\n".join(lines) + TRADE, encoding="utf-8")
    return folder


def press(*words: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "press", *map(str, words)], cwd=HOME, capture_output=True, text=True)


def editions_in(build: Path) -> list[Path]:
    ends = (".epub", ".pdf", "-print.pdf", "-cover.pdf", "-large.pdf")
    made = [build / f"knotenschule{end}" for end in ends]
    return [*(path for path in made if path.exists()), build / "html" / "index.html"]


def without_findings(*editions: Path) -> Record:
    """Return what a check notes of editions with which nothing is wrong, but of the EPUB what is true of it."""
    kept = Record()
    for edition in editions:
        rules = CHECKS[edition.name.removeprefix("knotenschule")][1]
        kept.files.append(record.file(edition).model_copy(update={"claims": record.claims(edition)}))
        kept.tested += record.tested(rules, record.name_of(edition), [])
    return kept


def released(folder: Path, **more: list[Finding]) -> subprocess.CompletedProcess[str]:
    """Release a book whose editions are made and checked, or said to be."""
    build = folder / "build"
    editions = editions_in(build)
    if not (build / "preflight.json").exists():
        press("preflight", build / "galleys/book.json", *editions[2:4], "-s", STYLES, "-o", build / "preflight.html")
    seen, found = build / "check" / "record.json", build / "check" / "findings.json"
    if not seen.exists():
        files.write(seen, without_findings(*editions).model_dump_json())
        files.write(found, machine.as_json(more.get("findings", [])))
    pages, card = build / "sheets/book/pages.json", build / "preflight.json"
    words = [folder / "book.yaml", build / "galleys/book.json", pages, card, *editions]
    words += ["--record", seen, "--findings", found]
    return press("release", *words, "-s", folder / "styles", "-s", STYLES, "-o", build / "release")


@pytest.fixture(scope="module")
def release(small_book: Path, large: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The book of knots, sold and released by the Snakefile, with all of its checks."""
    folder = tmp_path_factory.mktemp("release") / "knoten"
    shutil.copytree(small_book, folder)
    assert large.is_file(), "it was made by now, so that here little is typeset"
    snakemake(sold(folder), "release")
    return folder / "build" / "release"


def values(tree: etree._ElementTree, path: str) -> list[str]:
    return [str(one) for one in tree.xpath(path, namespaces=NS)]


def test_editions_are_named_by_their_isbns(release: Path) -> None:
    names = {path.name for path in release.iterdir()}
    assert {
        "9783161484100.epub",
        "9780306406157.pdf",
        "9781861978769_text.pdf",
        "9781861978769_cover.pdf",
        "9780131495050.pdf",
        "knotenschule-1.0-web.zip",
        "knotenschule-1.0-sources.zip",
        "onix.xml",
        "record.json",
        "record.bib",
        "manifest.json",
        "snapshot.json",
        "SHA256SUMS",
        "CREDITS.md",
        "preflight.html",
    } <= names
    made = release.parent / "knotenschule.epub"
    assert (release / "9783161484100.epub").read_bytes() == made.read_bytes()
    with zipfile.ZipFile(release / "knotenschule-1.0-web.zip") as archive:
        assert archive.read("index.html") == (release.parent / "html" / "index.html").read_bytes()


def test_covers_for_shops(release: Path) -> None:
    sizes = {"shop": 2560, "trade": 1200, "thumbnail": 400}
    isbns = [isbn.replace("-", "") for isbn in ISBNS.values()]
    there = {path.name for path in (release / "covers").iterdir()}
    assert there == {f"{isbn}_front_{name}.jpg" for isbn in isbns for name in sizes}
    for name, height in sizes.items():
        with Image.open(release / "covers" / f"9783161484100_front_{name}.jpg") as image:
            assert (image.format, image.mode, image.height) == ("JPEG", "RGB", height)
            assert image.getcolors(100_000) is None or len(image.getcolors(100_000) or []) > 100, "a blank cover"


def test_a_second_release_makes_nothing(release: Path) -> None:
    assert "Nothing to be done" in snakemake(release.parent.parent, "release").stderr


def test_everything_that_is_not_made_of_the_book_is_there_with_its_licence(release: Path) -> None:
    there = {path.relative_to(release / "licences").as_posix() for path in (release / "licences").rglob("*.*")}
    assert {"fonts/LICENSE-SourceSerif4.md", "fonts/LICENSE-FrankRuhlLibre.txt", "profiles/LICENSE.md"} <= there
    credits = (release / "CREDITS.md").read_text(encoding="utf-8")
    assert "- Die Knotenschule (aut)" in credits and "- Source Serif 4\n" in credits


def test_a_release_is_compared_with_its_manifest(release: Path, tmp_path: Path) -> None:
    """Its files, and what it would be made from: here by the sources that it carries."""
    with zipfile.ZipFile(release / "knotenschule-1.0-sources.zip") as archive:
        archive.extractall(tmp_path / "book")
    done = press("verify", release, tmp_path / "book")
    assert (done.returncode, done.stdout, done.stderr) == (0, "all is as in the release\n", "")
    spoilt = tmp_path / "release"
    shutil.copytree(release, spoilt)
    (spoilt / "9783161484100.epub").write_bytes(b"PK")
    (spoilt / "onix.xml").unlink()
    (spoilt / "notes.txt").touch()
    chapter = tmp_path / "book/manuscript/eins.md"
    chapter.write_text(chapter.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    manifest = json.loads((spoilt / "manifest.json").read_bytes())
    manifest["tools"]["packages"]["weasyprint"] = "12"
    manifest["engine"]["press/book.py"] = "0"
    (spoilt / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    done = press("verify", spoilt, tmp_path / "book")
    assert done.returncode == 1
    assert done.stderr.splitlines() == [
        "9783161484100.epub: is another than in the release",
        "notes.txt: is not in the release",
        "onix.xml: is not here",
        "manuscript/eins.md: is another than in the release",
        "press/book.py: is another than in the release",
        "weasyprint: 12 in the release, 70.0 here",
    ]


def test_checksums_are_those_of_the_files(release: Path) -> None:
    lines = (release / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    told = {name: digest for digest, name in (line.split("  ", 1) for line in lines)}
    there = {path.relative_to(release).as_posix(): path for path in release.rglob("*") if path.is_file()}
    assert set(told) == set(there) - {"SHA256SUMS", "manifest.json"}
    for name, digest in told.items():
        assert hashlib.sha256(there[name].read_bytes()).hexdigest() == digest


def test_manifest_names_all_that_it_was_made_of(release: Path) -> None:
    text = (release / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    eins = release.parent.parent / "manuscript" / "eins.md"
    assert manifest["sources"]["manuscript/eins.md"] == hashlib.sha256(eins.read_bytes()).hexdigest()
    assert {"book.yaml", "images/kreuz.svg"} <= set(manifest["sources"])
    with zipfile.ZipFile(release / "knotenschule-1.0-sources.zip") as archive:
        packed = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
    assert packed == manifest["sources"]
    assert manifest["tools"]["packages"]["weasyprint"] == "70.0"
    assert "pytest" not in manifest["tools"]["packages"], "it takes no part in a build"
    assert {"python", "pandoc", "pango", "harfbuzz", "fontconfig", "zlib"} <= set(manifest["tools"])
    checks = {(one["file"], one["rule"]): one for one in manifest["checks"]}
    assert checks["knotenschule.epub", "epubcheck"]["tool"] == "EPUBCheck"
    assert {("knotenschule.pdf", "verapdf"), ("knotenschule-large.pdf", "verapdf"), ("html", "nu")} <= set(checks)
    assert all(one["findings"] == 0 for one in checks.values())
    assert all(font["file"] in manifest["styles"] for font in manifest["fonts"])
    assert {"press/join/book.py", "Snakefile", "requirements.lock"} <= set(manifest["engine"])
    assert str(release.parent.parent) not in text, "a path of this machine"


def test_same_bytes_again(release: Path, tmp_path: Path) -> None:
    folder = tmp_path / "knoten"
    shutil.copytree(release.parent.parent, folder)
    shutil.rmtree(folder / "build" / "release")
    assert released(folder).returncode == 0
    for path in sorted(release.rglob("*")):
        if path.is_file():
            twin = folder / "build" / "release" / path.relative_to(release)
            assert twin.read_bytes() == path.read_bytes(), path


def test_onix_is_valid_and_tells_of_every_edition(release: Path) -> None:
    message = (release / "onix.xml").read_bytes()
    assert onix.check(message) == []
    tree = etree.parse(io.BytesIO(message))
    references = values(tree, "//o:Product/o:RecordReference/text()")
    assert references[:4] == ["9783161484100", "9780306406157", "9781861978769", "9780131495050"]
    assert references[4].startswith("urn:uuid:")
    assert values(tree, "//o:Product[1]/o:ProductIdentifier/o:ProductIDType/text()") == ["03", "15"]
    assert values(tree, "//o:Product/o:DescriptiveDetail/o:ProductForm/text()") == ["ED", "ED", "BC", "ED", "EC"]
    assert values(tree, "//o:Product[1]//o:Subject/o:SubjectCode/text()") == ["WFW", "1DFG", "CRA000000"]
    assert values(tree, "//o:Product[1]//o:Subject/o:SubjectSchemeIdentifier/text()") == ["93", "94", "10"]
    assert values(tree, "//o:Product[1]//o:Contributor/o:CorporateName/text()") == ["Die Knotenschule"]
    assert values(tree, "//o:Product[1]//o:ContributorRole/text()") == ["A01"]
    assert values(tree, "//o:Product[3]//o:PriceAmount/text()") == ["12.90"]
    assert values(tree, "//o:Product/o:DescriptiveDetail/o:EditionType/text()") == ["LTE"], "of the large print alone"
    large = "//o:Product[o:RecordReference='9780131495050']"
    assert values(tree, f"{large}/o:DescriptiveDetail/o:EditionType/text()") == ["LTE"]
    assert values(tree, f"{large}/o:DescriptiveDetail/o:ProductFormDetail/text()") == ["E107", "E201"]
    features = f"{large}//o:ProductFormFeature[o:ProductFormFeatureType='{{}}']/o:ProductFormFeatureValue/text()"
    assert values(tree, features.format("09")) == ["05"], "PDF/UA-1, as veraPDF found"
    assert values(tree, features.format("15")) == ["107G"]
    assert values(tree, "//o:Product[2]//o:UnpricedItemType/text()") == ["01"]
    assert values(tree, "//o:Product[1]//o:RelatedProduct[o:ProductRelationCode='13']//o:IDValue/text()")[0] == (
        "9781861978769"
    )


def test_extents_are_those_of_the_page_map(release: Path) -> None:
    tree = etree.parse(release / "onix.xml")
    pages = json.loads((release.parent / "sheets/book/pages.json").read_bytes())["pages"]
    arabic = [int(page["folio"]) for page in pages if page["folio"].isdigit()]
    at = "//o:Product[3]//o:Extent[o:ExtentType='{}']/o:ExtentValue/text()"
    assert values(tree, at.format("00")) == [str(max(arabic))]
    for place, name in (("2", "9780306406157.pdf"), ("4", "9780131495050.pdf")):
        with pikepdf.open(release / name) as pdf:
            at = f"//o:Product[{place}]//o:Extent[o:ExtentType='07']/o:ExtentValue/text()"
            assert values(tree, at) == [str(len(pdf.pages))]
    assert values(tree, "//o:Product[1]//o:Extent[o:ExtentType='08']/o:ExtentValue/text()") == [str(len(pages))]
    size = (release / "9783161484100.epub").stat().st_size
    assert values(tree, "//o:Product[1]//o:Extent[o:ExtentType='22']/o:ExtentValue/text()") == [str(size)]


def test_accessibility_is_what_was_proved(release: Path, tmp_path: Path) -> None:
    """The codes go when what they claim goes: here, the descriptions of pictures and the list of pages."""
    epub = release.parent / "knotenschule.epub"
    codes = {code for kind, code in features("epub", epub, [without_findings(epub)]) if kind == "09"}
    told = values(etree.parse(release / "onix.xml"), "//o:Product[1]//o:ProductFormFeature[o:*='09']/o:*[2]/text()")
    assert set(told) == codes
    assert {"04", "82", "85", "11", "13", "14", "19", "41"} <= codes
    poor = tmp_path / "knotenschule.epub"
    with zipfile.ZipFile(epub) as old, zipfile.ZipFile(poor, "w") as new:
        for name in old.namelist():
            data = old.read(name)
            if name.endswith(".xhtml"):
                data = data.replace(b" alt=", b" data-alt=").replace(b'role="doc-pagebreak"', b"")
            new.writestr(name, data)
    checked = without_findings(poor)
    assert checked.files[0].claims["described"] and checked.files[0].claims["paged"]
    told = {code for kind, code in features("epub", poor, [checked]) if kind == "09"}
    assert not {"14", "19", "41", "52"} & told
    assert set(features("epub", epub, [checked])) == {("09", "08")}, "of another file nothing is known"


@pytest.mark.parametrize("rule", ["epubcheck", "ace", "access"])
def test_what_a_validator_found_is_not_claimed_however_grave_the_author_thinks_it(release: Path, rule: str) -> None:
    epub = release.parent / "knotenschule.epub"
    checked = without_findings(epub)
    (one,) = [one for one in checked.tested if one.rule == rule]
    one.findings = 1
    assert not {"04", "82", "85"} & {code for kind, code in features("epub", epub, [checked])}
    checked.tested.remove(one)  # it never looked
    assert not {"04", "82", "85"} & {code for kind, code in features("epub", epub, [checked])}


def test_a_pdf_is_universally_accessible_only_where_verapdf_found_nothing(release: Path) -> None:
    pdf = release.parent / "knotenschule.pdf"
    checked = without_findings(pdf)
    assert list(features("pdf", pdf, [checked])) == [("09", "05"), ("15", "107G")]
    (one,) = [one for one in checked.tested if one.rule == "verapdf"]
    one.findings = 2
    assert list(features("pdf", pdf, [checked])) == [("09", "08")]
    checked.tested.remove(one)
    assert list(features("pdf", pdf, [checked])) == [("09", "08")]


def test_what_was_not_checked_as_it_is_stops_a_release(release: Path, tmp_path: Path) -> None:
    folder = tmp_path / "knoten"
    shutil.copytree(release.parent.parent, folder)
    shutil.rmtree(folder / "build" / "release")
    with (folder / "build" / "knotenschule.pdf").open("ab") as pdf:
        pdf.write(b"%\n")
    done = released(folder)
    assert done.returncode == 1
    assert done.stderr == "knotenschule.pdf: it was not checked as it is now: run 'snakemake check'\n"
    assert not (folder / "build" / "release").exists()


@pytest.mark.parametrize(("severity", "code"), [("error", 1), ("warning", 0)])
def test_what_the_checks_found_stops_a_release_if_it_is_an_error(
    release: Path, tmp_path: Path, severity: Severity, code: int
) -> None:
    folder = tmp_path / "knoten"
    shutil.copytree(release.parent.parent, folder)
    shutil.rmtree(folder / "build" / "release")
    (folder / "build" / "check" / "record.json").unlink()
    done = released(folder, findings=[Finding("manuscript/eins.md", 3, "a word is misspelt", "spelling", severity)])
    assert done.returncode == code
    assert (folder / "build" / "release").exists() == (code == 0)
    assert ("manuscript/eins.md:3: a word is misspelt" in done.stderr) == (code == 1)


@pytest.mark.parametrize(
    ("broken", "named"),
    [
        ("<LanguageCode>ger</LanguageCode>", "<LanguageCode>xxx</LanguageCode>"),
        ("<CurrencyCode>EUR</CurrencyCode>", "<CurrencyCode>EURO</CurrencyCode>"),
        ("<ProductComposition>00</ProductComposition>", ""),
    ],
)
def test_the_schema_is_asked(release: Path, broken: str, named: str) -> None:
    message = (release / "onix.xml").read_text(encoding="utf-8")
    assert broken in message
    assert onix.check(message.replace(broken, named, 1).encode())


def test_records_for_those_who_cite(release: Path) -> None:
    (item,) = json.loads((release / "record.json").read_bytes())
    assert item["ISBN"] == "9781861978769"
    assert item["author"] == [{"literal": "Die Knotenschule"}]
    bibtex = (release / "record.bib").read_text(encoding="utf-8")
    assert bibtex.startswith("@book{knotenschule,")
    assert "9781861978769" in bibtex


def test_a_draft_is_refused_with_every_reason_and_writes_nothing(own_book: Path) -> None:
    done = released(own_book)
    assert done.returncode == 1
    for reason in (
        "the epub edition has no ISBN",
        "the print edition has no ISBN",
        "the pdf edition has no price",
        "no subject by thema",
        "no subject by bisac",
    ):
        assert done.stderr.count(reason) == 1, done.stderr
    assert "the html edition" not in done.stderr
    assert not (own_book / "build" / "release").exists()


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("148410-0", "148410-1", "no ISBN of thirteen digits with a right check digit"),
        ("978-0-306-40615-7", "978-3-16-148410-0", "has the identifier of the epub edition"),
        ("4.99 EUR", "TBA", "'TBA' is no price"),
        ("4.99 EUR", "0.00 EUR", "only holds the place of a price"),
        ("4.99 EUR", "999.99 EUR", "only holds the place of a price"),
        ("[WFW, 1DFG]", "[1DFG, WFW]", "qualifies a subject"),
        ("CRA000000", "crafts", "is not written like a code of bisac"),
        ("imprint: Werkstatt", "imprint: TBD", "'TBD' only holds a place"),
        ("imprint: Werkstatt", "imprint: Publisher's Name", "only holds a place"),
        ("name: Die Knotenschule", "name: Author", "'Author' only holds a place"),
        ("978-3-16-148410-0", "978-1-234-56789-7", "only holds the place of an identifier"),
    ],
)
def test_what_only_holds_a_place_is_found(tmp_path: Path, old: str, new: str, reason: str) -> None:
    shutil.copytree(HOME / "tests/books/knoten", tmp_path / "knoten", ignore=shutil.ignore_patterns("build"))
    folder = sold(tmp_path / "knoten")
    assert trade.check(folder, book.load(folder)) == []
    text = (folder / "book.yaml").read_text(encoding="utf-8")
    assert old in text
    (folder / "book.yaml").write_text(text.replace(old, new, 1), encoding="utf-8")
    (finding,) = trade.check(folder, book.load(folder))
    assert reason in finding.message
    assert finding.line > 1
