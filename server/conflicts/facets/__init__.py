"""One module per facet of a change: each says what the change does to everyone concerned."""
