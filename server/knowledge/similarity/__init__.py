"""Which texts mean the same: ranked by the words they share, without a model."""
