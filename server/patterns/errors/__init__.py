"""What errors of several systems mean: shared causes, and fixes that fit elsewhere (PAT-3, PAT-4)."""
