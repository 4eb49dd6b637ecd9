"""What a command shows: JSON for machines, sentences and tables for people, progress on stderr.

Colour and table lines appear on terminals only (and not where NO_COLOR is set); a pipe gets plain aligned columns.
"""

import json
import sys
from collections.abc import Sequence

from server.model.base import Json


def show_json(value: Json) -> None:
    """One compact JSON line on stdout, there as soon as this returns."""
    print(json.dumps(value, ensure_ascii=False, separators=(",", ":")), flush=True)


def show(text: str = "") -> None:
    """A line for people on stdout."""
    print(text)


def show_progress(text: str) -> None:
    """A line about what is going on, on stderr, where it is in nobody's way."""
    print(text, file=sys.stderr, flush=True)


def show_table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """The rows under their headings."""
    if sys.stdout.isatty():
        _show_ruled(columns, rows)
        return
    widths = [max(len(row[place]) for row in [columns, *rows]) for place in range(len(columns))]
    for row in [columns, *rows]:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _show_ruled(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    # Only a person at a terminal waits for rich to be imported.
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console().print(table)
