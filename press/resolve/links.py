"""Cross-references: every link inside the book finds its target, and its text where the author left it empty."""

from __future__ import annotations

import re

from lxml import etree

from press.resolve.draft import Draft, Ledger, text_of

_NUMBER = re.compile(r" (?=\d[\d.]*$|[A-Z](\.\d+)?$)")  # "Spot 12" is never broken before its number

_END = re.compile(r"[.!?…][\"”’)]?$")


def set_links(draft: Draft, ledger: Ledger) -> None:
    """Resolve the author's links to ids of the book; a target that does not exist is a finding."""
    for root in (draft.body, *draft.notes):
        for link in root.iter("a"):
            href = link.get("href", "")
            if not href.startswith("#") or link.get("class") or link.get("role"):
                if href and not href.startswith("#"):
                    link.set("class", link.get("class") or "external")
                continue
            anchor = ledger.anchors.get(href[1:])
            if anchor is None:
                ledger.find(draft, link, f"cross-reference {href} leads nowhere")
                continue
            link.set("class", "xref")
            link.set("data-kind", anchor.kind)
            if not text_of(link):
                text = _NUMBER.sub("\u00a0", anchor.text)
                link.text = f"{text[:1].upper()}{text[1:]}" if _opens_sentence(link) else text


def _opens_sentence(link: etree._Element) -> bool:
    """Tell whether a link is the first thing in its block or stands behind the end of a sentence."""
    nodes = link.xpath("preceding-sibling::node()")
    before = "".join(
        node if isinstance(node, str) else "" if node.get("role") == "doc-noteref" else text_of(node) for node in nodes
    ).rstrip()
    parent = link.getparent()
    return bool(_END.search(before)) if before else parent is not None and parent.tag in ("p", "li", "td", "dd")
