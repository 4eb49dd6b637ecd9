"""Numbers and names in sentences."""

from collections.abc import Sequence

MORE, OTHERS = ("more", "more"), ("other", "others")
"""How the names that are left out are told: `3 more`, `1 other`, `7 others`."""


def counted(number: int, one: str, many: str = "") -> str:
    """`1 system`, `2 systems`, `1 dependency`, `0 dependencies`."""
    return f"{number} {one if number == 1 else many or one + 's'}"


def listed(names: Sequence[str], most: int = 0, rest: tuple[str, str] = OTHERS) -> str:
    """`a`, `a and b`, `a, b and 7 others`: so many of the names at most (0 = all), and how many there are besides."""
    shown = list(names)
    if 0 < most < len(shown):
        shown[most:] = [counted(len(names) - most, *rest)]
    return " and ".join([", ".join(shown[:-1]), shown[-1]]) if len(shown) > 1 else "".join(shown)
