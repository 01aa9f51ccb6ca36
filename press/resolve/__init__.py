"""Resolve: all that was read in, galleys out. Here the book becomes one: notes, numbers, references, computed blocks."""
