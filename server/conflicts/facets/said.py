"""What a schema says of values without holding them to it: `format` and `content…` (JSON Schema, validation, sections 7 and 8).

No document proves a break there, and a reader that counts on it may still fail: a person has to look (CON-10).
"""

from server.conflicts.schemas import Schema

MOST_NAMED = 5


def said_otherwise(before: Schema | None, after: Schema, reads: Schema) -> str:
    """What the writer comes to say otherwise of values that the reader reads, in a sentence; empty where there is nothing.

    All three speak of the same thing. Without `before` everything counts that the reader expects and the writer won't say.
    """
    from server.conflicts.containment.annotations import missing_annotations, new_encodings  # as heavy as the engine

    gone = missing_annotations(after, reads)
    if gone and before is not None:
        gone -= missing_annotations(before, reads)
    new = set() if before is None else new_encodings(before, after, reads)
    if not gone and not new:
        return ""
    named = [_told(one, "no longer") for one in sorted(gone)] + [_told(one, "now") for one in sorted(new)]
    more = f" and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return (
        f"Values that are read are said to be something else: {', '.join(named[:MOST_NAMED])}{more}. "
        "No document is rejected for that, so it is neither proved safe nor broken."
    )


def _told(annotation: tuple[str, str, str], since: str) -> str:
    place, word, value = annotation
    return f"{since} {word} {value!r} at {place or 'the whole document'}"
