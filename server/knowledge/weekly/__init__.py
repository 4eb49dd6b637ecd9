"""The organisation by weeks: its figures, where they are heading, and the digest of what it learned."""
