"""What a writer will write once a change is in place: patches applied to the schema of the contract (RFC 6902, RFC 7386)."""

from collections.abc import Sequence
from typing import Any

from server.conflicts.schemas import Schema, copied, merged, read_terms
from server.errors import InvalidArgument, Refused
from server.model.base import JsonObject
from server.model.change import Change
from server.model.contract import schema_hash

_OPERATIONS = ("add", "remove", "replace", "move", "copy", "test")


def changes_schema(change: Change) -> bool:
    """Whether the change says anything about the schema of what is written."""
    return change.new_schema is not None or change.patch is not None or change.merge_patch is not None


def schema_after_all(changes: Sequence[Change], terms: Schema | None) -> Schema | None:
    """The schema of what will be written once all these changes to it are in, one after the other.

    Each `base_hash` is of the schema as it stands now. Raises as `schema_after` does.
    """
    for change in changes:
        _expect_base(change, terms)
    after: Schema | None = None
    for change in _patches_joined(changes):
        after = schema_after(change.model_copy(update={"base_hash": ""}), terms if after is None else after)
    return after


def _patches_joined(changes: Sequence[Change]) -> list[Change]:
    """Patches that follow each other as one, so that `required` follows all that they move."""
    joined: list[Change] = []
    for change in changes:
        last = joined[-1].patch if joined else None
        if last is not None and change.patch is not None:
            joined[-1] = change.model_copy(update={"patch": (*last, *change.patch)})
        else:
            joined.append(change)
    return joined


def schema_after(change: Change, terms: Schema | None) -> Schema | None:
    """The schema of what will be written, given what the contract states now; None where the change leaves it alone.

    `terms` is the contract's `schema` as it stands (the short form or a full one). A patch that removes or moves a
    property also takes it out of `required` (a move puts the new name in): a field that is gone is not promised.
    Raises InvalidArgument where the change can't be applied, Refused where it was made against another schema.
    """
    _expect_base(change, terms)
    if change.new_schema is not None:
        return _full(change.new_schema)
    if change.patch is not None:
        return _patched(change.patch, _required_terms(terms, "patch"))
    if change.merge_patch is not None:
        return _merge(change.merge_patch, _required_terms(terms, "merge_patch"))
    return None


def _expect_base(change: Change, terms: Schema | None) -> None:
    if change.base_hash and terms is not None and not schema_hash(terms).startswith(change.base_hash.lower()):
        raise Refused(
            "The contract's schema has changed since this patch was made.",
            path="/base_hash",
            hint="Read the contract again and make the patch against its present schema.",
            details={"base_hash": change.base_hash, "present_hash": schema_hash(terms)},
        )


def _full(terms: Schema) -> Schema:
    """A full schema from either form; {} and true both accept everything."""
    stated = read_terms(terms)
    return {} if stated is None else stated.schema


def _required_terms(terms: Schema | None, member: str) -> JsonObject:
    if not isinstance(terms, dict):
        raise InvalidArgument(
            "There is no schema to patch: no contract on this resource states one.",
            path=f"/{member}",
            hint="Send new_schema instead, the full JSON Schema of what will be written.",
        )
    return terms


def _merge(patch: Any, terms: JsonObject) -> Schema:
    base = terms if isinstance(patch, dict) and "required_fields" in patch else _full(terms)
    after = merged(base, patch)
    if not isinstance(after, dict | bool):
        raise InvalidArgument(
            "The merge patch does not give a schema.", path="/merge_patch", hint="Patch members of the schema object."
        )
    return _full(after)


def _patched(patch: tuple[JsonObject, ...], terms: JsonObject) -> Schema:
    import jsonpatch  # costs 40 ms that only a patch should pay

    for position, operation in enumerate(patch):
        if operation.get("op") not in _OPERATIONS or not isinstance(operation.get("path"), str):
            raise InvalidArgument(
                f"Operation {position} of the patch is not an RFC 6902 operation.",
                path=f"/patch/{position}",
                allowed=_OPERATIONS,
                hint='For example {"op": "replace", "path": "/properties/score/type", "value": "string"}.',
            )
    short = any(str(operation["path"]).startswith(("/required_fields", "/format")) for operation in patch)
    base = terms if short else _full(terms)
    try:
        after = jsonpatch.JsonPatch(list(patch)).apply(copied(base), in_place=True)
    except (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, TypeError, KeyError) as error:
        raise InvalidArgument(
            f"The patch does not fit the contract's schema: {error}"[:500],
            path="/patch",
            hint="Its paths start at the root of the schema, such as /properties/score. Read the contract for the present one.",
        ) from error
    if not isinstance(after, dict | bool):
        raise InvalidArgument("The patch does not give a schema.", path="/patch")
    return _full(_with_required_following(after, base, patch))


def _with_required_following(after: Schema, before: Schema, patch: tuple[JsonObject, ...]) -> Schema:
    """`required` follows properties that a patch removed or moved, unless the patch says itself what is required."""
    if isinstance(after, bool) or any("/required" in str(operation["path"]) for operation in patch):
        return after
    for operation in patch:
        if operation["op"] not in ("remove", "move"):
            continue
        source = str(operation["path"] if operation["op"] == "remove" else operation.get("from", ""))
        was_required = _drop_required(after, before, source)
        if operation["op"] == "move" and was_required:
            _add_required(after, str(operation["path"]))
    return after


def _drop_required(after: JsonObject, before: Schema, pointer: str) -> bool:
    """Takes a property that is gone out of its object's `required`; whether it stood there."""
    place = _object_and_name(after, pointer)
    if place is None:
        # the whole object went with it: it was required if the old one said so
        old = _object_and_name(before, pointer) if isinstance(before, dict) else None
        return old is not None and old[1] in old[0].get("required", [])
    holder, name = place
    if name in holder.get("properties", {}) or name not in holder.get("required", []):
        return False
    holder["required"] = [other for other in holder["required"] if other != name]
    return True


def _add_required(after: JsonObject, pointer: str) -> None:
    place = _object_and_name(after, pointer)
    if place is not None and place[1] not in place[0].get("required", []):
        place[0]["required"] = [*place[0].get("required", []), place[1]]


def _object_and_name(schema: JsonObject, pointer: str) -> tuple[JsonObject, str] | None:
    """The object schema and the property name that `…/properties/NAME` speaks of."""
    parts = [part.replace("~1", "/").replace("~0", "~") for part in pointer.split("/")[1:]]
    if len(parts) < 2 or parts[-2] != "properties":
        return None
    here: Any = schema
    for part in parts[:-2]:
        if isinstance(here, dict):
            here = here.get(part)
        elif isinstance(here, list) and part.isdecimal() and int(part) < len(here):
            here = here[int(part)]
        else:
            return None
    return (here, parts[-1]) if isinstance(here, dict) else None
