"""The press beside what an author would use instead, on one book and machine, in one run: `python -m benchmarks`."""
