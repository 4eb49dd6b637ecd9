"""Where things are kept: one database, its tables and named queries, and its migrations. Nothing above knows SQL."""
