"""Pages laid out again from the middle are those that WeasyPrint makes of the whole document."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
import weasyprint
from lxml import etree, html
from test_typography import FIGURE, LINE, PAGE, paragraphs
from weasyprint.layout import LayoutContext

from press.sheets import blocks, facing, flow, memory, styling  # noqa: F401 (by which trees share their styles)
from press.sheets.choices import WHOLE, Choices, apply, styles, write_out
from press.sheets.compose import _Desk
from press.sheets.layouts import Layout, Layouter
from press.sheets.trees import Tree

NOTE = '<a id="call-{0}">1</a><span class="note" id="note-{0}">' + "Long, as notes are. " * 8 + "</span>"
BODY = (
    paragraphs(5, 7)
    + FIGURE
    + f"<p>{LINE * 3}{NOTE.format(1)} {LINE * 9}</p>"
    + "".join(f"<section><h2>One</h2>{paragraphs(3, 6, 8)}</section>" for _ in range(3))
    + f"<p>{LINE * 4}{NOTE.format(2)}</p>"
    + paragraphs(6, 6, 6)
)


HEADED = (
    PAGE
    + """
section { string-set: head "A head" } h2 { string-set: head content() }
@page { @top-left { content: string(head) } @bottom-left { content: counter(page) } }
a[data-folio]:not(.silent)::after { content: attr(data-folio) }
"""
)


@pytest.fixture(scope="module")
def layouter() -> Layouter:
    return Layouter(lambda markup: weasyprint.HTML(string=markup), [weasyprint.CSS(string=HEADED)])


@pytest.fixture
def page() -> etree._Element:
    tree = html.document_fromstring(f'<html lang="en"><body><section class="document">{BODY}</section></body></html>')
    flow.number_blocks(tree)
    return tree


def seen(sheets: list[flow.Sheet]) -> list[Any]:
    """Return all that the compositor reads from pages; what was moved may be a billionth of a point off."""

    def line(one: flow.Line) -> flow.Line:
        return replace(one, top=round(one.top, 6), height=round(one.height, 6))

    return [
        (
            round(sheet.room, 6),
            sheet.ids,
            [
                (one.key, round(one.top, 6), round(one.foot, 6), one.broken, [*map(line, one.lines)])
                for one in fragments
            ],
        )
        for sheet in sheets
        for fragments in [sheet.fragments]
    ]


def key_of(page: etree._Element, number: int) -> str:
    """Return the key of a paragraph."""
    return str(list(page.iter("p"))[number].get(flow.KEY))


def whole(layouter: Layouter, page: etree._Element) -> Layout:
    """Lay out a part with nothing kept."""
    return layouter.whole(layouter.trees.whole(page))


def state(layouter: Layouter, page: etree._Element, choices: Choices) -> Tree:
    """Return the boxes for which a part is laid out again."""
    return layouter.trees.restyled(layouter.trees.grafted(apply(page, choices)), styles(page, choices, {}))


def written(page: etree._Element, choices: Choices) -> etree._Element:
    """Return the markup of a part in which spaces and page breaks are written out."""
    page = apply(page, choices)
    write_out(page, styles(page, choices, {}))
    return page


@pytest.mark.parametrize("number", [0, 4, 8, 12])
def test_pages_from_the_middle_are_those_of_the_whole(layouter: Layouter, page: etree._Element, number: int) -> None:
    key = key_of(page, number)
    for choices in (Choices(space={key: 4.0}), Choices(turns=frozenset({key}))):
        old = whole(layouter, page)
        assert len(old.sheets) > 5
        places = {count for count, sheet in enumerate(old.sheets) if key in {one.key for one in sheet.fragments}}
        again = layouter.again(state(layouter, page, choices), old, places | {max(0, min(places) - 1)})
        anew = whole(layouter, written(page, choices))
        assert seen(again.sheets) == seen(anew.sheets)
        assert [start[:3] for start in again.starts] == [start[:3] for start in anew.starts]


def test_pages_that_do_not_change_are_taken_over(layouter: Layouter, page: etree._Element) -> None:
    old = whole(layouter, page)
    again = layouter.again(old.tree, old, {2, 3})
    assert seen(again.sheets) == seen(old.sheets)
    kept = [one is other for one, other in zip(again.sheets, old.sheets, strict=True)]
    assert kept == [number not in (2, 3) for number in range(len(old.sheets))]


def test_a_trial_looks_at_some_pages_only(layouter: Layouter, page: etree._Element) -> None:
    old = whole(layouter, page)
    choices = Choices(moves={key_of(page, 4): ("after", key_of(page, 5))})
    trial = layouter.again(state(layouter, page, choices), old, {1, 2}, last=3, alike=99)
    assert seen(trial.sheets)[:3] == seen(whole(layouter, apply(page, choices)).sheets)[:3]
    assert len(trial.sheets) == 4 < len(old.sheets)


def test_whole_layouts_are_weasyprints(layouter: Layouter, page: etree._Element) -> None:
    """To the byte, but for identifiers."""
    markup = "<!DOCTYPE html>\n" + etree.tostring(page, encoding="unicode", method="html")
    theirs = weasyprint.HTML(string=markup).render(stylesheets=[weasyprint.CSS(string=HEADED)]).write_pdf()
    ours = layouter.render(page).write_pdf()
    assert re.sub(rb"/ID.*", b"", ours) == re.sub(rb"/ID.*", b"", theirs)


def test_lines_and_notes_are_laid_out_once(
    layouter: Layouter, page: etree._Element, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when WeasyPrint comes to them by another way: the memory would then be no use, and nobody would notice."""
    old = whole(layouter, page)
    kept = layouter.trees.memory
    assert len(kept.lines) > 100
    assert len(kept.notes) == 2
    monkeypatch.setattr(memory, "_break_line", lambda *_: pytest.fail("a line was laid out again"))
    monkeypatch.setattr(memory, "_style_page", lambda *_: pytest.fail("a page's styles were computed again"))
    monkeypatch.setattr(LayoutContext, "_update_footnote_area", lambda _: pytest.fail("so was a note"))
    again = layouter.again(old.tree, old, {0, 1, 2}, alike=99)
    assert seen(again.sheets) == seen(old.sheets)


