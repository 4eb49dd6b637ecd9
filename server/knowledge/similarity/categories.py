"""Error categories and metrics, as different systems write one and the same."""

import re

_WORDS = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[^\W\d_]*?[^\W\d_A-Z](?=[A-Z])|[^\W\d_]+|\d+")


def spelt_alike(category: str) -> str:
    """What categories have in common that are the same but for spelling: `stale_data`, `stale-data`, `StaleData`."""
    return " ".join(_WORDS.findall(category)).casefold()
