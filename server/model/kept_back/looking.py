"""A text looked through for all that is nobody else's, once: prompts and orders, traces, logs, states, thresholds, secrets."""

import re

from server.model.kept_back.conversations import conversations, states
from server.model.kept_back.disguises import backwards, folded, hidden, readings
from server.model.kept_back.figures import figures
from server.model.kept_back.logs import logs
from server.model.kept_back.orders import orders, turned
from server.model.kept_back.signs import INSTRUCTION
from server.model.kept_back.spans import OMITTED, widened, without
from server.model.kept_back.told_secrets import told_secrets
from server.model.kept_back.traces import traces
from server.model.redaction import HIDDEN, shown

_LOOKED_AT = 2_000
"""Characters of a text that are looked at; what follows is left out unread."""
_SPARE = 400
"""Characters beyond those that cross in which secrets are still looked for, so that none is cut in two."""
_UNSEEN = re.compile(
    r"[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]+"
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_COMMENT = re.compile(r"<!--.{0,4000}?(?:-->|\Z)", re.DOTALL)
_LOADED = re.compile(
    r"!\[[^\]\n]{0,200}\]\([^)\n]{0,500}\)?|\[[^\]\n]{0,200}\]\(\s{0,3}(?:javascript|data|vbscript):[^)\n]{0,500}\)?|"
    r"<img\b[^>]{0,500}>?",
    re.IGNORECASE,
)
"""What a reader's program would fetch or run when it shows the text."""
_NOTHING = re.compile(r"[\W_]*")


def looked_through(text: str, longest: int) -> tuple[str, set[str]]:
    """What is left of the text, and the kinds of what was taken out. What is left may hold something again."""
    raw = text[:_LOOKED_AT]
    plain = _plain(raw)
    told = _orders_in(plain, raw)
    if told:
        return "", set(told)
    kinds: set[str] = set()
    line = _legitimate(plain, kinds)
    line = line if len(line) <= longest + _SPARE else line[: longest + _SPARE].rpartition(" ")[0]
    cleaned = shown(line, longest)
    if cleaned.count(HIDDEN) > text.count(HIDDEN):
        kinds.add("secret")
    if _NOTHING.fullmatch(cleaned.replace(HIDDEN, "")) and (kinds or OMITTED in cleaned):
        return "", kinds
    return cleaned, kinds


def ordered(text: str) -> bool:
    """Whether the text is recognisably a prompt, or an instruction to whoever reads it."""
    return bool(_orders_in(_plain(text[:_LOOKED_AT]), text[:_LOOKED_AT]))


def _plain(raw: str) -> str:
    """The text without signs that no one sees; lines stay lines."""
    if raw.isascii() and raw.isprintable():
        return raw
    return _CONTROL.sub(" ", _UNSEEN.sub("", raw.replace("\r\n", "\n").replace("\r", "\n")))


def _orders_in(plain: str, raw: str) -> tuple[str, ...]:
    """Kinds of what the text orders, in whatever disguise."""
    low = folded(plain)
    found = orders(low)
    if found:
        return found
    if hidden(raw):
        return (INSTRUCTION,)
    if any(orders(reading) for reading in readings(plain, low)) or any(map(turned, backwards(low))):
        return (INSTRUCTION,)
    return ()


def _legitimate(text: str, kinds: set[str]) -> str:
    """The text without the parts that are somebody's own."""
    if "<!--" in text:
        text = _taken(_COMMENT, text, "hidden", kinds)
    if "](" in text or "<img" in text:
        text = _taken(_LOADED, text, "link", kinds)
    low = text.lower()
    spans = traces(text) + logs(text) + conversations(text, low) + states(text, low)
    if spans:
        kinds.update(span.kind for span in spans)
        text = without(text, widened(text, spans))
        low = text.lower()
    told = figures(text, low)
    if told != text:
        kinds.add("threshold")
    return told_secrets(told, low)


def _taken(pattern: "re.Pattern[str]", text: str, kind: str, kinds: set[str]) -> str:
    less = pattern.sub(f" {OMITTED} ", text)
    if less != text:
        kinds.add(kind)
    return less
