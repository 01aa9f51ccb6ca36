"""The commands of the press, in the order of the data. `python -m press --help` lists them."""

from press.cli import author, stages, editions, checks, reports, house  # isort: skip  # the order in which --help lists their commands
from press.cli.frame import main

__all__ = ["author", "checks", "editions", "house", "main", "reports", "stages"]
