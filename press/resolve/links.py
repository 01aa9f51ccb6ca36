"""Cross-references: every link inside the book finds its target, and its text where the author left it empty."""

from __future__ import annotations

import re

from press.resolve.draft import Draft, Ledger, text_of

_NUMBER = re.compile(r" (?=\d[\d.]*$|[A-Z](\.\d+)?$)")  # "Spot 12" is never broken before its number


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
                link.text = _NUMBER.sub("\u00a0", anchor.text)
