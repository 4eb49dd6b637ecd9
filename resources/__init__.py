"""The resources: records of the registry and of checks, graphs, schemas, and the source's documents."""

from resources import documents, records, reruns, runs
from server.surface import ResourceTemplate, StaticResource

RESOURCES: tuple[StaticResource, ...] = documents.RESOURCES
TEMPLATES: tuple[ResourceTemplate, ...] = (
    *records.TEMPLATES,
    *reruns.TEMPLATES,
    *runs.TEMPLATES,
    *documents.TEMPLATES,
)
