"""Reading one manuscript file: header, Pandoc, and the checks that need no other file."""

from __future__ import annotations

import hashlib
import json
import re
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lxml import etree, html

from press import files, yamlfile
from press.findings import Finding, line_of, named
from press.read import lines, pandoc

# Pandoc's Markdown without raw markup (a manuscript is text, not a program), and without the table forms that depend
# on columns, which line marks would shift.
FORMAT = "markdown" + "".join(
    f"-{extension}"
    for extension in (
        "raw_html raw_tex raw_attribute native_divs native_spans tex_math_dollars latex_macros markdown_in_html_blocks "
        "auto_identifiers yaml_metadata_block pandoc_title_block simple_tables multiline_tables grid_tables "
        "implicit_header_references example_lists"
    ).split()
)
OPTIONS = ["--wrap=none", "--section-divs", "--syntax-highlighting=none", "--columns=10000"]

LONGEST_LINE = 100_000  # characters

_HEADER = re.compile(r"\A---[ \t]*\n(?P<yaml>.*?)^(?:---|\.\.\.)[ \t]*$\n?", re.S | re.M)
_UNUSED_NOTE = re.compile(r"Note with key '(?P<key>.+?)' defined at .*?line (?P<line>\d+).*? but not used")
_TWICE = re.compile(r"Duplicate note reference '(?P<key>.+?)'(?: at .*?line (?P<line>\d+))?")
_UNDEFINED_NOTE = re.compile(r"\[\^(?P<key>[^\]\s]+)\]")
_RAW = re.compile(r"</?(?P<tag>[a-zA-Z][a-zA-Z0-9-]*)(\s[^<>]*)?/?>|<[!?]")
# What authors who know HTML are looking for.
INSTEAD = {
    "br": "a backslash at the end of the line",
    "i": "*…*",
    "em": "*…*",
    "b": "**…**",
    "strong": "**…**",
    "a": "[words](address)",
    "img": '![Caption](images/NAME.svg){alt="…"}',
}
# Private-use characters that mark lines, control characters, and those that turn or hide text without a trace.
_UNFIT = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069\ufff9-\ufffb]|{lines.MARKS.pattern}")


def read(book: Path, source: str, output: Path) -> list[Finding]:
    """Read the manuscript file `source` (relative to the folder `book`) and write what it says to `output` as JSON.

    The JSON holds `digest` (see `is_read`), `source`, `header` (the YAML as it stands), `header_lines`, `body` (HTML
    whose blocks carry `data-line`) and `findings`. Findings do not stop the reading: *resolve* reports those of all
    files at once. They are returned too.
    """
    empty = etree.Element("div")
    try:
        text = files.text_of(book, source)
    except ValueError as error:
        return _write(output, "", source, yamlfile.Lined(None, {}), empty, [Finding(source, 0, str(error))])
    digest = _digest(source, text)
    header, body, findings = split(text, source)
    findings += _check_characters(body, source)
    try:
        root, warnings = _parse(_UNFIT.sub("", body))
    except RuntimeError as error:
        return _write(output, digest, source, header, empty, [*findings, Finding(source, 0, str(error))])
    lines.unmark(root, body)
    findings += _judge(warnings, source) + _check(root, source, body.split("\n"))
    return _write(output, digest, source, header, root, findings)


def is_read(book: Path, source: str, output: Path) -> bool:
    """Tell whether `output` is what `read` would write: what the file says, and what reads it, are the same."""
    try:
        digest = _digest(source, files.text_of(book, source))
        with output.open(encoding="utf-8") as file:
            return file.read(len(digest) + 20).startswith(f'{{\n "digest": "{digest}",')
    except (OSError, ValueError):
        return False


def _digest(source: str, text: str) -> str:
    """Return the digest of a manuscript file and of what reads it."""
    return hashlib.sha256(f"{_reader()}\n{source}\n{text}".encode()).hexdigest()


@cache
def _reader() -> str:
    """Return the digest of this room and of what it uses."""
    press = Path(__file__).parents[1]
    sources = [*sorted((press / "read").glob("*.py")), press / "yamlfile.py", press / "findings.py", press / "files.py"]
    digest = hashlib.sha256(version("pypandoc-binary").encode())
    for path in sources:
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _write(
    output: Path, digest: str, source: str, header: yamlfile.Lined, root: etree._Element, findings: list[Finding]
) -> list[Finding]:
    result = {
        "digest": digest,
        "source": source,
        "header": header.value,
        "header_lines": [[list(path), line] for path, line in header.lines.items()],
        "body": etree.tostring(root, encoding="unicode"),
        "findings": [finding.as_json() for finding in named("read", sorted(set(findings)))],
    }
    files.write(output, json.dumps(result, ensure_ascii=False, indent=1))
    return findings


