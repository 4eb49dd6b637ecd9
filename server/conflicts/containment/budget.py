"""How much work one decision may cost, counted in steps, so that the same question always gets the same answer."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Budget:
    """The bounds of one decision; what exceeds them is UNKNOWN."""

    steps: int = 150_000
    """Elementary steps (a formula read or restricted, an alternative weighed); a goal of the search counts for several."""
    depth: int = 40
    """How deep a witness may be nested."""
    size: int = 120_000
    """How many different formulas and pattern terms may be held at once."""
    validations: int = 90_000
    """How many keywords the library may look at when it confirms witnesses."""
    witness: int = 20_000
    """How long a witness may be: characters of one string, items of one array, members of one object."""


DEFAULT = Budget()


def budget_of(work: int) -> Budget:
    """The budget of a decision that may take about so much work, as its `work` counts it; never above the usual one.

    No search uses up all three of its bounds, so each is most of the whole.
    """
    part = work * 3 // 4
    return Budget(
        steps=min(part, DEFAULT.steps), size=min(part, DEFAULT.size), validations=min(part, DEFAULT.validations)
    )


class Exceeded(Exception):
    """The budget of a decision is used up."""


class Undecidable(Exception):
    """Something the engine does not decide stands where it matters; the message says what and where."""


class Remote(Undecidable):
    """A reference leads out of the schema: it is never fetched."""


class Meter:
    """Counts steps against a budget."""

    __slots__ = ("budget", "held", "steps")

    def __init__(self, budget: Budget) -> None:
        self.budget = budget
        self.steps = 0
        self.held = 0

    def step(self, count: int = 1) -> None:
        """Counts work done; raises Exceeded when it is more than the budget allows."""
        self.steps += count
        if self.steps > self.budget.steps:
            raise Exceeded(f"the search took more than {self.budget.steps:,} steps")

    def hold(self, count: int = 1) -> None:
        """Counts what is kept in memory; raises Exceeded when it is more than the budget allows."""
        self.held += count
        if self.held > self.budget.size:
            raise Exceeded(f"its normal form has more than {self.budget.size:,} parts")
