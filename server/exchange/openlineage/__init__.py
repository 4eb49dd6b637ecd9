"""OpenLineage events: what jobs were seen to read and write, folded over all their runs (REG-11)."""
