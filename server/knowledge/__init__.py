"""What systems have learnt, so that others need not learn it again."""
