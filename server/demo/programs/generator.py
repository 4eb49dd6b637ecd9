"""Signal generator: reads the market data and writes one signal for each ticker.

Usage: generator.py MARKET_DATA_FOLDER SIGNALS_FILE [--nested FILE] [--confidence]
--nested writes the same signals to a second file too, with the fields of each under `signal_data`;
--confidence adds the optional field `confidence_interval`.
"""

import argparse
import json
import statistics
from pathlib import Path
from typing import Any

BUY_ABOVE = 60.0
SELL_BELOW = 40.0
RECENT = 10
"""Days whose mean is compared with that of the whole series."""


def main() -> None:
    """The files that the command line names are written."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("market_data", type=Path)
    parser.add_argument("signals", type=Path)
    parser.add_argument("--nested", type=Path)
    parser.add_argument("--confidence", action="store_true")
    given = parser.parse_args()
    signals = [signal_for(file, confidence=given.confidence) for file in sorted(given.market_data.glob("*.json"))]
    write(given.signals, signals)
    if given.nested is not None:
        write(given.nested, [{"signal_data": signal} for signal in signals])
    print(f"{len(signals)} signals")


def signal_for(file: Path, *, confidence: bool) -> dict[str, Any]:
    """One ticker's signal: {ticker, score (0 to 100), signal, timestamp}."""
    market = json.loads(file.read_text(encoding="utf-8"))
    closes = [price["close"] for price in market["prices"]]
    trend = statistics.mean(closes[-RECENT:]) / statistics.mean(closes) - 1
    score = round(min(100.0, max(0.0, 50 + 500 * trend)), 1)
    signal = {
        "ticker": market["ticker"],
        "score": score,
        "signal": "BUY" if score > BUY_ABOVE else "SELL" if score < SELL_BELOW else "HOLD",
        "timestamp": market["prices"][-1]["day"],
    }
    if confidence:
        spread = round(100 * statistics.stdev(closes[-RECENT:]) / closes[-1], 1)
        signal["confidence_interval"] = [round(score - spread, 1), round(score + spread, 1)]
    return signal


def write(file: Path, document: Any) -> None:
    """The document stands in the file, whose folder exists."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
