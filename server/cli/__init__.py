"""The command line: `main()` is the one way in; each command is a module of its own, imported only when chosen."""

from server.cli.main import main

__all__ = ["main"]
