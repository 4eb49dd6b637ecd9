"""The surface as values: what a tool, a resource and a prompt are, and how arguments are read and answers are written.

Nothing here knows the protocol: a definition can be listed, documented, filtered and tested without a running server.
"""

from server.surface.answer import Answer, Next, decode_cursor, encode_cursor
from server.surface.arguments import (
    Arguments,
    Cursor,
    ExpectedVersion,
    IdempotencyKey,
    JsonText,
    Lift,
    Limit,
    Member,
    Members,
    Shape,
    argument,
    array,
    boolean,
    integer,
    number,
    obj,
    string,
)
from server.surface.call import Call
from server.surface.catalogue import Catalogue, Selection
from server.surface.prompt import Prompt, PromptArgument, block, fill, inline
from server.surface.resource import Record, ResourceTemplate, StaticResource
from server.surface.tool import Tool

__all__ = [
    "Answer",
    "Arguments",
    "Call",
    "Catalogue",
    "Cursor",
    "ExpectedVersion",
    "IdempotencyKey",
    "JsonText",
    "Lift",
    "Limit",
    "Member",
    "Members",
    "Next",
    "Prompt",
    "PromptArgument",
    "Record",
    "ResourceTemplate",
    "Selection",
    "Shape",
    "StaticResource",
    "Tool",
    "argument",
    "array",
    "block",
    "boolean",
    "decode_cursor",
    "encode_cursor",
    "fill",
    "inline",
    "integer",
    "number",
    "obj",
    "string",
]
