"""The rule catalogue as data: what the product must do, one sentence a rule.

A rule without `deferred` has at least one test named after it (`test_reg_02_…`), and every test named so belongs to a
rule of this catalogue; `tests/house/test_requirements.py` holds both. `deferred` is the letter of the milestone that
brings the rule; `completed_by` the one that brings the rest of a rule that holds in part already.
"""

import re
from dataclasses import dataclass

AREAS = {
    "REG": "System registry",
    "CON": "Conflict resolution",
    "PAT": "Cross-system patterns",
    "LRN": "Organisational learning",
    "EVO": "Evolution and the improvement loop",
    "OPM": "Operating model",
    "SWM": "Swarm, memory, skills",
    "SUR": "The surface: MCP and command line",
    "STO": "Storage",
}


@dataclass(frozen=True)
class Rule:
    """One thing that the product must do."""

    id: str
    sentence: str
    deferred: str = ""
    """Letter of the milestone that brings the rule; empty = it holds now, and a test says so."""
    completed_by: str = ""
    """Letter of the milestone that brings what a rule that holds in part still lacks."""

    @property
    def area(self) -> str:
        """The area's short name: `REG` of `REG-2`."""
        return self.id.partition("-")[0]


RULES = (
    Rule(
        "REG-1",
        "Every system has one of three tiers, and a registration without a tier is refused with all three named.",
    ),
    Rule(
        "REG-2",
        "Every output names its consumers, joined from both sides; an output without any, or a mismatch, is a gap.",
    ),
    Rule("REG-3", "Contracts are looked at daily on the real resource: it exists, matches the schema, and is fresh."),
    Rule(
        "REG-4",
        "A scan lists what belongs to no registered system, with reasons, and registers nothing by itself.",
    ),
    Rule("REG-5", "Health follows from the last run against the expected interval, and always gives its reason."),
    Rule(
        "REG-6", "A registration that closes a cycle is accepted, and a HIGH finding names the cycle until it is gone."
    ),
    Rule(
        "REG-7",
        "Nothing is deleted: archiving keeps contracts resolvable and is refused while live systems depend on it.",
    ),
    Rule("REG-8", "`system_registry.json` goes out and comes back unchanged, and importing it twice changes nothing."),
    Rule("REG-9", "The registry's own jobs run every six hours and on demand."),
    Rule(
        "REG-10",
        "One call names everything that a system, resource, contract or path can affect, with the way to each.",
    ),
    Rule("REG-11", "What users already have is imported, and what could not be mapped is said."),
    Rule(
        "REG-12", "The map fills itself from disk, every fact with its basis and evidence, reviewed by a person.", "F"
    ),
    Rule("REG-13", "Discovery results go out and come back; an output that drifts without a proposal is a finding."),
    Rule("CON-1", "A proposal is checked on six facets against every contract of everything that its system writes."),
    Rule(
        "CON-2", "Severity is decided by named rules, the same for the same input; what is proved safe is no conflict."
    ),
    Rule("CON-3", "The stricter tier of proposer and affected system sets the threshold from which a conflict blocks."),
    Rule(
        "CON-4",
        "Every conflict carries the best plan that fits, and says why the better ones did not.",
    ),
    Rule("CON-5", "Every plan can be rolled back for all systems involved in under five minutes.", completed_by="F"),
    Rule("CON-6", "A change that touches no contract and no pattern is CLEAR at once."),
    Rule("CON-7", "Conflicts are logged, and a contract in conflict three times in thirty days is fragile."),
    Rule("CON-8", "A system in an active risk pattern has its conflicts raised by one level, and the pattern named."),
    Rule(
        "CON-9",
        "Without a check of its current content no proposal goes on; each tier can be set to advisory.",
        completed_by="F",
    ),
    Rule("CON-10", "The verdict follows from the worst item, and what is in doubt is never CLEAR."),
    Rule("CON-11", "Promotion waits until every step of the migration is done.", "F"),
    Rule("CON-12", "Every schema conflict shows a document that the writer may write and the reader rejects."),
    Rule("CON-13", "What counts for a consumer is what it reads: a change elsewhere is no conflict with it."),
    Rule("CON-14", "Open proposals are checked against each other as well."),
    Rule("CON-15", "A check keeps the inputs that it saw, and gives the same answer when it is run on them again."),
    Rule("CON-16", "A guard audits what a writer really wrote before any reader sees it, or quarantines it.", "F"),
    Rule("CON-17", "Outputs that are not JSON are read through a view, and checked like any other.", "F"),
    Rule("PAT-1", "Failures that follow another system's within a window, three times or more, are a cascade.", "D"),
    Rule("PAT-2", "Quality measures of two systems that move together over a shared dependency are named."),
    Rule("PAT-3", "Errors of like meaning, or on one resource, point to a shared cause."),
    Rule("PAT-4", "A fix that worked in one system is offered where the same error is still active."),
    Rule("PAT-5", "Two systems that really touch one resource at the same time contend for it."),
    Rule("PAT-6", "A reader that runs before its writer is done has a timing dependency."),
    Rule("PAT-7", "No pattern rests on fewer than three distinct occurrences."),
    Rule("PAT-8", "A pattern that has been quiet for thirty days is resolved, and reopened when it recurs."),
    Rule("PAT-9", "Confidence grows with occurrences in three bands, and shrinks with wide windows."),
    Rule("PAT-10", "`cross_patterns.json` is written daily, exactly as its document says."),
    Rule("PAT-11", "Chance is ruled out against each system's own rhythm before a pattern is shown.", "D"),
    Rule("PAT-12", "The evidence of a pattern can be opened, event by event."),
    Rule("LRN-1", "A promotion that cut an error by a quarter, active elsewhere, becomes a shared entry."),
    Rule("LRN-2", "Three independent systems with one kind of improvement make a universal pattern."),
    Rule("LRN-3", "What two systems rejected is an anti-pattern, and the next to propose it is told."),
    Rule("LRN-4", "Rejected proposals are always analysed."),
    Rule("LRN-5", "Adoption is tracked per entry and system, and neglect is listed."),
    Rule("LRN-6", "Knowledge expires after ninety days unless it is renewed."),
    Rule("LRN-7", "Measures of the whole are kept over time, with a trend by a stated test."),
    Rule("LRN-8", "At most five entries a week, the best first, the rest listed with their rank."),
    Rule("LRN-9", "The learning documents are written every Sunday, and missed weeks are caught up."),
    Rule("LRN-10", "Only declared fields cross from one system to another; what is private never does."),
    Rule(
        "EVO-1",
        "A proposal moves only as its life allows, and a refused move lists the legal ones.",
        completed_by="F",
    ),
    Rule("EVO-2", "A shadow test lasts as long as the tier asks and until its evidence suffices.", "F"),
    Rule("EVO-3", "A reference engine observes, proposes, tries, adopts or discards, as a plain MCP client.", "F"),
    Rule("EVO-4", "Experiments run in a sandbox that fails closed.", "F"),
    Rule("EVO-5", "The loop measures itself on a benchmark suite and proposes its own improvements.", "F"),
    Rule("EVO-6", "A change to something safety-critical always needs a person.", "F"),
    Rule("OPM-1", "Thirteen kinds of artifact, each with one owner, a schema and immutable versions.", "G"),
    Rule("OPM-2", "Artifacts are read in full, as a summary or by section, and keep their history.", "G"),
    Rule("OPM-3", "Schemas have versions of their own, and a breaking one brings its migration.", "G"),
    Rule("OPM-4", "Budgets hold in four dimensions, globally and for each role.", "G"),
    Rule("OPM-5", "Nothing is done before the gates of its playbook.", "G"),
    Rule("OPM-6", "Failures are routed by ordered rules, all matches logged.", "G"),
    Rule("OPM-7", "Playbooks declare their loops, which are capped and counted.", "G"),
    Rule("OPM-8", "Promotions are decided by the owner on a field-level diff, after the anchors ran again.", "G"),
    Rule("OPM-9", "Helpers of a role may research and draft, and nothing that decides.", "G"),
    Rule("OPM-10", "Every write says what changed, why, and with what effect.", "G"),
    Rule("OPM-11", "Eight measures of the whole have thresholds, and say what to review when one is passed.", "G"),
    Rule("SWM-1", "The task graph is shared, and a stale write to it is refused.", "H"),
    Rule("SWM-2", "Tasks are announced, bid for and awarded to one agent at a time.", "H"),
    Rule("SWM-3", "An agent that degrades loses its tasks to others.", "H"),
    Rule("SWM-4", "Capabilities are registered with versions, and incompatible ones are refused.", "H"),
    Rule("SWM-5", "Work goes to the pool that fits best, and its use is measured.", "H"),
    Rule("SWM-6", "Skills are loaded and unloaded while the system runs.", "H"),
    Rule("SWM-7", "Agents share status and intent without one point of control.", "H"),
    Rule("SWM-8", "Memory is durable, versioned, and can be rolled back.", "H"),
    Rule("SWM-9", "Recall works by meaning, and every fact has its provenance.", "H"),
    Rule("SWM-10", "Each layer can be switched on by itself.", "H"),
    Rule(
        "SUR-1",
        "One command serves the same tools over stdio and over HTTP, on every protocol revision that the SDK speaks.",
    ),
    Rule("SUR-2", "A flag wins over the environment, and a wrong setting is refused with what would be right."),
    Rule("SUR-3", "The local user may do everything; a process that is a system acts for that system alone."),
    Rule("SUR-4", "Toolsets, single tools, exclusions and read-only decide what is listed, always in the same order."),
    Rule("SUR-5", "The default toolset stays within 15 tools and 4,500 tokens, the instructions within a kilobyte."),
    Rule("SUR-6", "Every tool's input schema is flat, with a line on each property."),
    Rule("SUR-7", "What models usually get wrong is understood where it is unambiguous, and said so in the answer."),
    Rule("SUR-8", "An answer is a sentence first, then the same compact JSON as text and as structured content."),
    Rule("SUR-9", "Lists come in pages with a total, and no answer is longer than 8,000 tokens."),
    Rule("SUR-10", "A write that is repeated under its idempotency key is done once and answered alike."),
    Rule("SUR-11", "A write that expects an older version is refused."),
    Rule(
        "SUR-12",
        "A failure says in one sentence what is wrong, where, and what to do next, and never shows a traceback.",
    ),
    Rule("SUR-13", "Unknown tools, prompts and resources are answered with the protocol's own errors."),
    Rule("SUR-14", "Every tool says whether it reads, writes, destroys or may be repeated."),
    Rule("SUR-15", "Every record has an address, listed as a template whose arguments complete."),
    Rule("SUR-16", "Prompts arrive filled with what the server knows."),
    Rule("SUR-17", "The command line exits 0 when safe, 1 when it breaks, 2 when undecided, 3 on bad input."),
    Rule("STO-1", "What was acknowledged is on disk, and many processes on one file lose nothing of it."),
    Rule("STO-2", "SQLite and PostgreSQL take the same path and give the same answers."),
    Rule("STO-3", "A database of an earlier version is brought up to date without loss."),
)

_TEST_NAME = re.compile(r"test_([a-z]{3})_(\d{2,})_")


def rule_of_test(name: str) -> str:
    """The id of the rule that a test's name begins with (`test_reg_02_…` → `REG-2`), or "" where it names none."""
    match = _TEST_NAME.match(name)
    if match is None or match.group(1).upper() not in AREAS:
        return ""
    return f"{match.group(1).upper()}-{int(match.group(2))}"
