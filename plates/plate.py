"""One plate: YAML mapping -> drawing (slow, cached) -> SVG texts (fast)."""

import hashlib
import json
import pathlib

import numpy as np
from scipy import ndimage as ndi
from scipy.interpolate import CubicSpline

from . import fibres, ink, labels, referral, svg
from .curves import arc, field_paths, num
from .meshes import build_part
from .raycast import Buffers, View, masked_blur, render
from .tones import CLASSES, LIGHT, shading, tone_layers

CACHE_VERSION = 4  # raise when the drawing code changes
DRAWING_KEYS = (
    "size",
    "view",
    "roll",
    "center",
    "height",
    "px",
    "ao",
    "aodist",
    "aow",
    "parts",
    "lw",
    "blend",
    "min_tone",
    "valley",
    "valley_min",
    "valley_keep",
    "valley_sig",
    "tol",
    "digits",
)
LABEL_SIZE = 8.0  # pt, for every plate of the book
KINDS = {  # defaults of the two families; 'size' is [width, height] in pt
    "locator": {
        "size": [300, 300],
        "px": 4,
        "ao": 32,
        "aodist": 0.10,
        "aow": 0.55,
        "min_tone": 14,
        "valley": {"skin": 0.05},
        "valley_sig": {"skin": 1.3},
        "valley_min": 9,
    },
    "anatomy": {
        "size": [340, 300],
        "px": 4,
        "ao": 28,
        "aodist": 0.04,
        "valley": {"bone": 0.34, "target": 0.5, "second": 0.5},
        "valley_min": 9,
    },
}


def load(cfg):
    """Fill in the defaults of the plate's kind."""
    return KINDS.get(cfg.get("kind"), {}) | cfg


class Drawing:
    """Everything that needs rays: buffers and the SVG of surfaces and lines."""

    @classmethod
    def kept(cls, buffers, fills, lines):
        """A drawing from its three parts."""
        self = cls.__new__(cls)
        self.buffers, self.fills, self.lines = buffers, fills, lines
        return self

    def __init__(self, cfg, library, figures):
        W, H = cfg["size"]
        meshes, vectors = [], {}
        for i, e in enumerate(cfg["parts"]):
            m = build_part(e, library, figures)
            meshes.append((e["name"], m))
            if e.get("fibres"):
                vectors[i] = fibres.direction(m, e["fibres"])
        view = View(*cfg["view"]).roll(cfg.get("roll", 0))
        b = self.buffers = render(
            meshes,
            view,
            cfg["center"],
            cfg["height"],
            W,
            H,
            cfg.get("px", 4),
            cfg.get("ao", 48),
            cfg.get("aodist", 0.05),
            vectors or None,
        )
        surface = [e.get("class", "bone") for e in cfg["parts"]]
        shade, tol, lw = shading(b, cfg.get("aow", 0.8)), cfg.get("tol", 1.0), cfg.get("lw", 1.0)
        digits = cfg.get("digits", 2)  # decimals of the ink paths
        out = []
        for i, e in enumerate(cfg["parts"]):
            if (b.id == i).sum() < 30:
                continue
            layers = tone_layers(
                b, i, surface[i], shade, cfg.get("blend", {}).get(surface[i]), cfg.get("min_tone", 4.0), 0.22 * tol
            )
            out.append(
                f'<g class="o-{e["name"]}">' + "".join(f'<path class="{c}" d="{d}"/>' for c, d in layers) + "</g>"
            )
        self.fills, out = "".join(out), []
        for name, style in CLASSES.items():
            chosen = [i for i, s in enumerate(surface) if s == name]
            if chosen and style.get("crease"):
                col, width = style["crease"]
                d = ink.crease_lines(
                    b,
                    chosen,
                    width * lw,
                    cfg.get("valley", {}).get(name, 0.16),
                    cfg.get("valley_min", 7.0),
                    sigma=cfg.get("valley_sig", {}).get(name, 0.35),
                    keep=cfg.get("valley_keep", 1.0),
                    digits=digits,
                )
                if d:
                    out.append(f'<path class="{col}" d="{d}"/>')
        for i in vectors:
            spec = cfg["parts"][i]["fibres"]
            d = fibres.fibre_paths(b, i, shade, spec, tol=0.1 * tol, digits=digits)
            out.append(f'<path class="{spec.get("col", CLASSES[surface[i]]["crease"][0])}" d="{d}"/>')
        out.append(f'<path class="ink" d="{ink.contour_lines(b, 0.95 * lw, tol=0.06 * tol, digits=digits)}"/>')
        self.lines = "".join(out)
        b.normal = b.ao = b.fibre_x = b.fibre_y = None  # not needed any more; keeps the cache small
        b.z, b.id = b.z.astype(np.float32), b.id.astype(np.int16)


