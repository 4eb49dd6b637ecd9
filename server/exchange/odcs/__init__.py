"""Data contracts by the Open Data Contract Standard, 3.x: what a producer promises of its tables, topics and files (REG-11)."""
