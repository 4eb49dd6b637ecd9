"""What a facet finds for the readers of one resource, and the one plan for all readers that are in conflict."""

from collections.abc import Callable
from dataclasses import dataclass, field

from server.conflicts.agreements import Agreement
from server.conflicts.plans import Situation, coordinated_migration, free_name, situation_of_all, versioned_output
from server.conflicts.question import Answer, Question
from server.conflicts.rulebook import SeverityRule, rule_named
from server.model.base import JsonObject
from server.model.check import Conflict, ConflictType, RejectedStrategy, Resolution, Strategy, Undecided
from server.model.contract import Basis
from server.model.tier import Severity

Plan = Callable[[Question, Situation], Resolution]


@dataclass(frozen=True)
class _Found:
    """A conflict with one reader, before there is a plan for it."""

    agreement: Agreement
    rule: SeverityRule
    description: str
    evidence: JsonObject
    path: str
    basis: Basis
    with_proposal: str


@dataclass
class Findings:
    """What one facet finds, reader by reader."""

    question: Question
    facet: str
    type: ConflictType
    _answer: Answer = field(default_factory=Answer)
    _found: list[_Found] = field(default_factory=list)

    def __post_init__(self) -> None:
        for agreement in self.question.agreements:
            self._answer.bases.append((self.question.tier_with(agreement.tier), agreement.basis))

    def conflict(
        self,
        agreement: Agreement,
        rule_id: str,
        description: str,
        evidence: JsonObject,
        *,
        path: str = "",
        basis: Basis = Basis.DECLARED,
        with_proposal: str = "",
    ) -> None:
        """The reader is in conflict, by this rule; `basis` is the weakest of what that rests on besides the agreement."""
        rule = rule_named(rule_id)
        weakest = max(basis, agreement.basis, key=list(Basis).index)
        self._found.append(_Found(agreement, rule, description, evidence, path, weakest, with_proposal))

    def undecided(self, agreement: Agreement, reason: str, path: str = "") -> None:
        """A person has to say what this does to the reader."""
        item = Undecided(
            facet=self.facet,
            resource=self.question.resource,
            affected_contract=agreement.contract_id,
            affected_system=agreement.consumer,
            reason=reason,
            path=path,
        )
        self._answer.undecided.append((self.question.tier_with(agreement.tier), item))

    def note(self, text: str) -> None:
        """Something that is safe."""
        self._answer.notes.append(text)

    def answer(self, plan: Plan, *, hurts_nobody: bool = False) -> Answer:
        """Everything that was found, with the plan for all readers in conflict.

        Those whose conflict is LOW have a plan of their own: nobody waits for them. Readers that nobody knows are in doubt
        unless the change `hurts_nobody`.
        """
        question, answer = self.question, self._answer
        plans: dict[bool, Resolution] = {}
        for light in (False, True):
            concerned = [one.agreement for one in self._found if (one.rule.severity is Severity.LOW) is light]
            if concerned:
                plans[light] = plan(question, situation_of_all(question, concerned, concerned[0].consumer))
        for one in self._found:
            tier = question.tier_with(one.agreement.tier)
            answer.conflicts.append((tier, self._conflict(one, plans[one.rule.severity is Severity.LOW])))
        unknown = question.unknown_readers(self.facet)
        if unknown is not None and not hurts_nobody:
            answer.undecided.append((question.source.system.tier, unknown))
        elif not question.agreements:
            answer.notes.append(f"Nobody reads {question.resource}: its {self.facet} affects no contract.")
        return answer

    def _conflict(self, one: _Found, plan: Resolution) -> Conflict:
        return Conflict(
            type=self.type,
            affected_contract=one.agreement.contract_id,
            affected_system=one.agreement.consumer,
            description=one.description,
            severity=one.rule.severity,
            severity_base=one.rule.severity,
            rule=one.rule.id,
            path=one.path,
            basis=one.basis,
            evidence=one.evidence,
            with_proposal=one.with_proposal,
            proposed_resolution=plan,
        )


def plan_for_new_form(question: Question, situation: Situation) -> Resolution:
    """Both forms side by side; all systems at once where there is no place for a second form (conflict rule 4)."""
    new_name, reason = free_name(question)
    if new_name:
        return versioned_output(situation, new_name=new_name)
    no_adapter = "Nothing is known that makes the old form of the new one."
    rejected = (
        RejectedStrategy(strategy=Strategy.VERSIONED_OUTPUT, reason=reason),
        RejectedStrategy(strategy=Strategy.ADAPTER_LAYER, reason=no_adapter),
    )
    return coordinated_migration(situation, rejected=rejected)
