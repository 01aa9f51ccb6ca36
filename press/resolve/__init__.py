"""Resolve: all that was read in, galleys out. The book becomes one: notes, numbers, references, computed blocks."""
