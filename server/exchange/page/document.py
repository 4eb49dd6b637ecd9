"""The page as one text: the template with its style, its script and the data, nothing of which comes from elsewhere."""

import base64
import hashlib
import json
from functools import cache
from pathlib import Path
from string import Template

from server.model.base import JsonObject

FILE_NAME = "registry.html"
SCRIPTS = ("data.js", "draw.js", "details.js", "explore.js")
"""The parts of the page's one script, in their order."""
_FOLDER = Path(__file__).parent


def page_text(content: JsonObject, patterns: str = "") -> str:
    """The page with this content, in ASCII but for the template's own words; `patterns`: sections below the map, as HTML.

    Names are hostile data: as JSON without `<`, `>` and `&` they can't end the element that holds them, the script puts
    them into the page as text only, and the policy lets no script or style run but the two whose digests it names.
    """
    style = page_part("page.css")
    script = f'"use strict";\n{"".join(map(page_part, SCRIPTS))}'
    policy = (
        f"default-src 'none'; style-src {inline_digest(style)}; script-src {inline_digest(script)}; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )
    parts = {"policy": policy, "style": style, "script": script, "data": json_text(content), "patterns": patterns}
    return Template(page_part("page.html")).substitute(parts)


def json_text(content: JsonObject) -> str:
    """The JSON that means the same and can stand in an HTML element."""
    text = json.dumps(content, separators=(",", ":"), sort_keys=True)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


@cache
def page_part(name: str) -> str:
    """The text of a file beside this one."""
    return (_FOLDER / name).read_text(encoding="utf-8")


def inline_digest(text: str) -> str:
    """The name of an inline element's text in a Content Security Policy (CSP level 2)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"
