"""The styles: design tokens, locales, fonts and templates, from one folder or from several laid over each other."""

from __future__ import annotations

import re
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import yaml
from markupsafe import Markup

from press import yamlfile
from press.findings import Finding, Refused
from press.galleys import Face

if TYPE_CHECKING:
    from jinja2 import Environment

Medium = Literal["light", "dark", "ink"]
_OWN = Path(__file__).resolve().parents[1] / "styles"  # those of the press
# In C where the wheel has it, ten times as fast; but deep nesting ends the process, so it is for our own files alone.
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def _load(path: Path, name: str) -> dict[str, Any]:
    """Return what a file of the styles says. Raises Refused where it is not YAML, or no mapping."""
    text = path.read_text(encoding="utf-8")
    if path.resolve().is_relative_to(_OWN):
        own: dict[str, Any] = yaml.load(text, _Loader)
        return own
    lined, findings = yamlfile.parse(text, name)
    if not findings and not isinstance(lined.value, dict):
        findings = [Finding(name, 1, "names and their values are expected")]
    if findings:
        raise Refused(findings)
    value: dict[str, Any] = lined.value
    return value


class Styles:
    """Styles folders; a file in an earlier folder hides the one of the same name in a later folder."""

    def __init__(self, folders: list[Path]) -> None:
        self.folders = [folder for folder in folders if folder.is_dir()]
        if not self.folders:
            raise FileNotFoundError(f"no styles folder among {', '.join(map(str, folders))}")

    def find(self, name: str) -> Path:
        """Return the path of the file `name`, such as fonts/Text.woff2; FileNotFoundError if no folder has it."""
        for folder in self.folders:
            if (folder / name).is_file():
                return folder / name
        raise FileNotFoundError(f"styles: {name} is in none of {', '.join(map(str, self.folders))}")

    def has(self, name: str) -> bool:
        """Tell whether some folder holds the file `name`."""
        return any((folder / name).is_file() for folder in self.folders)

    @cached_property
    def tokens(self) -> dict[str, Any]:
        """The design tokens `colours`, `type` and `faces`; an earlier folder replaces a later one's by section."""
        tokens: dict[str, Any] = {}
        for folder in reversed(self.folders):
            if (folder / "tokens.yaml").is_file():
                tokens |= _load(folder / "tokens.yaml", "styles/tokens.yaml")
        return tokens

    @cached_property
    def faces(self) -> list[Face]:
        """The font faces that the tokens name."""
        layouts = self.tokens.get("layouts", {}).values()
        own = [face for layout in layouts for face in layout.get("faces", [])]
        faces = [*self.tokens["faces"], *self.tokens.get("added-faces", []), *own]
        return [Face.model_validate(face) for face in faces]

    def font(self, face: Face) -> Path:
        """Return the file of a face (WOFF2)."""
        return self.find(f"fonts/{face.file}")

    def locale(self, language: str) -> dict[str, str]:
        """Return the words of a language: those of `en`, overlaid with `xx.yaml` and `xx-YY.yaml` where they exist."""
        return dict(self._locale(language))

    @lru_cache(maxsize=8)  # noqa: B019 - a press has few styles, and the preview asks them again and again
    def _locale(self, language: str) -> dict[str, str]:
        words: dict[str, str] = {}
        for name in ("en", language.split("-")[0], language):
            if self.has(f"locales/{name}.yaml"):
                words |= _load(self.find(f"locales/{name}.yaml"), f"styles/locales/{name}.yaml")
        return words

    @cached_property
    def environment(self) -> Environment:
        """The Jinja2 environment over the folders; markup is escaped, style sheets are not.

        Style sheets have a filter of their own: `enlarged(1.5)` multiplies every length in pt.
        """
        import jinja2

        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader([str(folder) for folder in self.folders]),
            autoescape=lambda name: not (name or "").endswith(".css.j2"),
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        environment.filters["enlarged"] = _enlarged
        return environment

    def render(self, template: str, **context: Any) -> str:
        """Render a template of markup, such as web/page.html.j2."""
        return self.environment.get_template(template).render(**context)

    def css(self, template: str, medium: Medium, layout: str = "", **context: Any) -> str:
        """Render a style sheet with the colours of one medium; the tokens may have others for a layout.

        The template sees `colour` (name -> CSS colour), `type` (voice -> font family), `stack` (voice -> families as
        CSS writes them, with those for other scripts), `scripts` (these), `faces`, and `tokens`.
        """
        own = self.tokens.get("layouts", {}).get(layout, {})
        values = self.tokens["colours"] | own.get("colours", {})
        colours = {name: _value(value, medium) for name, value in values.items()}
        voices = self.tokens["type"] | own.get("type", {})
        scripts = self.tokens["scripts"]
        stack = {voice: ", ".join(f'"{name}"' for name in [family, *scripts]) for voice, family in voices.items()}
        return self.render(
            template,
            colour=colours,
            type=voices,
            stack=stack,
            scripts=scripts,
            faces=self.faces,
            tokens=self.tokens,
            layout=layout,
            **context,
        )


def _value(values: dict[str, str], medium: Medium) -> str:
    return f"device-cmyk({values['ink']})" if medium == "ink" else values[medium]


def _enlarged(css: str, factor: float) -> str:
    """Return a style sheet in which every length in pt is `factor` times as long."""
    return re.sub(r"(?<![\w#.])(-?(?:\d+\.?\d*|\.\d+))pt\b", lambda m: f"{float(m[1]) * factor:.4g}pt", css)


def markup(fragment: str) -> Markup:
    """Mark `fragment` as markup that templates must not escape again."""
    return Markup(fragment)


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, `#rrggbb`: from 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
