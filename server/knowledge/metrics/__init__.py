"""The organisation in figures: weeks, and where they are heading."""
