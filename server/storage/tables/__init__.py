"""The tables: keys, versions, the columns that are searched, and the value as a JSON document.

Each table is declared once, as a class, in the module of its area; queries use the table that stands here under its plain name.
"""

from importlib import import_module

from sqlalchemy import Table

from server.storage.tables.rows import metadata as metadata

for _area in ("registry", "proposals", "journal", "patterns", "knowledge", "operation"):
    import_module(f"{__name__}.{_area}")

systems: Table = metadata.tables["systems"]
system_texts: Table = metadata.tables["system_texts"]
contract_versions: Table = metadata.tables["contract_versions"]
findings: Table = metadata.tables["findings"]
counters: Table = metadata.tables["counters"]
idempotency: Table = metadata.tables["idempotency"]
checks: Table = metadata.tables["checks"]
import_sources: Table = metadata.tables["import_sources"]
import_items: Table = metadata.tables["import_items"]
proposals: Table = metadata.tables["proposals"]
proposal_versions: Table = metadata.tables["proposal_versions"]
conflict_log: Table = metadata.tables["conflict_log"]
policies: Table = metadata.tables["policies"]
system_versions: Table = metadata.tables["system_versions"]
events: Table = metadata.tables["events"]
event_weeks: Table = metadata.tables["event_weeks"]
kept_since: Table = metadata.tables["kept_since"]
files_read: Table = metadata.tables["files_read"]
patterns: Table = metadata.tables["patterns"]
pattern_systems: Table = metadata.tables["pattern_systems"]
pattern_events: Table = metadata.tables["pattern_events"]
signs_of_life: Table = metadata.tables["signs_of_life"]
validations: Table = metadata.tables["validations"]
runs: Table = metadata.tables["runs"]
scans: Table = metadata.tables["scans"]
leases: Table = metadata.tables["leases"]
candidates: Table = metadata.tables["candidates"]
knowledge: Table = metadata.tables["knowledge"]
knowledge_versions: Table = metadata.tables["knowledge_versions"]
knowledge_systems: Table = metadata.tables["knowledge_systems"]
knowledge_answers: Table = metadata.tables["knowledge_answers"]
knowledge_index: Table = metadata.tables["knowledge_index"]
knowledge_vectors: Table = metadata.tables["knowledge_vectors"]
digests: Table = metadata.tables["digests"]
metric_weeks: Table = metadata.tables["metric_weeks"]
