"""What fails after what: cascades, against everybody's own rhythm (PAT-1)."""
