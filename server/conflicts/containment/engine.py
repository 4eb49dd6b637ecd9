"""The decision: refuted by a witness, proved by an exhausted search, or left open."""

from dataclasses import replace

from server.conflicts.containment import breaks, validation
from server.conflicts.containment.annotations import differing_annotations
from server.conflicts.containment.budget import DEFAULT, Budget, Exceeded, Meter, Undecidable
from server.conflicts.containment.by_parts import ByParts
from server.conflicts.containment.candidates import candidates
from server.conflicts.containment.compile import Compiler
from server.conflicts.containment.decision import Decision
from server.conflicts.containment.dialect import Dialect, Schema, dialect_of
from server.conflicts.containment.exact import NotJson, are_equal, key_of, parts_of
from server.conflicts.containment.formula import Formula, Formulas
from server.conflicts.containment.inhabited import plainly_has_a_document
from server.conflicts.containment.looks import MOST_PARTS, Looks
from server.conflicts.containment.outcome import Found, Nothing, Open, Outcome
from server.conflicts.containment.shrink import shrunk
from server.conflicts.containment.solver import Solver
from server.model.base import Json

MOST_ATTEMPTS = 4
"""So many documents are found, at most, before a witness that the library does not confirm is given up."""
INSTEAD_OF_NULL: tuple[Json, ...] = (0, "", False, {}, [])
UNCONFIRMED = "the documents found are not confirmed by the library"
PROVED = Decision("SAFE", "Every document that is valid for the writer is valid for the reader: proved.")
TOO_DEEP = "the schemas are nested too deep"


def decide(writer: Schema, reader: Schema, *, budget: Budget = DEFAULT, looks: Looks | None = None) -> Decision:
    """Says whether every document that is valid for the writer is valid for the reader.

    The same question always gets the same answer: work is counted, not timed. `format` and `content…` are annotations.
    `looks` has what was seen of the schemas before.
    """
    looks = looks or Looks()
    try:
        dialects = looks.dialect(writer), looks.dialect(reader)
    except Undecidable as error:
        return Decision("UNKNOWN", _sentence(str(error)))
    if dialects[0] == dialects[1] and are_equal(writer, reader):
        return Decision("SAFE", "Writer and reader are the same schema.")
    for side, schema in (("writer", writer), ("reader", reader)):
        if looks.is_too_large(schema):
            return Decision("UNKNOWN", _sentence(f"the {side}'s schema has more than {MOST_PARTS:,} parts"))
    left = looks.left_to_show(writer, reader)
    question = _Question(writer, reader, dialects, Meter(budget), left)
    try:
        decision = PROVED if left is True else question.decide()
    except (Exceeded, Undecidable, NotJson) as error:
        decision = question.searched(str(error))
    except RecursionError:
        decision = Decision("UNKNOWN", _sentence(TOO_DEEP))
    notes = tuple(dict.fromkeys(dialect.note for dialect in dialects if dialect.note))
    if decision.verdict == "SAFE":
        notes += tuple(differing_annotations(writer, reader))
    return replace(decision, notes=decision.notes + notes, steps=question.meter.steps, work=question.work)


def accepts_nothing(schema: Schema, *, budget: Budget = DEFAULT) -> bool:
    """Whether it is proved that no document is valid. The same as being inside `false`, without a witness where it is not."""
    return emptiness(schema, budget=budget)[0]


def emptiness(schema: Schema, *, budget: Budget = DEFAULT) -> tuple[bool, int]:
    """(whether it is proved that no document is valid, the work it took to look for a proof)."""
    if plainly_has_a_document(schema) or parts_of(schema, MOST_PARTS) > MOST_PARTS:
        return False, 0
    try:
        dialects = dialect_of(schema), dialect_of(False)
    except Undecidable:
        return False, 0
    question = _Question(schema, False, dialects, Meter(budget), False)
    try:
        return question.has_no_document(), question.work
    except (Exceeded, Undecidable, NotJson, RecursionError):
        return False, question.work


def _sentence(reason: str) -> str:
    return f"Not decided: {reason}."


