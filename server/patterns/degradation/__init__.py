"""What gets worse in the same weeks (PAT-2)."""
