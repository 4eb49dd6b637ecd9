"""The launcher: puts this installation at the head of the import path, then hands over to the command line.

Concord's code lives in plain top-level packages (`server`, `tools`, `resources`, `prompts`). A user's project may well
have folders of those names, even on PYTHONPATH; so ours are found first, and nothing of ours lies bare in site-packages.
"""

import sys
from pathlib import Path

__all__ = ["main"]


def main() -> int:
    """Run the command line of this installation; the result is the exit code."""
    here = Path(__file__).resolve().parent
    # A wheel carries the four folders inside this one; in a checkout they stand beside it.
    home = here if (here / "server").is_dir() else here.parent
    sys.path.insert(0, str(home))
    from server.cli import main as command_line

    return command_line()
