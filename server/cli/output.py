"""What a command shows: JSON for machines, sentences and tables for people, progress on stderr.

Colour, table lines and wrapped sentences appear on terminals only (no colour where NO_COLOR is set); a pipe gets plain
aligned columns, and each sentence on one line.
"""

import json
import shutil
import sys
import textwrap
from collections.abc import Sequence

from server.model.base import Json


def show_json(value: Json) -> None:
    """One compact JSON line on stdout, there as soon as this returns."""
    print(json.dumps(value, ensure_ascii=False, separators=(",", ":")), flush=True)


def show(text: str = "") -> None:
    """A line for people on stdout; on a terminal, one that is too long goes on below its beginning, two columns further in."""
    if not sys.stdout.isatty():
        print(text)
        return
    indent = " " * (len(text) - len(text.lstrip(" ")) + 2)
    width = shutil.get_terminal_size().columns
    # Paths and ids stay whole: they are there to be copied.
    lines = textwrap.wrap(
        text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False, replace_whitespace=False
    )
    print("\n".join(lines))


def show_whole(text: str) -> None:
    """A line that is there to be copied, such as a document: never wrapped."""
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
        table.add_row(*(Text(cell, overflow="fold") for cell in row))
    Console().print(table)