class Thumb(Drawing):
    """Small whole body with plain shorts."""

    def __init__(self, t, figures):
        pose, (w, h) = t.get("figure", "stand"), t["size"]
        parts = [("body", figures.body(pose)), ("shorts", figures.garment(pose, t.get("garment", "shorts")))]
        b = render(parts, View(*t["view"]), t.get("center", (0, 0.835, 0)), t.get("height", 1.72), w, h, t.get("px", 5))
        lit = np.clip(b.normal @ LIGHT, 0, 1) * 0.7 + 0.3
        out = []
        for i, colour in enumerate(("k8", "k28")):
            here = b.id == i
            soft = ndi.gaussian_filter((ndi.binary_dilation(here) if i == 0 else here).astype(float), 1.0)
            out.append(f'<path class="{colour}" d="{field_paths(soft, 0.5, b.px, tol=0.1, smooth=1.5, min_area=1)}"/>')
            if i == 0:
                field = np.where(here, 0.62 - masked_blur(lit, here, 0.6 * b.px), -0.2)
                out.append(f'<path class="k16" d="{field_paths(field, 0, b.px, tol=0.2, smooth=3, min_area=5)}"/>')
        self.fills = "".join(out)
        self.lines = f'<path class="ink" d="{ink.contour_lines(b, t.get("lw", 0.55), min_len=2.0)}"/>'
        b.normal = None
        self.buffers = b


def _cached(cls, key, cache, view, make):
    """make(), or what the cache folder keeps of it (numbers and text only)."""
    text = json.dumps([CACHE_VERSION, cls.__name__, key], sort_keys=True)
    file = pathlib.Path(cache) / f"drawing-{hashlib.sha256(text.encode()).hexdigest()[:16]}.npz" if cache else None
    if file and file.exists():
        with np.load(file) as z:
            b = Buffers(view, *map(float, z["frame"]), z["center"], [str(n) for n in z["names"]], z["id"], z["z"], None)
            return cls.kept(b, str(z["fills"]), str(z["lines"]))
    made = make()
    if file:
        file.parent.mkdir(parents=True, exist_ok=True)
        b = made.buffers
        np.savez_compressed(
            file,
            frame=[b.width, b.height, b.px, b.scale],
            center=b.center,
            names=np.array(b.names),
            id=b.id,
            z=b.z,
            fills=np.array(made.fills),
            lines=np.array(made.lines),
        )
    return made


def draw(cfg, library, figures, cache=None):
    """(drawing, thumb or None); from the cache if nothing relevant changed."""
    drawing = _cached(
        Drawing,
        {k: cfg[k] for k in DRAWING_KEYS if k in cfg},
        cache,
        View(*cfg["view"]).roll(cfg.get("roll", 0)),
        lambda: Drawing(cfg, library, figures),
    )
    t = {k: v for k, v in (cfg.get("thumb") or {}).items() if k not in ("at", "spot", "zone", "spots")}
    return drawing, _cached(Thumb, t, cache, View(*t["view"]), lambda: Thumb(t, figures)) if t else None


