"""Contracts held against the real resource: one reader per kind of resource, one engine for what a schema asks (REG-3)."""
