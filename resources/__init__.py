"""The resources: records of the registry, of checks and of shared knowledge, graphs, schemas, and the source's documents."""

from resources import documents, knowledge, records, reruns, runs
from server.surface import ResourceTemplate, StaticResource

RESOURCES: tuple[StaticResource, ...] = (*documents.RESOURCES, *knowledge.RESOURCES)
TEMPLATES: tuple[ResourceTemplate, ...] = (
    *records.TEMPLATES,
    *reruns.TEMPLATES,
    *runs.TEMPLATES,
    *knowledge.TEMPLATES,
    *documents.TEMPLATES,
)
