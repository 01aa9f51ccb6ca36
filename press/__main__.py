"""`python -m press`."""

import atexit
import gc

gc.set_threshold(100_000)  # a command makes many objects and drops few: there is not much to collect
atexit.register(gc.freeze)  # and nothing at its end, where Python would look through all of them once more

from press.cli import main  # noqa: E402

main(prog_name="press")
