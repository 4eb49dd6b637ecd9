"""The demonstration: three real programs, a change that would break one of them, the proof, and the way out."""

from server.demo.play import run

__all__ = ["run"]
