"""Index, references, figures and works: what is new, gone, changed, or on another page."""

from __future__ import annotations

from typing import Literal

from press.changes.snapshot import Snapshot
from press.galleys import Model

Fate = Literal["new", "gone", "moved", "changed"]


class Entry(Model):
    """One of them: its name, what became of it, and the pages where it was and is; `more` tells how it changed."""

    name: str
    fate: Fate
    old: str
    new: str
    more: str = ""


def index(old: Snapshot, new: Snapshot) -> list[Entry]:
    """Return the index entries whose pages are others now."""
    return _folios(
        {name: ", ".join(folios) for name, folios in old.index.items()},
        {name: ", ".join(folios) for name, folios in new.index.items()},
    )


def references(old: Snapshot, new: Snapshot) -> list[Entry]:
    """Return the targets of cross-references that stand on another page now."""
    names = {key: one.text for key, one in (*old.references.items(), *new.references.items())}
    entries = _folios(
        {key: one.folio for key, one in old.references.items()}, {key: one.folio for key, one in new.references.items()}
    )
    for entry in entries:
        known = new.references.get(entry.name) or old.references[entry.name]
        entry.more = f"referred to {known.times} {'time' if known.times == 1 else 'times'}"
        entry.name = names[entry.name]
    return entries


def figures(old: Snapshot, new: Snapshot) -> list[Entry]:
    """Return the figures that are new, gone, on another page, redrawn, renumbered, or described by another caption."""
    before, after = {one.id: one for one in old.figures}, {one.id: one for one in new.figures}
    entries = []
    for name in dict.fromkeys((*after, *before)):
        was, now = before.get(name), after.get(name)
        if was and now:
            said = [
                text
                for text, changed in (
                    ("drawn anew", was.picture != now.picture),
                    (f"was {was.number}", was.number != now.number),
                    ("another caption", was.caption != now.caption),
                )
                if changed
            ]
            if not said and was.folio == now.folio:
                continue
            fate: Fate = "changed" if said else "moved"
            entries.append(Entry(name=_title(now), fate=fate, old=was.folio, new=now.folio, more=", ".join(said)))
        elif now:
            entries.append(Entry(name=_title(now), fate="new", old="", new=now.folio))
        elif was:
            entries.append(Entry(name=_title(was), fate="gone", old=was.folio, new=""))
    return entries


def works(old: Snapshot, new: Snapshot) -> list[Entry]:
    """Return the works that are cited now and were not, or the other way round, or otherwise described."""
    entries = []
    for key in dict.fromkeys((*new.works, *old.works)):
        was, now = old.works.get(key, ""), new.works.get(key, "")
        if was != now:
            fate: Fate = "changed" if was and now else "new" if now else "gone"
            entries.append(Entry(name=now or was, fate=fate, old="", new="", more=key))
    return entries


def _title(figure: object) -> str:
    number, caption = getattr(figure, "number", ""), getattr(figure, "caption", "")
    return f"{number} {caption}".strip()


def _folios(old: dict[str, str], new: dict[str, str]) -> list[Entry]:
    entries = []
    for name in dict.fromkeys((*new, *old)):
        was, now = old.get(name), new.get(name)
        if was != now:
            fate: Fate = "new" if was is None else "gone" if now is None else "moved"
            entries.append(Entry(name=name, fate=fate, old=was or "", new=now or ""))
    return entries
