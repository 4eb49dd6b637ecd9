"""The journal: what systems report of themselves."""
