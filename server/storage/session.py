"""The open transaction that every query takes. Those above storage hand it on, and know nothing else about it."""

from sqlmodel import Session

__all__ = ["Session"]
