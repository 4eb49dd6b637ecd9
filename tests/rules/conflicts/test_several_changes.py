"""Several changes of one proposal to one schema count as what they leave behind."""

from datetime import UTC, datetime
from typing import Any

import pytest

from server.conflicts.engine import containment_engine
from server.conflicts.judge import judge
from server.conflicts.question import Answer, Circumstances
from server.errors import Refused
from server.model.change import Change
from server.model.check import Mode
from server.model.contract import schema_hash
from server.model.tier import Tier
from tests.rules.conflicts.test_in_flight import FILE, READER, SCHEMA, WRITER, registry_of


def judged(*changes: dict[str, Any]) -> Answer:
    """What the writer's changes do together."""
    registry = registry_of(WRITER, READER)
    circumstances = Circumstances(
        containment_engine(), dict.fromkeys(Tier, Mode.BLOCKING), datetime(2026, 4, 5, tzinfo=UTC)
    )
    read = [(Change.model_validate({"resource": FILE, **change}), FILE) for change in changes]
    return judge(registry, registry.systems["sys_writer"], read, circumstances)[0]


AWAY = {"patch": [{"op": "move", "from": "/properties/score", "path": "/properties/rating"}]}
BACK = {"patch": [{"op": "move", "from": "/properties/rating", "path": "/properties/score"}]}


def test_what_one_patch_takes_away_the_next_may_put_back() -> None:
    assert judged(AWAY).conflicts
    assert not judged(AWAY, BACK).conflicts


def test_a_merge_patch_goes_on_from_what_the_patch_before_it_leaves() -> None:
    answer = judged(AWAY, {"merge_patch": {"properties": {"rating": {"description": "Was score."}}}})
    ((_, conflict),) = answer.conflicts
    assert "score" not in conflict.witness
    assert not judged(BACK_AND_FORTH, {"merge_patch": {"properties": {"score": {"maximum": 50}}}}).conflicts


BACK_AND_FORTH = {"patch": [*AWAY["patch"], *BACK["patch"]]}


def test_a_whole_new_schema_takes_the_place_of_what_came_before() -> None:
    assert not judged(AWAY, {"new_schema": SCHEMA}).conflicts
    assert judged({"new_schema": SCHEMA}, AWAY).conflicts


def test_every_patch_may_name_the_schema_as_it_stands_now() -> None:
    known = schema_hash(SCHEMA)
    assert not judged({**AWAY, "base_hash": known}, {**BACK, "base_hash": known}).conflicts
    with pytest.raises(Refused):
        judged(AWAY, {**BACK, "base_hash": "0123456789abcdef"})


def test_samples_of_an_earlier_change_are_looked_at_all_the_same() -> None:
    answer = judged({"new_schema": SCHEMA, "samples_after": [{"ticker": "A", "score": "high"}]}, {"new_schema": SCHEMA})
    ((_, conflict),) = answer.conflicts
    assert conflict.witness == {"ticker": "A", "score": "high"}
