"""What many systems report becomes a few entries that others can act on: one module for each of the five types."""
