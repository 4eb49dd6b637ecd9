"""What storage is built on, imported by the first query that needs it.

Importing SQLModel costs a third of a server's whole start, and a client that only lists the tools never asks the database.
So the modules with queries name these two, and pay for them when a query runs.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlalchemy as sql

    from server.storage import tables
else:

    class _Postponed:
        """Stands for a module until something of it is asked for."""

        def __init__(self, name: str) -> None:
            self._name = name

        def __getattr__(self, member: str) -> Any:
            found = getattr(import_module(self._name), member)
            setattr(self, member, found)
            return found

    sql = _Postponed("sqlalchemy")
    tables = _Postponed("server.storage.tables")

__all__ = ["sql", "tables"]
