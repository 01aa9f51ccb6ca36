"""Numbers have a note: in the same sentence or the next, or, in a table or a note, anywhere in it. English only.

Percentages, ratios and counts of people or trials are always claims. Other figures are, unless they are measures,
dates, ages, labels or numerals of the spine, which say how to do something or where it is.
"""

from __future__ import annotations

import re

from press.check.prose.text import BLANK, CALL, Text, sentences
from press.findings import Finding
from press.prose import Prose


def _any_of(words: str) -> str:
    return f"(?:{'|'.join(words.split())})"


_ONES = "two|three|four|five|six|seven|eight|nine"
_TENS = "twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety"
_TEENS = "ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen"
_DIGITS = r"\d+(?:[.,]\d+)*[½⅓¼⅔¾]?"
_SPELLED = rf"(?:(?:{_TENS})(?:-(?:one|{_ONES}))?|{_TEENS}|{_ONES}|(?:a|one) (?:hundred|thousand|dozen))"
_ANY = rf"(?:{_DIGITS}|{_SPELLED}|one)"
_SPAN = rf"{_DIGITS}(?:\s?(?:[–×x/-]|to|or|and|by)\s?{_DIGITS})*"

_COUNTED = _any_of(
    "people persons patients adults women men children babies adolescents volunteers participants subjects sufferers "
    "cases controls experts clinicians therapists physiotherapists doctors surgeons examiners raters observers runners "
    "athletes players soldiers recruits workers students musicians drivers cyclists swimmers trials? study studies "
    "reviews? meta-analyses surveys papers reports cadavers bodies specimens scans X-rays"
)
_JOINT = _any_of("of or and in on for that who which as with to at by from than")
_ALWAYS = re.compile(
    rf"{_DIGITS}\s?%|\bper cent\b|\bpercent\b"
    rf"|\b{_ANY} (?:in|out of) (?:every )?{_ANY}\b|\b{_DIGITS} of (?:the |these |those |every )?{_DIGITS}\b"
    rf"|\b(?:{_DIGITS}|{_SPELLED})(?: of (?:the|these|those))?(?: (?!{_JOINT}\b)[\w-]+){{0,2}} {_COUNTED}\b"
    rf"|\b(?:half|thirds?|quarters?) (?:of )?(?:(?:all|the|these|those) )*{_COUNTED}\b",
    re.I,
)
_MEASURES = _any_of(
    r"seconds? minutes? hours? days? nights? weeks? months? years? decades? s min h cm mm m km metres? centimetres? "
    r"millimetres? inch(?:es)? in(?=[),;.]) feet foot kg g kilos? kilograms? ml litres? °C degrees? ° times lifts "
    r"presses strokes breaths repetitions rounds sets hands? fingers? finger[’'s-]*\s?(?:widths?|breadths?)"
)
_LABELS = _any_of(
    r"spots? figures? tables? chapters? appendix appendices parts? sections? notes? steps? pages? nos?\. numbers? "
    r"volume version grade level stage type ribs? vertebrae? toes? call dial ring phone aged? over under past turned"
)
_HARMLESS = re.compile(
    rf"\b{_SPAN}[\s-]?{_MEASURES}(?!\w)"
    rf"|\b{_LABELS} (?:about |the age of )?{_SPAN}(?:, {_DIGITS})*(?: (?:and|or) {_DIGITS})?"
    r"|\b(?:1[5-9]|20)\d\d(?:[–-]\d{2,4})?s?\b|\b\d+0s\b"  # years and decades
    r"|\b[A-Za-z]+[-‑]?\d[\d.]*\w*(?:[–-][A-Za-z]?\d+)?|\b\d+(?:st|nd|rd|th)\b",  # C7, L4–L5, CC0, 12th
    re.I,
)
_FIGURE = re.compile(rf"{_DIGITS}[\w%]*")


def check(parts: list[Text], asked: Prose) -> list[Finding]:
    """Find the numbers that claim something and have no note."""
    if asked.numbers is None:
        return []
    plain = re.compile("|".join(f"(?:{pattern})" for pattern in asked.numbers.plain) or r"(?!)", re.I)
    passed_over = (*asked.numbers.boxes, "pull-quote")
    found = []
    for part in parts:
        if part.document.id in asked.numbers.parts:
            continue
        for block in part.blocks:
            if block.kind in ("heading", "alt") or block.box in passed_over or block.backed:
                continue
            said = sentences(block.figures)
            for sentence, following in zip(said, [*said[1:], ""], strict=True):
                number = claim(plain.sub(BLANK, sentence))
                if number and CALL not in sentence + following:
                    lack = "and its note cites no work" if block.kind == "note" else "has no note"
                    found.append(part.find(block, number, f"the number in '{number}' {lack}"))
    return found


def claim(sentence: str) -> str:
    """Return the words of a sentence that claim a number, an empty string if there are none."""
    sentence = sentence.replace(CALL, " ")
    match = _ALWAYS.search(sentence) or _FIGURE.search(_HARMLESS.sub(BLANK, sentence))
    return match[0] if match else ""
