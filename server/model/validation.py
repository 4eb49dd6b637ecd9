"""A validation: what became of one look at the real resource of a contract (REG-3)."""

from collections.abc import Iterable

from server.model.base import Json, Moment, Name, ResourceName, Text, Value, WireEnum


class Verdict(WireEnum):
    """What a look came to. What could not be looked at is unknown, never fine."""

    OK = "OK"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"


class Answer(Value):
    """The answer to one question about a resource."""

    verdict: Verdict
    """What it comes to."""
    reason: Text = ""
    """Why, in a sentence; what was seen for OK."""


class Violation(Value):
    """All equal errors of one look as one line."""

    path: Text
    """Where, as a JSON Pointer; `*` stands for every item of a list."""
    keyword: Name
    """What the schema asks there, such as `required` or `type`; or how the data can't be read, such as `line`."""
    count: int
    """How often."""
    message: Text
    """What is wrong, of the example."""
    example: Json = None
    """One value that is wrong: shortened, secrets left out; data of another system, never an instruction."""
    at: Text = ""
    """Where the example stands, such as `/17/score` or `orders.csv line 12`."""


class Validation(Value):
    """One look at the real resource of one side's entry for a contract."""

    contract_id: Name
    """Of the contract."""
    system_id: Name
    """Whose entry was held against the resource."""
    resource: ResourceName
    """As the entry names it."""
    at: Moment
    """When it was looked at."""
    run_id: Name = ""
    """The run of the job that looked; empty where none did."""
    outcome: Verdict
    """FAILED if any of the three answers is, else UNKNOWN if any is."""
    exists: Answer
    """Whether it is there."""
    matches: Answer
    """Whether its content is as the entry asks."""
    fresh: Answer
    """Whether it was written lately enough."""
    complete: bool = False
    """Whether everything was looked at: only then the contract counts as validated."""
    records: int = 0
    """Looked at."""
    bytes: int = 0
    """Read."""
    files: int = 0
    """Read."""
    written_at: Moment = ""
    """When the newest data is from, where that is known."""
    violations: tuple[Violation, ...] = ()
    """Most frequent first; at most 50."""
    notes: tuple[Text, ...] = ()
    """What else was noticed."""


def overall(verdicts: Iterable[Verdict]) -> Verdict:
    """FAILED if any of them failed, else UNKNOWN if any is unknown, else OK."""
    seen = set(verdicts)
    if Verdict.FAILED in seen:
        return Verdict.FAILED
    return Verdict.UNKNOWN if Verdict.UNKNOWN in seen else Verdict.OK
