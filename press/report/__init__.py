"""The report: a book as its author and publisher look at it when a build is done, as one page and as JSON."""
