"""The registry: who exists, who reads and writes what, and what follows from it."""
