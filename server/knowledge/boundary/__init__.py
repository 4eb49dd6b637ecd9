"""What of events and documents may enter shared knowledge, and what is said where something may not (LRN-10)."""
