"""The editions: galleys and styles in, one edition out. A new edition is one entry here and one room beside it."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from press.styles import Styles

Build = Callable[[Path, Styles, Path], None]
Finish = Callable[[Path, Path, Styles, Path, int], None]

# Named, not imported: a job loads the libraries of its own edition only.
EDITIONS = {
    "html": "press.editions.web:build",
    "docx": "press.editions.docx:build",
}

# Editions that are finishes of the typeset sheets.
FINISHES = {
    "pdf": "press.editions.pdf.screen:build",
    "large": "press.editions.pdf.screen:build_large",
    "print": "press.editions.print.edition:build",
}


def load(name: str) -> Build:
    """Return the function that builds the edition `name`: (galleys folder, styles, output) -> None."""
    module, function = EDITIONS[name].split(":")
    build: Build = getattr(import_module(module), function)
    return build


def load_finish(name: str) -> Finish:
    """Return the function that finishes the edition `name`: (sheets folder, galleys, styles, output, workers)."""
    module, function = FINISHES[name].split(":")
    finish: Finish = getattr(import_module(module), function)
    return finish
