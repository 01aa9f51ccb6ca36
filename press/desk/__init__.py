"""The author's desk: what stands around the pipeline, to begin a book and to look at it while it is written."""