def compose(cfg, drawn, name, with_grid=False):
    """SVG text of a plate."""
    drawing, thumb = drawn
    b, (W, H) = drawing.buffers, cfg["size"]
    size = cfg.get("fs", LABEL_SIZE)

    def to_plate(q):
        """YAML point: [x, y] pt, or [x, y, z] m."""
        return b.project([q])[0] if len(q) == 3 else np.array(q, float)

    out = [drawing.fills]
    if cfg.get("referral"):
        out.append(
            referral.zone_svg(
                b,
                cfg["referral"],
                to_plate,
                cfg.get("ref_blur", 2.2),
                cfg.get("referral_only"),
                cfg.get("core", 0.62),
                cfg.get("dot", (1.55, 4.6)),
                cfg.get("dotscale", 1),
            )
        )
    out.append(drawing.lines)
    for s in cfg.get("strokes", []):  # hand-set ink strokes through given points
        q = np.array([to_plate(k) for k in s["path"]], float)
        t = arc(q)
        u = CubicSpline(t, q)(np.linspace(0, t[-1], 60))
        out.append(
            f'<path class="{s.get("col", "ink")}" d="'
            + ink.stroke(u, s.get("w", 0.7), (t[-1] * s.get("t0", 0.4), t[-1] * s.get("t1", 0.5)), 0.12)
            + '"/>'
        )
    if thumb:
        out.append(_thumb_svg(cfg["thumb"], thumb, cfg.get("spots", []), b, to_plate))
    for s in cfg.get("spots", []):
        x, y = to_plate(s["at"])
        r, x, y = s.get("r", 8), num(x), num(y)
        out.append(
            f'<g class="spot"><circle cx="{x}" cy="{y}" r="{num(r + 1.2)}" class="halo"/><circle cx="{x}" cy="{y}" '
            f'r="{num(r)}" class="ring"/><circle cx="{x}" cy="{y}" r="{num(s.get("dot", 2.1))}" class="s100"/></g>'
        )
    leaders, texts = labels.labels_svg(cfg.get("labels", []), to_plate, W, size)
    body = "".join(out) + leaders + texts
    if with_grid:
        body += svg.grid(W, H)
    return svg.document(W, H, name, cfg.get("title", ""), cfg.get("desc", ""), body, size)


def _thumb_svg(t, thumb, plate_spots, b, to_plate):
    tb = thumb.buffers

    def to_thumb(q):
        return tb.project([q])[0] if len(q) == 3 else np.array(q, float)

    zone = ""
    if t.get("zone"):
        zone = referral.zone_svg(tb, t["zone"], to_thumb, blur=0.8, core=0, dot=(1.25, 2.2), dot_scale=0.62)
    spots = t["spots"] if "spots" in t else [t["spot"]] if "spot" in t else None
    if spots is None:  # the plate's own spot, found on the visible surface
        p = [b.surface(to_plate(s["at"])) for s in plate_spots[:1]]
        spots = [q for q in p if q is not None]
    marks = ""
    for q in spots:
        x, y = to_thumb(q)
        marks += (
            f'<circle cx="{num(x)}" cy="{num(y)}" r="4" class="halo2"/>'
            f'<circle cx="{num(x)}" cy="{num(y)}" r="2.7" class="s100"/>'
        )
    return f'<g transform="translate({num(t["at"][0])} {num(t["at"][1])})">{thumb.fills}{zone}{thumb.lines}{marks}</g>'


def sources(cfg):
    """Aliases of the packs a plate uses, plus 'makehuman'."""
    used = set()
    for e in cfg["parts"]:
        if "mesh" in e:
            used |= {p.split("/")[0] for p in (e["mesh"] if isinstance(e["mesh"], list) else [e["mesh"]])}
        if "figure" in e:
            used.add("makehuman")
    return sorted(used | ({"makehuman"} if cfg.get("thumb") else set()))
