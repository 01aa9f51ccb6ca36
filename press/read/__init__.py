"""Read: one manuscript file in, its header and its body as HTML with source lines out."""
