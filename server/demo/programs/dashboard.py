"""Dashboard: reads the signals and writes a page with one row for each.

Usage: dashboard.py SIGNALS_FILE PAGE [--under MEMBER]
--under says in which member of an entry its fields stand; without it they stand at the top.
"""

import argparse
import html
import json
from pathlib import Path
from typing import Any

SHOWN = ("ticker", "score", "signal")
PAGE = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Signals</title>
<table>
<thead><tr><th>Ticker</th><th>Score</th><th>Signal</th></tr></thead>
<tbody>
{rows}</tbody>
</table>
</html>
"""


def main() -> None:
    """The page shows the signals, highest score first."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("signals", type=Path)
    parser.add_argument("page", type=Path)
    parser.add_argument("--under", default="")
    given = parser.parse_args()
    entries = json.loads(given.signals.read_text(encoding="utf-8"))
    signals = [entry.get(given.under, {}) if given.under else entry for entry in entries]
    # One signal without a score must not cost all others their place: it is left out, as such programs do.
    complete = [signal for signal in signals if all(field in signal for field in SHOWN)]
    complete.sort(key=lambda signal: -signal["score"])
    given.page.parent.mkdir(parents=True, exist_ok=True)
    given.page.write_text(PAGE.format(rows="".join(map(row, complete))), encoding="utf-8")
    print(f"{len(complete)} rows")


def row(signal: dict[str, Any]) -> str:
    """One line of the table."""
    return "<tr>" + "".join(f"<td>{html.escape(str(signal[field]))}</td>" for field in SHOWN) + "</tr>\n"


if __name__ == "__main__":
    main()
