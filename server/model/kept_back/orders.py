"""Orders to whoever reads, and prompts: what tells a reader what to do, instead of telling what was done.

Every sign has a weight; two points make a text a prompt or an instruction, and it is withheld as a whole. A strong sign is a
phrase that engineers don't write of their work; a weak one may stand in honest texts, but hardly beside others.
"""

from server.model.kept_back.instructions import INSTRUCTIONS
from server.model.kept_back.languages import IN_OTHER_LANGUAGES
from server.model.kept_back.prompts import PROMPTS
from server.model.kept_back.readers import TO_READERS
from server.model.kept_back.signs import INSTRUCTION, PROMPT, Sign
from server.model.kept_back.tasks import TASKS

ENOUGH = 2
_SIGNS = (*INSTRUCTIONS, *TO_READERS, *IN_OTHER_LANGUAGES, *PROMPTS, *TASKS)
_BY_NEEDLE: dict[str, list[Sign]] = {}
for _one in _SIGNS:
    for _needle in _one.needles:
        _BY_NEEDLE.setdefault(_needle, []).append(_one)
_PLAIN = tuple(needle for needle in _BY_NEEDLE if needle.isascii())
_NEEDLES = tuple(_BY_NEEDLE)
_TURNED = ("instruction", "prompt", "you must", "you are", "previous")
"""One of them stands in what is sought in texts that were turned round."""


def orders(low: str) -> tuple[str, ...]:
    """Kinds of what the folded text orders its reader to do; empty where it only tells."""
    needles = [needle for needle in (_PLAIN if low.isascii() else _NEEDLES) if needle in low]
    if not needles:
        return ()
    points = {INSTRUCTION: 0, PROMPT: 0}
    for one in dict.fromkeys(sign for needle in needles for sign in _BY_NEEDLE[needle]):
        if one.stands_in(low):
            points[one.kind] += one.weight
    found = tuple(kind for kind, weight in points.items() if weight >= ENOUGH)
    # weak signs of both kinds together
    return found or ((PROMPT,) if sum(points.values()) > ENOUGH else ())


def turned(low: str) -> bool:
    """Whether the text that was turned round orders something."""
    return any(map(low.__contains__, _TURNED)) and bool(orders(low))
