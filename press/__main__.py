"""`python -m press`."""

import gc

gc.set_threshold(20_000)  # a command makes many objects and drops few: there is not much to collect

from press.cli import main  # noqa: E402

main(prog_name="press")
