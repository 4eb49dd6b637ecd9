"""Where `$ref`, `$recursiveRef` and `$dynamicRef` lead, inside a schema and to the published meta-schemas; nothing is fetched."""

from collections.abc import Hashable
from functools import cache
from typing import Any
from urllib.parse import unquote

from server.conflicts.containment.budget import Remote, Undecidable
from server.conflicts.containment.dialect import Draft, Schema

_IDENTIFIERS = ("$id", "id", "$anchor", "$dynamicAnchor", "$recursiveAnchor")
_INNER_IDENTIFIERS = ("$anchor", "$dynamicAnchor", "$recursiveAnchor")
_TELLING = frozenset((*_IDENTIFIERS, "$ref", "$dynamicRef", "$recursiveRef"))
MALFORMED = (AttributeError, TypeError, ValueError, KeyError)
"""What the library for references stumbles with over schemas that are none."""
MOST_SCANNED = 200_000


class Scope:
    """What a reference inside a schema is resolved against: nothing, where no part of the document has a name of its own."""

    __slots__ = ("entered", "resolver")

    def __init__(self, resolver: Any, entered: Any = None) -> None:
        self.resolver = resolver
        self.entered = entered
        """The schema whose own name is taken in already: a relative one counts once."""

    def key(self, dynamic: bool) -> Hashable:
        """What distinguishes one scope from another: the dynamic scope where it matters, else the base URI."""
        if self.resolver is None:
            return None
        if not dynamic:
            return str(self.resolver._base_uri)
        outermost_first = reversed([uri for uri, _ in self.resolver.dynamic_scope()])
        return (str(self.resolver._base_uri), *dict.fromkeys(outermost_first))


class References:
    """The references of one document."""

    def __init__(self, document: Schema, draft: Draft) -> None:
        self.document = document
        self._draft = draft
        self.named = False
        """Whether parts of the document have names of their own."""
        self.dynamic = False
        """Whether a reference depends on how it was come by."""
        self._root: Scope | None = None

    def root(self) -> Scope:
        """The scope of the whole document."""
        if self._root is None:
            self._root = self._found_root()
        return self._root

    def _found_root(self) -> Scope:
        self._scan()
        if not self.named:
            return Scope(None)
        specification = _specification(self._draft)
        try:
            resource = specification.create_resource(self.document)
            return Scope(_published().resolver_with_root(resource), self.document)
        except MALFORMED:
            raise Undecidable("a schema's name is no URI") from None

    def _scan(self) -> None:
        pending: list[Any] = [] if isinstance(self.document, bool) else [self.document]
        seen: set[int] = set()
        while pending:
            one = pending.pop()
            if not one or id(one) in seen:
                continue
            seen.add(id(one))
            if len(seen) > MOST_SCANNED:
                raise Undecidable("the schema is too large to look for names in")
            if isinstance(one, list):
                pending += [inner for inner in one if isinstance(inner, dict | list)]
                continue
            if not _TELLING.isdisjoint(one):
                words = (
                    _INNER_IDENTIFIERS if one is self.document else _IDENTIFIERS
                )  # the document's own name renames nothing
                self.named = self.named or any(isinstance(one.get(word), str | bool) for word in words)
                self.dynamic = self.dynamic or "$dynamicRef" in one or "$recursiveRef" in one
                reference = one.get("$ref")
                self.named = self.named or (isinstance(reference, str) and not reference.startswith("#"))
            pending += [inner for inner in one.values() if isinstance(inner, dict | list)]
        if self.dynamic:
            self.named = True

    def inside(self, scope: Scope, schema: Schema, draft: Draft | None = None) -> Scope:
        """The scope inside a subschema, which may name itself, and may be of another draft than the document."""
        if scope.resolver is None or not isinstance(schema, dict) or schema is scope.entered:
            return scope
        if "$id" not in schema and "id" not in schema:
            return scope
        try:
            resource = _specification(draft or self._draft).create_resource(schema)
            return Scope(scope.resolver.in_subresource(resource), schema)
        except MALFORMED:
            raise Undecidable("a schema's name is no URI") from None

    def follow(self, scope: Scope, reference: Any) -> tuple[Any, Scope]:
        """What the reference leads to, and the scope there. Raises Undecidable for one that leads nowhere or away."""
        if not isinstance(reference, str):
            raise Undecidable(f"the reference {reference!r} is no string")
        if scope.resolver is None:
            return self.local(reference), scope
        return _resolved(scope, reference)

    def follow_recursive(self, scope: Scope) -> tuple[Any, Scope]:
        """What `$recursiveRef: "#"` leads to from here."""
        from referencing.jsonschema import lookup_recursive_ref  # loaded with the references it serves

        if scope.resolver is None:
            raise Undecidable("`$recursiveRef` leads nowhere")
        try:
            found = lookup_recursive_ref(scope.resolver)
        except MALFORMED:
            raise Undecidable("a malformed schema stands in the way of `$recursiveRef`") from None
        return found.contents, Scope(found.resolver, found.contents)

    def local(self, reference: str) -> Any:
        """What a reference inside a document without names leads to. Raises Undecidable for one that leads nowhere."""
        if reference in ("", "#"):
            return self.document
        if not reference.startswith("#/"):
            raise Undecidable(f"the reference {reference!r} leads nowhere inside the schema")
        found: Any = self.document
        for part in unquote(reference[2:]).split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            try:
                found = found[int(name)] if isinstance(found, list) else found[name]
            except (KeyError, IndexError, ValueError, TypeError):
                raise Undecidable(f"the reference {reference!r} leads nowhere inside the schema") from None
        return found


def _resolved(scope: Scope, reference: str) -> tuple[Any, Scope]:
    from referencing.exceptions import NoSuchResource, PointerToNowhere, Unresolvable

    try:
        found = scope.resolver.lookup(reference)
    except PointerToNowhere:
        raise Undecidable(f"the reference {reference!r} leads nowhere inside the schema") from None
    except (Unresolvable, NoSuchResource):
        raise Remote(f"the reference {reference!r} leads out of the schema, and is never fetched") from None
    except MALFORMED:
        raise Undecidable(f"a malformed schema stands in the way of the reference {reference!r}") from None
    return found.contents, Scope(found.resolver, found.contents)


@cache
def _published() -> Any:
    from jsonschema_specifications import REGISTRY

    return REGISTRY


@cache
def _specification(draft: Draft) -> Any:
    from referencing import jsonschema as known

    return {
        Draft.D4: known.DRAFT4,
        Draft.D6: known.DRAFT6,
        Draft.D7: known.DRAFT7,
        Draft.D2019: known.DRAFT201909,
        Draft.D2020: known.DRAFT202012,
    }[draft]
