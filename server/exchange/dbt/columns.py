"""What a node's columns, constraints and tests promise, as a JSON Schema of one row."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from server.exchange.column_types import nullable, schema_of_type
from server.exchange.dbt.manifest import Manifest, Node
from server.exchange.documents import mapping, sequence, words
from server.exchange.imported import Remarks
from server.model.base import JsonObject

_NAMED = re.compile(r"""(?:ref|source)\(\s*['"]([^'"]+)['"]\s*(?:,\s*['"]([^'"]+)['"])?""")
"""`ref('orders')`, `ref('shop', 'orders')` or `source('shop', 'orders')`: the last name is the table's."""

_ANYTHING = ("string", "number", "boolean", "object", "array")
"""Every type but null."""


@dataclass
class Promises:
    """What tests and constraints say of the columns of one table."""

    not_null: set[str] = field(default_factory=set)
    unique: set[str] = field(default_factory=set)
    accepted: dict[str, list[Any]] = field(default_factory=dict)
    references: list[JsonObject] = field(default_factory=list)

    def tested(self) -> set[str]:
        """Every column of which something is promised."""
        return {*self.not_null, *self.unique, *self.accepted, *(words(one["column"]) for one in self.references)}

    def more(self) -> JsonObject:
        """What no JSON Schema of a row can say."""
        said: JsonObject = {}
        if self.unique:
            said["unique"] = sorted(self.unique)
        if self.references:
            said["references"] = self.references
        return said


def promises_of_tests(manifest: Manifest, remarks: Remarks) -> dict[str, Promises]:
    """What the tests promise, by the unique id of the table; a test that says nothing of a row's schema is listed."""
    found: dict[str, Promises] = {}
    for test in manifest.of_kind("test"):
        stated = mapping(test.body.get("test_metadata"))
        name, given = words(stated.get("name")), mapping(stated.get("kwargs"))
        given = {**mapping(given.get("arguments")), **given}
        column = words(given.get("column_name")) or words(test.body.get("column_name"))
        column = column.strip('"`[]')
        table = _tested_table(test, given)
        reason = _why_no_promise(test, name, words(stated.get("namespace")), column, table)
        if not reason and table not in manifest.nodes:
            remarks.dangling(
                test.unique_id, table, f"the test {name} is attached to it, but the manifest holds no such node"
            )
            continue
        if not reason and not manifest.nodes[table].has_table:
            reason = f"the test {name} of {column} is about {table}, which has no table of its own"
        if reason:
            remarks.unmapped(test.at(), reason)
            continue
        promises = found.setdefault(table, Promises())
        if name == "not_null":
            promises.not_null.add(column)
        elif name == "unique":
            promises.unique.add(column)
        elif name == "accepted_values":
            _accept(promises, column, given)
        else:
            to = next((one for one in test.depends_on if one != table), table)
            promises.references.append({"column": column, "to": to, "field": words(given.get("field"))})
    return found


def promises_of_constraints(node: Node, promises: Promises, remarks: Remarks) -> None:
    """What an enforced contract's constraints promise is promised too; a check's expression is listed."""
    columns = mapping(node.body.get("columns"))
    stated = [
        (mapping(one), [words(mapping(column).get("name"))], node.at("columns", str(name), "constraints"))
        for name, column in columns.items()
        for one in sequence(mapping(column).get("constraints"))
    ]
    stated += [
        (mapping(one), [words(name) for name in sequence(mapping(one).get("columns"))], node.at("constraints"))
        for one in sequence(node.body.get("constraints"))
    ]
    for constraint, names, place in stated:
        kind = words(constraint.get("type"))
        if kind in ("not_null", "primary_key"):
            promises.not_null.update(names)
        if kind in ("unique", "primary_key") and len(names) == 1:
            promises.unique.update(names)
        if kind not in ("not_null", "primary_key", "unique"):
            remarks.unmapped(
                place, f"a constraint of the kind {kind or 'none'} says nothing that a schema of a row could hold"
            )


def row_schema(node: Node, promises: Promises, remarks: Remarks, *, only: Iterable[str] | None = None) -> JsonObject:
    """The schema of a row; with `only`, of these columns alone. Empty where nothing is said of any column.

    A column stands in every row where the contract is enforced or a test names it; null is let in unless one says no.
    """
    enforced = (
        mapping(node.config.get("contract")).get("enforced") is True
        or mapping(node.body.get("contract")).get("enforced") is True
    )
    documented = {
        words(mapping(column).get("name")) or str(name): mapping(column)
        for name, column in mapping(node.body.get("columns")).items()
    }
    tested = promises.tested()
    names = [*documented, *sorted(tested.difference(documented))]
    wanted = None if only is None else set(only)
    names = [name for name in names if name and (wanted is None or name in wanted)]
    properties = {name: _column(node, name, documented.get(name, {}), promises, remarks) for name in names}
    required = [name for name in names if enforced or name in tested]
    schema: JsonObject = {"type": "object", "properties": properties} if properties else {}
    return {**schema, "required": required} if required else schema


def _column(node: Node, name: str, column: Mapping[str, Any], promises: Promises, remarks: Remarks) -> JsonObject:
    kind = words(column.get("data_type"))
    schema = schema_of_type(kind) if kind else {}
    if schema is None:
        remarks.unmapped(
            node.at("columns", name, "data_type"), f"{kind[:80]} is no type that is known; any value may stand there"
        )
        schema = {}
    if name in promises.accepted:
        schema = {**schema, "enum": list(promises.accepted[name])}
    if name not in promises.not_null:
        schema = nullable(schema)
        if "enum" in schema and None not in schema["enum"]:
            schema = {**schema, "enum": [*schema["enum"], None]}
    elif not schema:
        schema = {"type": list(_ANYTHING)}
    description = words(column.get("description"), 1_000)
    return {**schema, "description": description} if description else schema


def _accept(promises: Promises, column: str, given: Mapping[str, Any]) -> None:
    values = [value for value in sequence(given.get("values")) if isinstance(value, str | int | float | bool)]
    if given.get("quote") is not False:
        values = [str(value) if not isinstance(value, str) else value for value in values]
    before = promises.accepted.get(column)
    promises.accepted[column] = values if before is None else [value for value in before if value in values]


def _tested_table(test: Node, given: Mapping[str, Any]) -> str:
    """The table that a test is about: the node that it is attached to, else the one that its `model` argument names.

    A test of relationships depends on two nodes, and manifests before v9 do not say which of them it is attached to.
    """
    attached = words(test.body.get("attached_node"))
    if attached or not test.depends_on:
        return attached
    named = _NAMED.search(words(given.get("model")))
    wanted = next((part for part in reversed(named.groups()) if part), "") if named else ""
    meant = [one for one in test.depends_on if wanted and wanted in one.split(".")[2:]]
    return meant[0] if meant else test.depends_on[-1]


def _why_no_promise(test: Node, name: str, package: str, column: str, table: str) -> str:
    if not name:
        return "a test in SQL of its own: what it demands can't be told"
    if name not in ("not_null", "unique", "accepted_values", "relationships") or package not in ("", "dbt"):
        return f"the test {f'{package}.' if package else ''}{name} says nothing that a schema of a row could hold"
    if not column or not table:
        return f"the test {name} names no column of a table"
    if words(test.config.get("severity")).lower() == "warn":
        return f"the test {name} of {column} only warns"
    if test.config.get("where"):
        return f"the test {name} of {column} holds for some rows only"
    return ""
