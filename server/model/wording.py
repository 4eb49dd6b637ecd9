"""Numbers in sentences."""


def counted(number: int, one: str, many: str = "") -> str:
    """`1 system`, `2 systems`, `1 dependency`, `0 dependencies`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
