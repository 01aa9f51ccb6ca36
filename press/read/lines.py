"""Source lines through Pandoc, which keeps none for its own Markdown.

Before the parse every line gets a mark: headings and fenced divs an attribute `line`, running text one private-use
character in front of its second plain word (or behind its only one), where it can change no syntax. The character's
code point is the line. After the parse the marks are taken out again and blocks carry `data-line` instead.
"""

from __future__ import annotations

import re

from lxml import etree

MARK = 0xF0000  # the first code point of the private plane 15: MARK + n stands for line n
LAST = 0xFFFD
MARKS = re.compile(f"[{chr(MARK)}-{chr(MARK + LAST)}]")

_FENCE = re.compile(r"^\s*(```|~~~)")
_HEADING = re.compile(r"^#{1,6}\s.*?(?P<attributes>\{[^{}]*\})?\s*$")
_DIV = re.compile(r"^(?P<open>\s*:{3,}\s*)(?:\{(?P<attributes>[^{}]*)\}|(?P<word>[\w-]+))(?P<close>\s*:*\s*)$")
_FIRST_WORD = re.compile(r"^(?!\s*\w{1,5}[.)]\s)\s*(!\[)?[^\[\](){}`|:<>#]*?[^\W\d_]{2,}")
_DEFINITION = re.compile(r"^\s*\[[^\]^][^\]]*\]:\s")  # [label]: target of a reference link
_BLOCKS = "p li dt dd td th figure blockquote pre table div h1 h2 h3 h4 h5 h6".split()
_PLACED = "a img span abbr".split()


def mark(text: str) -> str:
    """Return the Markdown `text` with every line marked."""
    marked, in_code = [], False
    for number, line in enumerate(text.split("\n"), start=1):
        if _FENCE.match(line):
            in_code = not in_code
        marked.append(line if in_code or number > LAST else _mark_line(line, number))
    return "\n".join(marked)


def _mark_line(line: str, number: int) -> str:
    if heading := _HEADING.match(line):
        if heading["attributes"]:
            start = heading.start("attributes")
            return f'{line[:start]}{{{heading["attributes"][1:-1]} line="{number}"}}'
        return f'{line.rstrip().rstrip("#").rstrip()} {{line="{number}"}}'
    if div := _DIV.match(line):
        attributes = div["attributes"] if div["word"] is None else f".{div['word']}"
        return f'{div["open"]}{{{attributes} line="{number}"}}{div["close"]}'
    if _DEFINITION.match(line) or line.lstrip().startswith(":::"):
        return line
    if (at := _plain_space(line)) is None:
        word = _FIRST_WORD.match(line)
        at = word.end() if word else None
    return line if at is None else f"{line[:at]}{chr(MARK + number)}{line[at:]}"


def _plain_space(line: str) -> int | None:
    """Return the index behind the first space between two plain words that lies in no bracket and no code."""
    depth, in_code, previous = 0, False, ""
    for index, character in enumerate(line):
        if character == "`":
            in_code = not in_code
        elif character in "[{" or (character == "(" and previous == "]"):
            depth += 0 if character == "[" and previous == "!" else 1
        elif character in "]})":
            depth = max(0, depth - 1)
        elif character == " " and not in_code and not depth and previous.isalnum() and line[index + 1 :][:1].isalpha():
            return index + 1
        previous = character
    return None


def unmark(root: etree._Element, source: str) -> None:
    """Take the marks out of the tree, and set `data-line` on its blocks, links, pictures and spans."""
    places = source.split("\n")
    line = 1
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            line = _take(element, "tail", line)
            continue
        for name, value in element.attrib.items():
            if found := MARKS.search(value):
                line = ord(found[0]) - MARK
                element.set(name, MARKS.sub("", value))
        if element.tag in _BLOCKS:
            line = int(element.get("data-line") or _first_mark(element) or line)
            element.set("data-line", str(line))
        elif element.tag in _PLACED:
            token = element.get("data-cites", "").split(" ")[0] or element.get("href") or element.get("src")
            token = token or "".join(element.itertext()).split("\n")[0].strip()
            element.set("data-line", str(locate(token, line, places)))
        line = _take(element, "text", line)


def _first_mark(element: etree._Element) -> int:
    """Return the first line that is named inside an element, 0 if none is."""
    return min((ord(mark) - MARK for mark in MARKS.findall("".join(element.itertext()))), default=0)


def _take(element: etree._Element, part: str, line: int) -> int:
    """Remove the marks from the text or the tail of an element; return the last line they name, or `line`."""
    text = getattr(element, part) or ""
    if found := MARKS.findall(text):
        setattr(element, part, MARKS.sub("", text))
        return ord(found[-1]) - MARK
    return line


def locate(token: str, line: int, places: list[str]) -> int:
    """Return the first line from `line` on (within a paragraph's reach) that holds `token`, or `line` itself."""
    for number in range(line, min(line + 40, len(places) + 1)):
        if token and token in places[number - 1]:
            return number
    return line
