"""One instruction over many files: surveyed, cut into pieces, checked, and made as one change."""
