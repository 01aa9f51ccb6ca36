"""The frame of all commands: the group that they belong to, how it shows findings, and the options that they share."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from press.findings import Refused

if TYPE_CHECKING:
    from press.styles import Styles

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
output = click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Where to write.")
styles = click.option(
    "-s",
    "--styles",
    multiple=True,
    required=True,
    type=click.Path(path_type=Path),
    help="A styles folder; the first wins.",
)
workers = click.option(
    "-j", "--workers", default=1, show_default=True, type=click.IntRange(1), help="How many processes."
)


def own_styles(book: Path) -> Styles:
    """Return the styles of a book as the Snakefile lays them: its own over those of the press."""
    from press.styles import Styles

    return Styles([book / "styles", Path(__file__).parents[2] / "styles"])


class Machine(click.Path):
    """A file of findings, whose name says which of two forms it has."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if Path(value).suffix not in (".json", ".sarif"):
            self.fail(f"'{value}' ends neither in .json nor in .sarif", param, ctx)
        return Path(value)


MACHINE = Machine()
UNFIT = (ValueError, SyntaxError)  # what parsers and models say of a file that is none of theirs


class _Commands(click.Group):
    """Lists commands in the order of the data; shows findings as they are, a line each, instead of a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands with all that their first paragraph says, instead of as much as fits one line."""
        rows = [(name, " ".join((one.help or "").split("\n\n")[0].split())) for name, one in self.commands.items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Refused as refused:
            click.echo(refused, err=True)
            if folder := os.environ.get("PRESS_FINDINGS"):
                from press.check.machine import keep

                keep(refused.findings, Path(folder), ctx.invoked_subcommand or "")
            sys.exit(1)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            if ctx.params["debug"]:
                raise
            if isinstance(error, OSError) and error.strerror:  # the system's word on a file: a full disk, no permission
                click.echo(f"{error.filename or 'a file of the press'}: {error.strerror}", err=True)
                sys.exit(74)
            if isinstance(error, UNFIT) or type(error).__name__ in ("BadZipFile", "PdfError"):
                what, command = str(error).strip().split("\n")[0], ctx.invoked_subcommand
                said = f"press {command}: a file is not what it should be: {type(error).__name__}: {what}"
                click.echo(f"{said} (press --debug {command} … shows where)", err=True)
                sys.exit(65)
            said = f"the press failed, and should not have: {type(error).__name__}: {error}"
            click.echo(f"{said} (press --debug … or PRESS_DEBUG=1 shows where)", err=True)
            sys.exit(70)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option("--debug", is_flag=True, envvar="PRESS_DEBUG", help="Show where in the press it failed, if it does.")
def main(debug: bool) -> None:
    """Make books: a Markdown manuscript in, EPUB, PDF and HTML editions out.

    The commands stand in the order of the data. `snakemake all` runs them for you.

    A command ends with 0 where all is well, 1 where there are findings, 2 where it is called wrongly, 65 where a file
    is not what it should be, 74 where the system refuses (a full disk, no permission), 70 where the press is at fault.
    """
