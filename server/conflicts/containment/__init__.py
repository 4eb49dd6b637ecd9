"""Is every document that is valid for one JSON Schema valid for another one, too?"""

from server.conflicts.containment.breaks import RULES, BreakRule
from server.conflicts.containment.budget import DEFAULT, Budget, budget_of
from server.conflicts.containment.decision import Decision, Verdict
from server.conflicts.containment.dialect import Schema
from server.conflicts.containment.engine import accepts_nothing, decide, emptiness
from server.conflicts.containment.looks import Looks, plainly_inside
from server.conflicts.containment.shape import ShapeError, find_shape_error
from server.conflicts.containment.validation import Rejection, confirm, rejection

__all__ = [
    "DEFAULT",
    "RULES",
    "BreakRule",
    "Budget",
    "Decision",
    "Looks",
    "Rejection",
    "Schema",
    "ShapeError",
    "Verdict",
    "accepts_nothing",
    "budget_of",
    "confirm",
    "decide",
    "emptiness",
    "find_shape_error",
    "plainly_inside",
    "rejection",
]
