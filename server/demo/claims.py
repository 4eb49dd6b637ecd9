"""What the demonstration claims has to hold: every step says so, and the first that doesn't ends it."""


class Fallen(Exception):
    """A step did not go as claimed; `details` is what was seen instead."""

    def __init__(self, claim: str, details: str = "") -> None:
        super().__init__(claim)
        self.claim = claim
        self.details = details


def hold(condition: bool, claim: str, details: object = "") -> None:
    """Nothing happens where the condition holds; else the claim has fallen."""
    if not condition:
        raise Fallen(f"It does not hold that {claim}", str(details))
