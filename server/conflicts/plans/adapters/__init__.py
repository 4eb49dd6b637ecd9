"""Adapters: what makes of a document of the new form one that a reader of the old form accepts, found and proved."""

from server.conflicts.plans.adapters.adapt import adapt
from server.conflicts.plans.adapters.image import Image, is_bound_to_place
from server.conflicts.plans.adapters.places import Places
from server.conflicts.plans.adapters.search import Search, Wanted, find_adapter

__all__ = ["Image", "Places", "Search", "Wanted", "adapt", "find_adapter", "is_bound_to_place"]