class _Question:
    def __init__(
        self, writer: Schema, reader: Schema, dialects: tuple[Dialect, Dialect], meter: Meter, left: Schema
    ) -> None:
        """`left` is what is left to show of the reader; the library judges by all of it."""
        self.writer = writer
        self.reader = reader
        self.left = left
        self.dialects = dialects
        self.meter = meter
        self.formulas = Formulas(meter)
        self.solver = Solver(self.formulas, meter)
        self._validations: list[validation.Validation | None] = [None, None]
        self._allowance = validation.Allowance(meter.budget.validations)
        self._unconfirmed = ""
        """Why the last document found could not be validated by the library, where it could not."""
        self.writes: Formula | None = None
        self.refuses: Formula | None = None
        self._compilers: tuple[Compiler, Compiler] | None = None

    @property
    def work(self) -> int:
        """What it took so far."""
        looked_at = self.meter.budget.validations - max(self._allowance.keywords, 0)
        return self.meter.steps + self.meter.held + looked_at

    def decide(self) -> Decision:
        """Searches for a document that the writer may write and the reader refuses."""
        plain = self._found_by_parts()
        if plain is not None:
            return plain
        goal = self._goal()
        for attempt in range(MOST_ATTEMPTS):
            outcome = self.solver.solve(goal)
            if not isinstance(outcome, Found):
                if attempt and isinstance(outcome, Nothing):
                    break  # what was set aside unconfirmed may be a break all the same
                return self._without_witness(outcome)
            decision = self._broken(outcome.value)
            if decision is not None:
                return decision
            goal.append(self.formulas.none_of_values([key_of(outcome.value)]))
        return self.searched(UNCONFIRMED + self._unconfirmed)

    def _found_by_parts(self) -> Decision | None:
        """The break that shows member by member; None where none does."""
        found = ByParts(*self._read(), self.solver).broken(self.writer, self.left)
        rejected = None if found is None else self._rejection(found.value)
        return None if found is None or rejected is None else _breaks(found.value, rejected)

    def has_no_document(self) -> bool:
        """Whether the search is exhausted without such a document."""
        return isinstance(self.solver.solve(self._goal()), Nothing) and self._candidate() is None

    def _read(self) -> tuple[Compiler, Compiler]:
        """The readers of the writer's schema and of what is left of the reader's."""
        if self._compilers is None:
            step = self.meter.step
            writer = Compiler(self.writer, self.dialects[0], self.formulas, step)
            reader = Compiler(self.left, self.dialects[1], self.formulas, step)
            reader.borrow(writer)
            self._compilers = writer, reader
        return self._compilers

    def _goal(self) -> list[Formula]:
        writer, reader = self._read()
        self.writes = writer.compile()
        self.refuses = self.formulas.negate(reader.compile())
        return [self.writes, self.refuses]

    def _without_witness(self, outcome: Outcome) -> Decision:
        if isinstance(outcome, Open):
            return self.searched(outcome.reason)
        assert isinstance(outcome, Nothing)
        try:
            found = self._candidate()
        except (Exceeded, RecursionError):  # the proof stands without being put to the test
            found = None
        if found is not None:
            return replace(found, contradiction=True)
        return PROVED

    def searched(self, reason: str) -> Decision:
        """What a search among likely documents comes to, where the proof was not found."""
        try:
            found = self._candidate()
        except (Exceeded, RecursionError):
            found = None
        return found or Decision("UNKNOWN", _sentence(reason))

    def _candidate(self) -> Decision | None:
        self.meter.steps = min(self.meter.steps, self.meter.budget.steps * 3 // 4)
        for document in candidates(self.writer, self.reader):
            if self._shows(document):
                decision = self._broken(document)
                if decision is not None:
                    return decision
        return None

    def _shows(self, document: Json) -> bool:
        """Whether exact evaluation finds the document valid for the writer and not for the reader."""
        if self.writes is None or self.refuses is None:
            return self._confirmed(document)
        evaluator = self.solver.evaluator
        try:
            return evaluator.holds(self.writes, document) and evaluator.holds(self.refuses, document)
        except Undecidable:
            return False

    def _confirmed(self, document: Json) -> bool:
        """Whether the library finds the document valid for the writer and not for the reader."""
        return self._rejection(document) is not None

    def _rejection(self, document: Json) -> validation.Rejection | None:
        """How the reader rejects a document that is valid for the writer, says the library; None where it does not."""
        try:
            if self._validates(0).rejection(document) is None:
                return self._validates(1).rejection(document)
        except Undecidable as error:
            self._unconfirmed = f": {error}"
        return None

    def _validates(self, side: int) -> validation.Validation:
        """The library's judgement by the writer's (0) or the reader's (1) schema."""
        if self._validations[side] is None:
            schema = (self.writer, self.reader)[side]
            self._validations[side] = validation.Validation(schema, self.dialects[side], self._allowance)
        made = self._validations[side]
        assert made is not None
        return made

    def _broken(self, document: Json) -> Decision | None:
        """The break that the document shows, shrunk; None where the library or exact arithmetic does not confirm it."""
        rejected = self._rejection(document) if self._shows(document) else None
        if rejected is None:
            return None
        try:
            smaller = shrunk(document, self._shows)
        except Exceeded:  # a large witness is one, too
            smaller = document
        plainer = [smaller] if smaller is not document else []
        if smaller is None:  # in an answer, null is easily read as "none": anything else shows it better
            plainer = [*(other for other in INSTEAD_OF_NULL if self._shows(other)), *plainer]
        for other in plainer:
            again = self._rejection(other)
            if again is not None:
                document, rejected = other, again
                break
        return _breaks(document, rejected)


def _breaks(document: Json, rejected: validation.Rejection) -> Decision:
    rule = breaks.rule_for(rejected.keyword)
    return Decision(
        "BREAKS",
        f"{rule.says[:-1]}: {rejected.message}",
        witness=document,
        has_witness=True,
        path=rejected.path,
        schema_path=rejected.schema_path,
        keyword=rejected.keyword,
        rule=rule.id,
    )
