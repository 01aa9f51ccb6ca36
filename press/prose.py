"""What book.yaml may ask of the book's prose, under the key `prose`."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=lambda name: name.replace("_", "-"))


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"'{text}' is not a regular expression: {error}") from None
    return text


def _rising(grade: tuple[float, float]) -> tuple[float, float]:
    if grade[0] > grade[1]:
        raise ValueError("the lower grade comes first")
    return grade


class Box(_Strict):
    """A box that every chapter has. `before`: it stands before the first section whose id is like this (`*-press`)."""

    before: str = ""


class Numbers(_Strict):
    """Where numbers need no note: in boxes and parts named here, and where a regular expression in `plain` matches."""

    boxes: list[str] = []
    parts: list[str] = []
    plain: list[Annotated[str, AfterValidator(_pattern)]] = []


class Prose(_Strict):
    """What is asked of the prose. What is left out is not asked, except that doubled words and repeated sentences are.

    `dictionary` is the project's list of words, besides the dictionary of the book's language; `grade` the lowest and
    the highest reading grade of a chapter (Flesch-Kincaid, so for English only); `repeats` the number of words from
    which on no sentence may stand in two parts, boxes in `boilerplate` excepted; `boxes` what every chapter has;
    `references` how many works are cited at least; `numbers` that numbers have notes (English only).
    """

    dictionary: str = ""
    grade: Annotated[tuple[float, float], AfterValidator(_rising)] | None = None
    repeats: int = Field(default=8, ge=4)
    boilerplate: list[str] = []
    boxes: dict[str, Box] = {}
    references: int = Field(default=0, ge=0)
    numbers: Numbers | None = None
