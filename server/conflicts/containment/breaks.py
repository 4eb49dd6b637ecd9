"""The kinds of break, each with a stable id, by the keyword that rejects the witness."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BreakRule:
    """One kind of break."""

    id: str
    keywords: tuple[str, ...]
    """The reader's keywords that reject a document of this kind."""
    says: str
    """What happens, in one sentence."""


RULES: tuple[BreakRule, ...] = (
    BreakRule("schema.type-changed", ("type",), "A value may be of a type that the reader does not take."),
    BreakRule("schema.required-missing", ("required",), "A member that the reader requires may be missing."),
    BreakRule("schema.enum-extended", ("enum",), "A value may be none of those that the reader enumerates."),
    BreakRule("schema.const-changed", ("const",), "A value may differ from the one that the reader expects."),
    BreakRule(
        "schema.range-widened",
        ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
        "A number may lie outside the reader's range.",
    ),
    BreakRule("schema.step-changed", ("multipleOf",), "A number may be no multiple of what the reader expects."),
    BreakRule(
        "schema.length-widened", ("minLength", "maxLength"), "A text may be shorter or longer than the reader takes."
    ),
    BreakRule("schema.pattern-widened", ("pattern",), "A text may not match the reader's pattern."),
    BreakRule(
        "schema.count-widened", ("minItems", "maxItems"), "A list may be shorter or longer than the reader takes."
    ),
    BreakRule(
        "schema.duplicates-allowed", ("uniqueItems",), "A list may hold equal items where the reader takes none."
    ),
    BreakRule(
        "schema.item-refused",
        ("items", "prefixItems", "additionalItems", "unevaluatedItems"),
        "A list may hold an item where the reader takes none.",
    ),
    BreakRule(
        "schema.contained-item-missing",
        ("contains", "minContains", "maxContains"),
        "A list may hold too few, or too many, of the items that the reader counts.",
    ),
    BreakRule(
        "schema.additional-refused",
        ("additionalProperties", "unevaluatedProperties"),
        "A member may be there that the reader refuses.",
    ),
    BreakRule(
        "schema.member-refused",
        ("false", "properties", "patternProperties"),
        "A value may be there where the reader takes none.",
    ),
    BreakRule("schema.name-refused", ("propertyNames",), "A member may have a name that the reader refuses."),
    BreakRule(
        "schema.member-count-widened",
        ("minProperties", "maxProperties"),
        "An object may have fewer or more members than the reader takes.",
    ),
    BreakRule(
        "schema.dependency-unmet",
        ("dependencies", "dependentRequired", "dependentSchemas"),
        "A member may be there without what the reader requires beside it.",
    ),
    BreakRule("schema.no-alternative", ("anyOf",), "A value may fit none of the reader's alternatives."),
    BreakRule(
        "schema.not-exactly-one",
        ("oneOf",),
        "A value may fit none, or several, of the reader's exclusive alternatives.",
    ),
    BreakRule("schema.forbidden", ("not",), "A value may be one that the reader forbids."),
    BreakRule("schema.rejected", (), "A document may be one that the reader rejects."),
)

_BY_KEYWORD = {word: rule for rule in RULES for word in rule.keywords}


def rule_for(keyword: str) -> BreakRule:
    """The kind of break that a rejection by this keyword is."""
    return _BY_KEYWORD.get(keyword, RULES[-1])
