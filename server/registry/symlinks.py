"""Where a path leads on this machine."""

import os
import stat
from pathlib import Path


def resolved(path: str) -> str:
    """The path with its symlinks resolved as far as it exists; untouched where it can't be looked at."""
    try:
        return str(Path(path).resolve()) if _leads_through_a_link(path) else path
    except (OSError, RuntimeError, ValueError):
        return path


def _leads_through_a_link(path: str) -> bool:
    """Whether a folder on the way, or the end of it, is a symlink. What lies below something that is not there is none."""
    end = 0
    while end >= 0:
        end = path.find("/", end + 1)
        try:
            found = os.lstat(path if end < 0 else path[:end])
        except OSError:
            return False
        if stat.S_ISLNK(found.st_mode):
            return True
    return False
