"""What systems make of shared entries: their answers, what their reports show since, and who needs to be reminded (LRN-5)."""
