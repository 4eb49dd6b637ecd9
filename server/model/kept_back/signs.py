"""Signs of an order in a text: a pattern, what it weighs, and a word without which it needn't be sought."""

import re
from dataclasses import dataclass

from server.model.kept_back.disguises import folded, without_accents

INSTRUCTION, PROMPT = "instruction", "prompt"
ADDRESSED = (
    r"(?:ai|llms?|agents?|(?:ai|coding|language|evolution|reading|receiving) (?:agents?|assistants?|models?|engines?)|"
    r"large language models?|assistants?|claude|chatgpt|gpt|copilot|gemini|bots?|evolution engines?)"
)
"""Who reads texts without being a person."""
START = r"(?:\A|(?<=[.!?:;>\"'`*#\]),\n-]))\s{0,4}"
"""Where a clause begins."""


@dataclass(frozen=True)
class Sign:
    """What is sought in folded texts."""

    kind: str
    weight: int
    """Two points are enough to withhold."""
    needles: tuple[str, ...]
    """One of them stands in every text that the pattern finds."""
    pattern: "re.Pattern[str]"
    least: int = 1
    """How many different words of it make the sign."""

    def stands_in(self, low: str) -> bool:
        """Whether the folded text, in which one of the needles stands, shows it."""
        if self.least == 1:
            return self.pattern.search(low) is not None
        return len({found[0].strip() for found in self.pattern.finditer(low)}) >= self.least


def sign(kind: str, weight: int, needles: str, pattern: str, least: int = 1) -> Sign:
    """The sign, its needles given with `|` between them, all as texts are folded."""
    parts = tuple(folded(one) for one in needles.split("|"))
    return Sign(kind, weight, parts, re.compile(without_accents(pattern)), least)
