"""How long a synthesis takes over what 1,000 systems did, and how much it makes of changes that have nothing in common.

    python tests/benchmarks/bench_synthesis.py [--systems 1000] [--outcomes 5000] [--categories 3] [--known 0]

Changes told in random words, most of them rare, against 60 error categories; each system still has `--categories` of these;
`--known` entries are there already. Prints processor time as the least of three runs, peak memory and what is drafted by type,
and one line of JSON; exit code 1 where it takes more than 3 s.
"""

import argparse
import json
import random
import resource
import sys
from collections import Counter
from pathlib import Path
from time import process_time

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parents[2]))

from server.knowledge.gathering.facts import Activity, Facts, KnownEntry, Member, Outcome
from server.knowledge.similarity.lexical import lexical_likeness
from server.knowledge.synthesis.ranking import ranked
from server.knowledge.synthesis.together import synthesise

DAY = 86_400_000_000
MOST_SECONDS = 3.0
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def strangers(systems: int, outcomes: int, active: int, known: int) -> Facts:
    """Systems that have no idea in common."""
    chance = random.Random(20_260_405)
    words = ["".join(chance.choices(_LETTERS, k=6)) for _ in range(1_500)]
    often = [1 / (place + 5) for place in range(len(words))]
    categories = ["_".join(chance.choices(words, k=2)) for _ in range(60)]
    names = [f"sys_{number:04d}" for number in range(systems)]

    def said(many: int) -> str:
        return " ".join(chance.choices(words, often, k=many))

    told = []
    for number in range(outcomes):
        before, system = chance.randint(2, 30), chance.choice(names)
        told.append(
            Outcome(
                ref=f"{system}:P{number}",
                system_id=system,
                at=70 * DAY + int(chance.random() * 30 * DAY),
                promoted=chance.random() < 0.65,
                proposal_id=f"P{number}",
                title=said(6),
                description=said(12) if chance.random() < 0.5 else "",
                error_category=chance.choice(categories),
                before=before,
                after=chance.randint(0, before + 4),
                observation_days=chance.choice((None, 14, 28)),
            )
        )
    return Facts(
        since=70 * DAY,
        until=100 * DAY,
        outcomes=tuple(sorted(told, key=lambda one: (one.at, one.ref))),
        activity=tuple(
            Activity(name, one, chance.randint(1, 12), 99 * DAY)
            for name in names
            for one in chance.sample(categories, active)
        ),
        members={name: Member(name, "PRODUCTION", True, name, frozenset(chance.choices(words, k=3))) for name in names},
        known=tuple(
            KnownEntry(
                f"SK-{n}", f"x:{n}", "transferable_fix", (chance.choice(names),), (), said(6), chance.choice(categories)
            )
            for n in range(known)
        ),
    )


def main() -> int:
    reader = argparse.ArgumentParser()
    for name, usual in (("systems", 1_000), ("outcomes", 5_000), ("categories", 3), ("known", 0)):
        reader.add_argument(f"--{name}", type=int, default=usual)
    told = reader.parse_args()
    facts = strangers(told.systems, told.outcomes, told.categories, told.known)
    seconds = []
    for _ in range(3):
        began = process_time()
        drafts = synthesise(facts, lexical_likeness)
        ranked(drafts, 5)
        seconds.append(process_time() - began)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    kinds = Counter(one.type.value for one in drafts)
    print(
        f"first {seconds[0]:.2f} s, best {min(seconds):.2f} s of processor time, {megabytes:.0f} MB at most, {dict(kinds)}"
    )
    print(json.dumps({"seconds": min(seconds), "first_seconds": seconds[0], "megabytes": megabytes, "drafts": kinds}))
    return int(min(seconds) > MOST_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
