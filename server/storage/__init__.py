"""Tables, named queries and the one way to write. Nothing above it knows SQL."""
