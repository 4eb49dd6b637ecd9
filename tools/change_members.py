"""The members of one change, as the schemas of all tools list them."""

from server.surface import Members, array, boolean, obj, string

CHANGE_MEMBERS = Members(
    resource=string("Path, URI, contract id; none = internal."),
    new_schema=obj("JSON Schema."),
    patch=array("JSON Patch."),
    merge_patch=obj("RFC 7386."),
    timing=obj("{schedule, timezone, …}."),
    format=obj("{media_type, container, …}."),
    semantics=array("{path, unit, meaning, …}."),
    capacity=obj("{max_bytes, max_rows, …}."),
    reads=array("A reader's new paths."),
    reader_schema=obj("A reader's new schema."),
    removes=boolean("No longer written."),
    removes_dependency=string("System id."),
    base_hash=string("schema_hash patched."),
    description=string("In words."),
)

CHANGE_IN_SHORT = Members(resource=string("All members: submit_proposal."), new_schema=obj("JSON Schema."))
"""For a tool that rarely takes changes: the members that they usually have."""
