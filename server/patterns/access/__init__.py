"""Who uses a resource when: contention, and who begins too early (PAT-5, PAT-6)."""