def _check_characters(body: str, source: str) -> list[Finding]:
    """Find characters that no edition may carry, and lines that no author wrote."""
    findings = []
    for number, line in enumerate(body.split("\n"), start=1):
        if stray := _UNFIT.search(line):
            findings.append(Finding(source, number, f"invisible character U+{ord(stray[0]):04X} is not allowed"))
        if len(line) > LONGEST_LINE:
            findings.append(Finding(source, number, f"the line is {len(line):,} characters long"))
    return findings


def split(text: str, source: str) -> tuple[yamlfile.Lined, str, list[Finding]]:
    """Split a file into its YAML header and its body, whose lines keep their numbers."""
    text = text.replace("\r\n", "\n").removeprefix("\ufeff")
    match = _HEADER.match(text)
    if not match:
        return yamlfile.Lined(None, {}), text, [Finding(source, 1, "the file does not begin with a header (---)")]
    header, findings = yamlfile.parse(match["yaml"], source, first_line=2)
    if header.value is not None and not isinstance(header.value, dict):
        findings.append(Finding(source, 2, "the header is not a list of keys and values"))
        header = yamlfile.Lined(None, {})
    return header, "\n" * text[: match.end()].count("\n") + text[match.end() :], findings


def _parse(body: str) -> tuple[etree._Element, list[str]]:
    """Run Pandoc once; return the body as an element `div`, and Pandoc's warnings.

    Raises RuntimeError where Pandoc fails or runs out of time or memory.
    """
    try:
        markup, warnings = pandoc.convert(lines.mark(body), FORMAT, "html5", OPTIONS, len(body))
    except RuntimeError as error:
        raise RuntimeError("Pandoc gave up on the file: it is nested too deeply") from error
    return html.fragment_fromstring(markup.replace("\r\n", "\n"), create_parent="div"), warnings


def _judge(warnings: list[str], source: str) -> list[Finding]:
    """Turn Pandoc's warnings into findings: none is passed over."""
    findings = []
    for warning in " ".join(" ".join(warnings).split()).split("[WARNING] ")[1:] or warnings:
        if match := _UNUSED_NOTE.search(warning):
            findings.append(Finding(source, int(match["line"]), f"note [^{match['key']}] is defined but never called"))
        elif match := _TWICE.search(warning):
            findings.append(Finding(source, int(match["line"] or 0), f"note [^{match['key']}] is defined twice"))
        else:
            findings.append(Finding(source, 0, f"pandoc: {lines.MARKS.sub('', warning).strip()}"))
    return findings


def _check(root: etree._Element, source: str, places: list[str]) -> list[Finding]:
    """Find what is wrong inside the file: undefined notes, raw markup, skipped headings, pictures without words."""
    findings: list[Finding] = []
    for element in root.iter(etree.Element):
        if element.tag in ("pre", "code"):
            continue
        inside = [(element, element.text)] + [(child, child.tail) for child in element]
        for place, text in inside:
            for call in _UNDEFINED_NOTE.finditer(text or ""):
                line = lines.locate(call[0], line_of(place), places)
                findings.append(Finding(source, line, f"note [^{call['key']}] is called but never defined"))
            if match := _RAW.search(text or ""):
                line = lines.locate(match[0].split()[0], line_of(place), places)
                said = f"raw markup {match[0]} is not allowed in a manuscript"
                instead = INSTEAD.get(match["tag"] or "")
                findings.append(Finding(source, line, f"{said}: write {instead}" if instead else said))
    return findings + _check_headings(root, source) + _check_pictures(root, source)


def _check_headings(root: etree._Element, source: str) -> list[Finding]:
    findings, level = [], 1
    for heading in root.xpath("//h1|//h2|//h3|//h4|//h5|//h6"):
        new = int(heading.tag[1])
        if new == 1:
            findings.append(Finding(source, line_of(heading), "the chapter's title stands in its header; start at ##"))
        elif new > level + 1:
            findings.append(Finding(source, line_of(heading), f"heading level {level + 1} is skipped"))
        level = new
    return findings


def _check_pictures(root: etree._Element, source: str) -> list[Finding]:
    """Find pictures in running text; take away the alternative text that Pandoc made of a caption."""
    findings = []
    for image in root.iter("img"):
        figure = next(image.iterancestors("figure"), None)
        if figure is None:
            message = f"picture {image.get('src')} stands in running text: give it its own line"
            findings.append(Finding(source, line_of(image), message))
        elif (caption := figure.find("figcaption")) is not None and _words(image.get("alt")) == _words(caption):
            image.attrib.pop("alt", None)
            caption.attrib.pop("aria-hidden", None)
    return findings


def _words(of: Any) -> str:
    text = "" if of is None else of if isinstance(of, str) else "".join(of.itertext())
    return " ".join(text.split())
