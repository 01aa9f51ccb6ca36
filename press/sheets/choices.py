"""What the compositor has chosen for a part, and how its markup is changed accordingly."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from typing import Annotated, Literal

from lxml import etree
from pydantic import PlainSerializer

from press.sheets.flow import KEY, MARK, MOVED, NODE, TEXT

Spacing = Literal["loose", "tight"]
Side = Literal["before", "after"]
_BLOCK = etree.XPath(f"descendant-or-self::*[@{KEY}=$key]")
_TEXT = etree.XPath(f"descendant-or-self::*[@{TEXT}=$key]")
WHOLE = 99  # lines at the end of a paragraph: it begins a page


@dataclass(frozen=True)
class Choices:
    """Blocks are named by their number in `KEY`, paragraphs by theirs in `TEXT`.

    `space`: pt added to a block so that what follows stands on the grid: above a heading, below anything else.
    `turns`: blocks that begin a page. `widows`: how many lines of a paragraph have to stay together at its end.
    `opened`: blocks that may be broken though the styles forbid it. `moves`: figures and the like set elsewhere, by the
    block that they stand before or after. `unbroken`: words without a hyphen, as places of their first and behind their
    last letter in their paragraph. `spacing`: paragraphs set a little wider or closer, by their class.
    """

    space: dict[str, float] = field(default_factory=dict)
    turns: Annotated[frozenset[str], PlainSerializer(sorted)] = frozenset()
    widows: dict[str, int] = field(default_factory=dict)
    opened: Annotated[frozenset[str], PlainSerializer(sorted)] = frozenset()
    moves: dict[str, tuple[Side, str]] = field(default_factory=dict)
    unbroken: Annotated[frozenset[tuple[str, int, int]], PlainSerializer(sorted)] = frozenset()
    spacing: dict[str, Spacing] = field(default_factory=dict)

    def moved(self, block: str, side: Side, other: str) -> Choices:
        """The same, with one more block moved."""
        return replace(self, moves={**self.moves, block: (side, other)})

    def of_markup(self, plain: Collection[str]) -> Choices:
        """Return those choices that change more than the style of a block. Paragraphs that are `plain` are blocks
        that hold nothing but their lines."""
        widows = {text: lines for text, lines in self.widows.items() if text not in plain}
        return Choices(moves=self.moves, unbroken=self.unbroken, widows=widows, spacing=self.spacing)

    def unlike(self, other: Choices, block_of: Mapping[str, str]) -> set[str]:
        """Return the blocks for which others were chosen; `block_of` gives the block of each paragraph."""
        moves = set(self.moves.items()) ^ set(other.moves.items())
        texts = {text for text, _ in set(self.widows.items()) ^ set(other.widows.items())}
        texts |= {text for text, _, _ in self.unbroken ^ other.unbroken}
        texts |= {text for text, _ in set(self.spacing.items()) ^ set(other.spacing.items())}
        return {
            *(block for block, _ in set(self.space.items()) ^ set(other.space.items())),
            *(self.turns ^ other.turns),
            *(self.opened ^ other.opened),
            *(block for block, (_, beside) in moves for block in (block, beside)),
            *(block_of[text] for text in texts),
        }


def apply(section: etree._Element, choices: Choices) -> etree._Element:
    """Return a copy of a part's markup in which blocks are moved, words kept whole, and paragraphs not broken."""
    section = deepcopy(section)
    for key, (side, other) in choices.moves.items():
        _put(_block(section, key), side, _block(section, other))
    for key, lines in choices.widows.items():
        if lines == WHOLE:
            _style(_item(_text(section, key)), "break-before: page")
        else:
            _style(_text(section, key), f"widows: {lines}")
    for key, spacing in choices.spacing.items():
        text = _text(section, key)
        text.set("class", f"{text.get('class', '')} {spacing}".strip())
    for key, first, last in sorted(choices.unbroken, reverse=True):
        _keep_whole(_text(section, key), first, last)
    return section


def styles(section: etree._Element, choices: Choices, plain: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """Return the properties of blocks, in CSS, by which the other choices are carried out.

    `plain` gives the blocks of paragraphs that are nothing but their lines.
    """
    headings = {block.get(KEY) for block in section.iter("h2", "h3", "h4")}
    found: dict[str, dict[str, str]] = {}
    for key, space in choices.space.items():
        found.setdefault(key, {})["padding-top" if key in headings else "margin-bottom"] = f"{space:.3f}pt"
    for key in choices.opened:
        found.setdefault(key, {})["break-inside"] = "auto"
    for key in choices.turns:
        found.setdefault(key, {})["break-before"] = "page"
    for text, lines in choices.widows.items():
        if text in plain:
            name, value = ("break-before", "page") if lines == WHOLE else ("widows", str(lines))
            found.setdefault(plain[text], {})[name] = value
    return found


def write_out(section: etree._Element, rules: Mapping[str, Mapping[str, str]]) -> None:
    """Write the properties of blocks into a part's markup."""
    for block in section.iter(etree.Element):
        for name, value in rules.get(block.get(KEY, ""), {}).items():
            _style(block, f"{name}: {value}")


def _block(section: etree._Element, key: str) -> etree._Element:
    found: etree._Element
    (found,) = _BLOCK(section, key=key)
    return found


def _text(section: etree._Element, key: str) -> etree._Element:
    found: etree._Element
    (found,) = _TEXT(section, key=key)
    return found


def _style(element: etree._Element, rule: str) -> None:
    element.set("style", "; ".join(filter(None, [element.get("style"), rule])))


def _item(text: etree._Element) -> etree._Element:
    """Return the item that a text begins, the term that it explains, or the text."""
    parent, before = text.getparent(), text.getprevious()
    if text.tag == "dd" and before is not None and before.tag == "dt":
        return before
    return parent if parent is not None and parent.tag == "li" and text.getprevious() is None else text


def _put(block: etree._Element, side: Side, other: etree._Element) -> None:
    parent, previous, tail = block.getparent(), block.getprevious(), block.tail or ""
    if previous is not None:
        previous.tail = (previous.tail or "") + tail
    elif parent is not None:
        parent.text = (parent.text or "") + tail
    block.tail = None
    block.set(MOVED, "")
    if side == "before":
        other.addprevious(block)
    else:
        tail, other.tail = other.tail or "", None
        other.addnext(block)
        block.tail = tail


def _keep_whole(text: etree._Element, first: int, last: int) -> None:
    """Wrap the word from letter `first` to before `last` (white space and notes do not count) so that it is not broken.

    A word that is partly in another element is left as it is.
    """
    count = 0
    for holder, attribute in _strings(text):
        string = getattr(holder, attribute) or ""
        places = [place for place, letter in enumerate(string) if not letter.isspace()]
        if first >= count and last <= count + len(places):
            start, end = places[first - count], places[last - count - 1] + 1
            word = etree.Element("span", {"class": "unbroken"})
            owner = holder if attribute == "text" else holder.getparent()
            word.set(MARK, owner.get(MARK, "") if owner is not None else "")
            word.set(NODE, f"{text.get(NODE)}-{first}")
            word.text, word.tail = string[start:end], string[end:]
            setattr(holder, attribute, string[:start])
            if attribute == "text":
                holder.insert(0, word)
            else:
                holder.addnext(word)
            return
        count += len(places)


def _strings(element: etree._Element) -> list[tuple[etree._Element, str]]:
    """Return where an element's strings are, in order, without those of its notes."""
    found = [(element, "text")]
    for child in element:
        if "note" not in child.get("class", "").split():
            found += _strings(child)
        found.append((child, "tail"))
    return found
