"""What others rejected before, for whoever is about to propose it (LRN-3)."""