def test_blocks_that_fit_are_laid_out_once(
    layouter: Layouter, page: etree._Element, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With their notes, but for those that are broken. Fails when WeasyPrint comes to blocks by another way."""
    old = whole(layouter, page)
    laid, own = set(), blocks._lay_out

    def lay_out(context: Any, box: Any, *others: Any) -> Any:
        laid.add(box.element.get(flow.KEY))
        return own(context, box, *others)

    monkeypatch.setattr(blocks, "_lay_out", lay_out)
    again = layouter.again(state(layouter, page, Choices(space={key_of(page, 0): 4.0})), old, range(9), alike=99)
    fragments = [one for sheet in again.sheets for one in sheet.fragments]
    broken = {one.key for one in fragments if [other.key for other in fragments].count(one.key) > 1}
    assert len(laid - {None} - broken) < len(fragments) / 3


@pytest.mark.parametrize("declared", ["text-indent: 20pt", "text-indent: 20pt; color: red"])
def test_a_block_that_inherits_another_style_is_made_anew(declared: str) -> None:
    """A paragraph is indented behind another; a figure comes between them. For the indent alone its line is enough."""
    style = weasyprint.CSS(string=f"{PAGE} p + p {{ {declared} }}")
    body = paragraphs(3, 3, 3) + FIGURE
    tree = html.document_fromstring(f'<html lang="en"><body><section class="document">{body}</section></body></html>')
    flow.number_blocks(tree)
    own = Layouter(lambda markup: weasyprint.HTML(string=markup), [style])
    old = whole(own, tree)
    choices = Choices(moves={str(next(tree.iter("figure")).get(flow.KEY)): ("after", key_of(tree, 0))})
    again = own.again(state(own, tree, choices), old, {0}, alike=99)
    assert seen(again.sheets) == seen(whole(own, apply(tree, choices)).sheets)
    assert [line.text for line in again.sheets[0].fragments[0].lines] != []


def test_a_part_is_drawn_the_same_whatever_was_kept(layouter: Layouter, page: etree._Element) -> None:
    """To the byte: pages, blocks, lines, notes, running heads and bookmarks that were kept are those made anew."""
    key = key_of(page, 4)
    choices = Choices(space={key: 4.0}, moves={key: ("after", key_of(page, 5))})
    old = whole(layouter, page)
    pages = {count for count, sheet in enumerate(old.sheets) if key in {one.key for one in sheet.fragments}}
    again = layouter.again(state(layouter, page, choices), old, {min(pages) - 1, *pages, max(pages) + 1})
    assert again.sheets[0] is old.sheets[0]
    assert again.sheets[-1] is old.sheets[-1]
    kept = layouter.document(again, apply(page, choices))
    assert {box.element for each in kept.pages for box in each._page_box.descendants() if box.element is not None} <= {
        *kept._html.etree_element.iter()
    }
    anew = layouter.render(written(page, choices))
    assert re.sub(rb"/ID.*", b"", kept.write_pdf()) == re.sub(rb"/ID.*", b"", anew.write_pdf())


@pytest.mark.parametrize(("moved", "other", "last"), [(4, 6, 3), (9, 10, 5), (9, 12, 6)])
def test_a_trial_that_is_chosen_is_laid_out_to_its_end(
    layouter: Layouter, page: etree._Element, moved: int, other: int, last: int
) -> None:
    """Only behind the pages that it has; what it comes to is what is laid out without it."""
    desk = _Desk(page, layouter, {f"note-{number}": f"call-{number}" for number in (1, 2)})
    old = desk.settle(desk.whole(Choices()))
    choices = replace(old.choices, moves={key_of(page, moved): ("after", key_of(page, other))})
    trial = desk.again(old, choices, last)
    assert len(trial.sheets) == last + 1
    adopted = desk.adopted(trial, old)
    assert seen(adopted.sheets) == seen(desk.again(old, choices).sheets)
    assert adopted.sheets[last - 1] is trial.sheets[last - 1]


def test_only_what_has_another_page_number_is_laid_out_again(layouter: Layouter, page: etree._Element) -> None:
    place = key_of(page, 8)
    silent = etree.SubElement(list(page.iter("p"))[4], "a", {"data-folio": "00", "class": "silent"})
    link = etree.SubElement(list(page.iter("p"))[8], "a", {"data-folio": "00"})
    flow.number_blocks(page)
    desk = _Desk(page, layouter, {})
    composed = desk.whole(Choices())
    silent.set("data-folio", "000")
    assert _Desk(page, layouter, {}).renumbered(composed.layout, Choices()).layout is composed.layout
    link.set("data-folio", "000")
    again = _Desk(page, layouter, {}).renumbered(composed.layout, Choices())
    made = {n for n, (one, old) in enumerate(zip(again.sheets, composed.sheets, strict=True)) if one is not old}
    first = min(n for n, sheet in enumerate(composed.sheets) if place in {one.key for one in sheet.fragments})
    assert first in made
    assert made.isdisjoint({0, 1, len(composed.sheets) - 1})
    assert _Desk(page, layouter, {}).renumbered(again.layout, Choices()).layout is again.layout


def test_choices_that_change_nothing_cost_no_layout(layouter: Layouter, page: etree._Element) -> None:
    """A trial may come to what is there already: the same layout is then the answer, where none was made once."""
    desk = _Desk(page, layouter, {})
    laid = desk.whole(Choices())
    assert desk.again(laid, Choices()).layout is laid.layout


def test_an_item_whose_note_does_not_fit_below_it_begins_a_page() -> None:
    """Where the block around it begins a page already: so stood note 2 of the safety pages in large print."""
    page = html.document_fromstring('<section class="document"><ul><li>One.</li><li>Two.</li></ul></section>')
    flow.number_blocks(page)
    second = list(page.iter("li"))[1]
    (text,) = (one.get(flow.TEXT, "") for one in second.iter(etree.Element) if one.get(flow.TEXT))
    items = list(apply(page, Choices(widows={text: WHOLE})).iter("li"))
    assert [item.get("style") for item in items] == [None, "break-before: page"]


def test_a_page_that_loses_its_only_note_has_the_room_of_its_margins_again() -> None:
    """WeasyPrint keeps them free; where it no longer does, `Context` need not mend it."""
    area = "@page { @footnote { margin-top: 30pt; padding-top: 10pt } } .note { footnote-policy: line }"
    css = [weasyprint.CSS(string=PAGE + area)]
    note = '<a id="call">1</a><span class="note" id="note">' + "Long, as notes are. " * 30 + "</span>"
    body = f"{paragraphs(13)}<h2>One</h2><p>{LINE * 4}{note} {LINE * 3}</p>"
    page = html.document_fromstring(f'<html lang="en"><body><section class="document">{body}</section></body></html>')
    flow.number_blocks(page)
    layouter = Layouter(lambda markup: weasyprint.HTML(string=markup), css)
    plain = weasyprint.HTML(string=etree.tostring(page, encoding="unicode", method="html")).render(stylesheets=css)
    lines = [
        [len(one.lines) for one in flow.read(document.pages)[0].fragments]
        for document in (layouter.render(page), plain)
    ]
    assert lines == [[13, 1, 3], [13]]


def test_the_ground_of_a_box_is_set_lower_with_it() -> None:
    body = f"{paragraphs(20, 4)}<aside>{paragraphs(3)}</aside>{paragraphs(9)}<h2>Heading</h2>{paragraphs(9, 20, 20)}"
    page = html.document_fromstring(f'<html lang="en"><body><section class="document">{body}</section></body></html>')
    flow.number_blocks(page)
    css = [weasyprint.CSS(string=PAGE + "aside { background: red; margin-bottom: 15pt }")]
    document = Layouter(lambda markup: weasyprint.HTML(string=markup), css).render(page)
    (aside,) = (box for box in document.pages[1]._page_box.descendants() if box.element_tag == "aside")
    before = aside.position_y
    facing.level(document.pages)
    assert aside.position_y > before
    assert aside.background.layers[-1].painting_area[1] == aside.border_box_y()
