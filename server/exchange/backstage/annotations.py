"""Annotations under which a catalogue that was written here keeps what Backstage has no word for."""

SYSTEM_ID = "concord/system-id"
"""On a component: the id of its system."""
RESOURCE = "concord/resource"
"""On an API or resource: its name as a system writes it."""
TIER = "concord/tier"
"""On a component: the tier that its owner stated."""
