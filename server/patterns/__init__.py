"""Patterns that no single system can see: found in what systems report, and told apart from chance."""
