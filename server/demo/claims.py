"""What the demonstration claims has to hold: every step says so, and the first that doesn't ends it."""

from collections.abc import Iterator


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


def first_cause(error: BaseException) -> BaseException:
    """What lies behind the groups that tasks wrap errors in: a fallen claim where there is one, else the first error."""
    causes = list(_causes(error))
    return next((cause for cause in causes if isinstance(cause, Fallen)), causes[0])


def _causes(error: BaseException) -> Iterator[BaseException]:
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _causes(inner)
    else:
        yield error
