"""Shared entries from their birth to their end: how they live, how they are read, and how they come and go in files."""
