"""Pandoc's document model, made plain: what our Markdown has no word for is unwrapped or left out, and counted."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath
from typing import Any

from press.resolve.draft import slug

Node = dict[str, Any]
PLAIN = ["", [], []]  # attributes: id, classes, keys and values
LEFT_OUT = {
    "RawBlock": "raw markup",
    "RawInline": "raw markup",
    "Math": "a formula",
}


def text_of(node: Any) -> str:
    """Return the text of a node, or of a list of nodes, without that of its notes."""
    if isinstance(node, list):
        return "".join(text_of(child) for child in node)
    if not isinstance(node, dict):
        return ""
    match node["t"]:
        case "Str" | "MetaString":
            return str(node["c"])
        case "Space" | "SoftBreak" | "LineBreak":
            return " "
        case "Code":
            return str(node["c"][1])
        case "Note":
            return ""
    return text_of(node.get("c", []))


class Model:
    """Makes the blocks of one document plain, and keeps what it left out and which pictures it shows."""

    def __init__(self) -> None:
        self._lost: Counter[str] = Counter()
        self.pictures: dict[str, str] = {}  # where it lies in the file -> images/NAME
        self._links: list[Node] = []
        self._ids: list[str] = []  # that were met since the last words
        self._heading: Node | None = None  # the last that was met
        self._targets: dict[str, Node] = {}  # id -> the heading at which, or below which, it stands

    def lost(self) -> list[str]:
        """Return what did not come over, a line each."""
        return [
            f"{what} did not come over{f' ({count} times)' if count > 1 else ''}" for what, count in self._lost.items()
        ]

    def _place(self, heading: Node | None) -> None:
        """Let the ids that were met last lead to `heading`."""
        if heading:
            self._targets |= dict.fromkeys(self._ids, heading)
        self._ids.clear()

    def plain(self, blocks: list[Node]) -> list[Node]:
        """Return blocks that our Markdown can say."""
        return [plain for block in blocks for plain in self._block(block)]

    def _block(self, block: Node) -> list[Node]:
        kind: str = block["t"]
        content: Any = block.get("c")
        match kind:
            case "Para" | "Plain":
                return self._paragraph(kind, content)
            case "Header":
                level, (name, _, _), inlines = content
                self._ids.append(name)
                self._heading = {"t": kind, "c": [level, PLAIN, self._inlines(inlines)]}
                self._place(self._heading)
                return [self._heading]
            case "Div":
                self._ids.append(content[0][0])
                return self.plain(content[1])
            case "BlockQuote":
                return [{"t": kind, "c": self.plain(content)}]
            case "BulletList":
                return [{"t": kind, "c": [self.plain(item) for item in content]}]
            case "OrderedList":
                return [{"t": kind, "c": [content[0], [self.plain(item) for item in content[1]]]}]
            case "DefinitionList":
                items = [[self._inlines(term), [self.plain(one) for one in meanings]] for term, meanings in content]
                return [{"t": kind, "c": items}]
            case "Figure":
                return self._figure(content)
            case "Table":
                return [self._table(content)]
            case "LineBlock":
                lines = [child for line in content for child in [*self._inlines(line), {"t": "LineBreak"}]]
                return [{"t": "Para", "c": lines[:-1]}]
            case _ if kind in LEFT_OUT:
                self._lost[LEFT_OUT[kind]] += 1
                return []
        return [{"t": kind, "c": [PLAIN, content[1]]} if kind == "CodeBlock" else block]

    def _paragraph(self, kind: str, content: list[Node]) -> list[Node]:
        """Return a paragraph, and behind it as figures the pictures that stood in it."""
        inlines = self._inlines(content)
        pictures = [child for child in inlines if child["t"] == "Image"]
        rest = [child for child in inlines if child["t"] != "Image"]
        if text_of(rest).strip() or pictures:
            self._place(self._heading)
        paragraph = [{"t": kind, "c": rest}] if text_of(rest).strip() or _has_note(rest) else []
        return paragraph + [self._as_figure(picture, picture["c"][1]) for picture in pictures]

    def _figure(self, content: list[Any]) -> list[Node]:
        """Return the pictures of a figure, the first with its caption, and what else the figure holds."""
        caption = [child for block in self.plain(content[1][1]) for child in block.get("c", [])]
        blocks = self.plain(content[2])
        first = next((block for block in blocks if block["t"] == "Figure"), None)
        if first and caption:
            blocks[blocks.index(first)] = self._as_figure(first["c"][2][0]["c"][0], caption)
        return blocks

    def _as_figure(self, picture: Node, caption: list[Node]) -> Node:
        alt = text_of(picture["c"][1]).strip() or text_of(caption).strip()
        keys = [["alt", alt]] if alt else []
        image = {"t": "Image", "c": [["", [], keys], caption, picture["c"][2]]}
        return {"t": "Figure", "c": [PLAIN, [None, [{"t": "Plain", "c": caption}]], [{"t": "Plain", "c": [image]}]]}

    def _table(self, content: list[Any]) -> Node:
        """Return a table whose cells are one paragraph each."""
        _, caption, columns, head, bodies, foot = content

        def rows(each: list[Any]) -> list[Any]:
            return [[PLAIN, [[PLAIN, *cell[1:4], self._cell(cell[4])] for cell in row[1]]] for row in each]

        caption = [None, self.plain(caption[1])]
        plain = [[PLAIN, body[1], rows(body[2]), rows(body[3])] for body in bodies]
        return {"t": "Table", "c": [PLAIN, caption, columns, [PLAIN, rows(head[1])], plain, [PLAIN, rows(foot[1])]]}

    def _cell(self, blocks: list[Node]) -> list[Node]:
        plain = self.plain(blocks)
        if len(plain) < 2 or any(block["t"] not in ("Para", "Plain") for block in plain):
            return plain
        joined = [child for block in plain for child in [*block["c"], {"t": "Space"}]]
        return [{"t": "Plain", "c": joined[:-1]}]

    def _inlines(self, inlines: list[Node]) -> list[Node]:
        return [plain for inline in inlines for plain in self._inline(inline)]

    def _inline(self, inline: Node) -> list[Node]:
        kind: str = inline["t"]
        content: Any = inline.get("c")
        match kind:
            case "Emph" | "Strong" | "Superscript" | "Subscript" | "SmallCaps" | "Strikeout":
                return [{"t": kind, "c": self._inlines(content)}]
            case "Underline":
                return [{"t": "Emph", "c": self._inlines(content)}]
            case "Quoted":
                return [{"t": kind, "c": [content[0], self._inlines(content[1])]}]
            case "Span":
                return self._span(content)
            case "Note":
                return [{"t": kind, "c": self.plain(content)}]
            case "Link":
                link = {"t": kind, "c": [PLAIN, self._inlines(content[1]), content[2]]}
                self._links.append(link)
                return [link]
            case "Image":
                return self._image(content)
            case "Cite":
                return self._inlines(content[1])
            case _ if kind in LEFT_OUT:
                self._lost[LEFT_OUT[kind]] += 1
                return []
        return [{"t": kind, "c": [PLAIN, content[1]]} if kind == "Code" else inline]

    def _span(self, content: list[Any]) -> list[Node]:
        """Take a span's text; of a reviewed document, what is struck out goes, and comments are told of."""
        (name, classes, keys), inlines = content
        self._ids.append(name)
        if "comment-start" in classes:
            self._lost[f"the comment “{text_of(inlines).strip()[:80]}” by {dict(keys).get('author', 'somebody')}"] += 1
            return []
        if "deletion" in classes or "comment-end" in classes:
            return []
        return self._inlines(inlines)

    def _image(self, content: list[Any]) -> list[Node]:
        _, alt, (source, title) = content
        path = PurePosixPath(source)
        name = f"images/{slug(path.stem)}{path.suffix.lower()}"
        taken = {other for place, other in self.pictures.items() if place != source}
        while name in taken:
            name = name.replace(".", "-x.", 1)
        self.pictures[source] = name
        words = self._inlines(alt) or [{"t": "Str", "c": title or path.stem}]
        return [{"t": "Image", "c": [PLAIN, words, [name, ""]]}]

    def keep_targets(self, chapters: list[tuple[Node | None, list[Node]]]) -> None:
        """Keep the names of headings that links lead to, and no others; links that lead nowhere become plain text."""
        links = {link["c"][2][0] for link in self._links}
        asked = [id(heading) for name, heading in self._targets.items() if f"#{name}" in links]
        known: dict[int, str] = {}
        for number, (opener, blocks) in enumerate(chapters, 1):
            known[id(opener)] = f"chapter-{number}"
            headings = [block for block in blocks if block["t"] == "Header" and id(block) in asked]
            for place, heading in enumerate(headings, 1):
                known[id(heading)] = f"chapter-{number}-{place}-{slug(text_of(heading['c'][2]))[:30].strip('-')}"
                heading["c"][1] = [known[id(heading)], [], []]
        for link in self._links:
            target = link["c"][2][0]
            aim = known.get(id(self._targets.get(target[1:]))) if target.startswith("#") else None
            if aim:
                link["c"][2][0] = f"#{aim}"
            elif not target.startswith(("http://", "https://", "mailto:")):
                self._lost[f"a link to {target[:60] or 'nowhere'}"] += 1
                text = link["c"][1]
                link.clear()
                link |= {"t": "Span", "c": [PLAIN, text]}


def _has_note(inlines: list[Node]) -> bool:
    return any(inline["t"] == "Note" for inline in inlines)
