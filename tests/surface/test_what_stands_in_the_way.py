"""What a proposal is told to wait for: other open ones, and a check that still speaks of the registry."""

from typing import Any

import pytest

from tests.surface.proposing import BREAKING, READER, SAFE, SUBMITTED, WRITER
from tests.surface.world import SIGNALS, Concord, register_example

pytestmark = pytest.mark.anyio
STALE = "The check is of an earlier registry: submit it again."
NEEDS = {"resource": SIGNALS, "reads": ["/ticker", "/score", "/confidence"]}
RENAME = {"resource": SIGNALS, "patch": [{"op": "move", "from": "/properties/score", "path": "/properties/rating"}]}


async def unmet(concord: Concord, number: int = 1) -> list[str]:
    """What is open of a proposal."""
    shown = await concord.call("get_proposal", proposal_id=f"PROP-{number:03d}")
    found: list[str] = shown["unmet"]
    return found


async def registered_again(concord: Concord, system_id: str, **members: Any) -> None:
    """The system stands as it did, but for these members."""
    known = await concord.call("get_system", system_id=system_id)
    kept = {name: known[name] for name in ("reads_from", "writes_to", "contracts")}
    await concord.register(system_id, **{"tier": known["tier"], **kept, **members})


async def test_con_14_a_proposal_that_has_to_go_in_after_another_names_it_until_that_one_is_gone(
    concord: Concord,
) -> None:
    await register_example(concord)
    await concord.call("submit_proposal", **SAFE, **SUBMITTED)
    done = await concord.call("submit_proposal", changes=[NEEDS], source_system=READER, **SUBMITTED)
    (other,) = done["check"]["in_flight"]
    assert (other["relation"], other["order"]) == ("ORDER_DEPENDENT", ["PROP-001", "PROP-002"])
    told = f"PROP-001 of {WRITER} has to go in first."
    assert told in await unmet(concord, 2)
    assert not any("PROP-00" in sentence for sentence in await unmet(concord, 1))
    accepted = {"decision": "ACCEPT", "reason": "Agreed."}
    for actor in done["check"]["must_accept"]:
        answer = await concord.call("decide_proposal", proposal_id="PROP-002", actor=actor, **accepted)
        assert told in answer["unmet"]
    await concord.call("decide_proposal", proposal_id="PROP-001", decision="WITHDRAW")
    assert told not in await unmet(concord, 2)


async def test_con_14_a_proposal_that_is_safe_only_after_another_names_it(concord: Concord) -> None:
    await register_example(concord)
    both = {"anyOf": [{"required": ["score"]}, {"required": ["rating"]}]}
    reader = {"resource": SIGNALS, "reader_schema": {"type": "object", "required": ["ticker"], **both}}
    await concord.call("submit_proposal", changes=[reader], source_system=READER, **SUBMITTED)
    done = await concord.call("submit_proposal", changes=[RENAME], source_system=WRITER, **SUBMITTED)
    assert done["check"]["in_flight"][0]["relation"] == "DEPENDS_ON"
    assert f"PROP-001 of {READER} has to go in first." in await unmet(concord, 2)


async def test_con_14_of_two_that_exclude_each_other_the_later_one_says_so(concord: Concord) -> None:
    await register_example(concord)
    system = await concord.call("get_system", system_id=READER)
    (contract,) = system["contracts"]
    contract = {**contract, "reads": [], "reader_schema": {"type": "object", "required": ["ticker", "score"]}}
    await registered_again(concord, READER, contracts=[contract])
    narrow = {"type": "object", "properties": {"score": {"type": "number", "maximum": 100}}}
    wider = {
        "resource": SIGNALS,
        "patch": [{"op": "replace", "path": "/properties/score/maximum", "value": 200}],
    }
    await concord.call(
        "submit_proposal", changes=[{"resource": SIGNALS, "reader_schema": narrow}], source_system=READER, **SUBMITTED
    )
    done = await concord.call("submit_proposal", changes=[wider], source_system=WRITER, **SUBMITTED)
    assert done["check"]["in_flight"][0]["relation"] == "EXCLUSIVE"
    told = f"Only one of this and PROP-001 of {READER} can go in."
    assert told in await unmet(concord, 2)
    await concord.call("decide_proposal", proposal_id="PROP-001", decision="REJECT", reason="The other one goes.")
    assert told not in await unmet(concord, 2)


async def test_a_reader_that_came_after_the_check_makes_it_stale_until_it_is_submitted_again(concord: Concord) -> None:
    await register_example(concord)
    await concord.call("submit_proposal", **SAFE, **SUBMITTED)
    assert STALE not in await unmet(concord)
    reads = {"type": "CONSUMER", "resource": SIGNALS, "reads": ["/ticker"], "strict": True}
    await concord.register("sys_late", reads_from=[SIGNALS], contracts=[reads])
    assert (await unmet(concord))[0] == STALE
    again = await concord.call("submit_proposal", proposal_id="PROP-001", **SUBMITTED)
    assert "sys_late" in again["check"]["must_accept"], "it rejects what it does not know"
    assert STALE not in await unmet(concord)


async def test_a_registry_that_changes_elsewhere_leaves_the_check_as_good_as_it_was(concord: Concord) -> None:
    await register_example(concord)
    await concord.call("submit_proposal", **BREAKING, **SUBMITTED)
    await concord.register("sys_elsewhere", writes_to=["~/other.json"])
    await registered_again(concord, READER, description="It says more about itself.")
    assert STALE not in await unmet(concord)
    await registered_again(concord, READER, reads_from=[], contracts=[])
    assert (await unmet(concord))[0] == STALE, "whom it would break reads it no more"
    await concord.call("decide_proposal", proposal_id="PROP-001", decision="WITHDRAW")
    assert await unmet(concord) == []


async def test_a_tier_that_is_another_today_makes_the_check_stale(concord: Concord) -> None:
    await register_example(concord)
    await concord.call("submit_proposal", **BREAKING, **SUBMITTED)
    await registered_again(concord, READER, tier="EXPERIMENTAL")
    await registered_again(concord, WRITER, tier="EXPERIMENTAL")
    assert (await unmet(concord))[0] == STALE


async def test_a_change_that_can_no_longer_be_made_makes_the_check_stale(concord: Concord) -> None:
    await register_example(concord)
    await concord.call("submit_proposal", changes=[RENAME], **SUBMITTED)
    assert STALE not in await unmet(concord)
    system = await concord.call("get_system", system_id=WRITER)
    (contract,) = system["contracts"]
    members = {name: value for name, value in contract["schema"]["properties"].items() if name != "score"}
    contract = {**contract, "schema": {"type": "object", "properties": members}}
    await registered_again(concord, WRITER, contracts=[contract])
    assert (await unmet(concord))[0] == STALE
