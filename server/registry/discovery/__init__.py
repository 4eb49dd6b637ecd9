"""Discovery: what runs, reads and writes here, although nobody registered it (REG-4)."""
