"""Backstage catalogues: entities, their relations and the interfaces that they describe, read as systems (REG-11)."""
