"""What a validation finds, as findings. Pure."""

from collections.abc import Sequence

from server.model.finding import FindingKind, Observation
from server.model.tier import Severity, Tier
from server.model.validation import Validation, Verdict
from server.registry.gaps import fingerprint
from server.registry.validation.drift import Drift

_LONGEST = 4_000


def violation_of(validation: Validation, tier: Tier, *, produced: bool = True, writer: str = "") -> Observation:
    """The real resource does not keep the contract: HIGH where production depends on it, else MEDIUM.

    It is a finding of whose entry it is; where that is a reader's, it says whose data it is.
    """
    whose = "as its producer" if produced else f"as a consumer of what {writer or 'another system'} writes"
    return Observation(
        fingerprint=violation_fingerprint(validation.system_id, validation.contract_id),
        kind=FindingKind.CONTRACT_VIOLATION,
        severity=Severity.MEDIUM if tier is Tier.EXPERIMENTAL else Severity.HIGH,
        system_id=validation.system_id,
        subject=validation.contract_id,
        message=(
            f"{validation.resource} does not keep {validation.contract_id} of {validation.system_id} {whose}: "
            f"{in_words(validation)}."
        )[:_LONGEST],
        details={
            "resource": validation.resource,
            "side": "PRODUCER" if produced else "CONSUMER",
            "writer": writer,
            "exists": validation.exists.model_dump(mode="json"),
            "matches": validation.matches.model_dump(mode="json"),
            "fresh": validation.fresh.model_dump(mode="json"),
            "violations": [one.model_dump(mode="json") for one in validation.violations[:5]],
        },
    )


def says_the_same(consumers: Validation, producers: Validation) -> bool:
    """Whether all that fails of a consumer's entry fails of the producer's, too, so that one finding says it."""
    if consumers.outcome is not Verdict.FAILED:
        return False
    asked = ((consumers.exists, producers.exists), (consumers.fresh, producers.fresh))
    if any(mine.verdict is Verdict.FAILED and theirs.verdict is not Verdict.FAILED for mine, theirs in asked):
        return False
    known = {(one.path, one.keyword) for one in producers.violations}
    return all((one.path, one.keyword) in known for one in consumers.violations)


def violation_fingerprint(system_id: str, contract_id: str) -> str:
    """The identity of a contract's violation."""
    return fingerprint(FindingKind.CONTRACT_VIOLATION, system_id, contract_id)


def drift_fingerprint(system_id: str, contract_id: str) -> str:
    """The identity of what differs from a contract without a proposal."""
    return fingerprint(FindingKind.UNPROPOSED_CHANGE, system_id, contract_id)


def drift_of(validation: Validation, drift: Drift, severity: Severity) -> Observation:
    """The output differs from its contract, and no promoted proposal says so (REG-13)."""
    return Observation(
        fingerprint=drift_fingerprint(validation.system_id, validation.contract_id),
        kind=FindingKind.UNPROPOSED_CHANGE,
        severity=severity,
        system_id=validation.system_id,
        subject=validation.contract_id,
        message=(
            f"{validation.system_id} writes {validation.resource} otherwise than {validation.contract_id} says, "
            f"and no promoted proposal explains it: {drift.in_words()}."
        )[:_LONGEST],
        details={"resource": validation.resource, **drift.as_json()},
    )


def not_verifiable(system_id: str, validations: Sequence[tuple[Validation, str]]) -> Observation:
    """The contracts of a system whose resources can't be looked at, with why."""
    listed = [f"{one.contract_id} ({one.resource}): {why}" for one, why in validations]
    return Observation(
        fingerprint=not_verifiable_fingerprint(system_id),
        kind=FindingKind.NOT_VERIFIABLE,
        severity=Severity.LOW,
        system_id=system_id,
        subject=system_id,
        message=f"What {system_id} has agreed can't be looked at: {'; '.join(listed)}."[:_LONGEST],
        details={
            "contracts": [
                {"contract_id": one.contract_id, "resource": one.resource, "reason": why}
                for one, why in validations[:50]
            ]
        },
    )


def not_verifiable_fingerprint(system_id: str) -> str:
    """The identity of the finding that lists what of a system can't be looked at."""
    return fingerprint(FindingKind.NOT_VERIFIABLE, system_id)


def in_words(validation: Validation) -> str:
    """What failed, as half a sentence."""
    answers = (validation.exists, validation.matches, validation.fresh)
    return "; ".join(answer.reason for answer in answers if answer.verdict is Verdict.FAILED)
