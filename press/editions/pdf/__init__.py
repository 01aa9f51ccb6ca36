"""The PDF editions: the galleys joined into one document, typeset by WeasyPrint, finished with pikepdf."""
