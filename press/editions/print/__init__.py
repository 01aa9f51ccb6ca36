"""The print edition: the sheets in the inks of the press, as PDF/X-4, and the cover wrap that goes around them."""
