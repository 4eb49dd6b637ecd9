"""Conflicts: what a change would do to everyone who relies on what it touches, with proof and a way out."""
