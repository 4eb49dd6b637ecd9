"""Data pipeline: writes one file of daily closing prices for each ticker into a folder.

Usage: pipeline.py FOLDER
The prices are computed, not fetched, so that every run gives the same ones.
"""

import json
import sys
from datetime import date, timedelta
from pathlib import Path

FIRST_DAY = date(2026, 3, 2)
DAYS = 30
LISTED = {"ACME": (120.0, 9), "BOLT": (48.0, -7), "CRUX": (310.0, 0), "DUNE": (75.5, 5), "ECHO": (19.2, -12)}
"""Ticker: first price, and drift in thousandths a day."""


def main(folder: Path) -> None:
    """Every ticker has its file `TICKER.json`: {ticker, prices: [{day, close}]}."""
    folder.mkdir(parents=True, exist_ok=True)
    for ticker, (first, drift) in LISTED.items():
        document = {"ticker": ticker, "prices": prices(first, drift)}
        (folder / f"{ticker}.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    print(f"{len(LISTED)} tickers, {DAYS} days each")


def prices(first: float, drift: int) -> list[dict[str, object]]:
    """A series that drifts, with a weekly ripple."""
    series = []
    for day in range(DAYS):
        ripple = (0.0, 0.004, -0.003, 0.006, -0.005)[day % 5]
        close = first * (1 + drift / 1000) ** day * (1 + ripple)
        series.append({"day": (FIRST_DAY + timedelta(days=day)).isoformat(), "close": round(close, 2)})
    return series


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(Path(sys.argv[1]))
