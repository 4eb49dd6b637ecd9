"""What a synthesis knows: the facts, and how they are gathered from what systems reported and from what was decided here."""
