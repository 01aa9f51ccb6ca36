"""What changed since an earlier release, as readers see it: words, pages, and the numbers that lead to them."""
