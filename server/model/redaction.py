"""Text of foreign files and programs as it may be shown: no secret in it, one line, short.

Everything that discovery shows goes through here (REG-4), the names of files too. What is hidden is hidden by three
signs: the form of a known kind of key, a name before it that says it is nobody's business, or the looks of chance.
Hiding too much costs a word in a line of evidence; showing too much costs a secret.
"""

import math
import re
from collections import Counter
from functools import lru_cache
from itertools import pairwise
from typing import Any

HIDDEN = "[redacted]"
LONGEST = 200
"""Characters of a shown line."""
_LOOKED_AT = 4_000
"""Characters of a line that are looked at; what follows is left out unread."""

_PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}(?:PRIVATE KEY|PGP MESSAGE)[A-Z ]{0,20}-----.*?(?:-----END [^-]{0,60}-----|\Z)",
    re.DOTALL,
)
_FORMS = (
    ("AKIA ASIA ABIA ACCA AROA AIDA", r"\b(?:AKIA|ASIA|ABIA|ACCA|AROA|AIDA)[A-Z0-9]{12,}"),  # AWS
    ("ghp_ gho_ ghu_ ghs_ ghr_", r"\bgh[pousr]_[A-Za-z0-9]{10,}"),  # GitHub
    ("github_pat_", r"\bgithub_pat_[A-Za-z0-9_]{10,}"),
    (
        "glpat- gldt- glrt- glcbt- glptt- glagent- glsoat-",  # GitLab
        r"\bgl(?:pat|dt|rt|cbt|ptt|agent|soat)-[A-Za-z0-9_.-]{10,}",
    ),
    ("xox", r"\bxox[a-z]{1,2}[-.][A-Za-z0-9.-]{8,}"),  # Slack
    ("xapp-", r"\bxapp-[A-Za-z0-9-]{8,}"),
    ("hooks.slack.com", r"\bhooks\.slack\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]+"),
    ("discord", r"\bdiscord(?:app)?\.com/api/webhooks/[A-Za-z0-9/_-]+"),
    ("sk-", r"\bsk-[A-Za-z0-9_-]{12,}"),  # OpenAI, Anthropic
    ("sk_ rk_", r"\b[sr]k_(?:live|test)_[A-Za-z0-9]{8,}"),  # Stripe
    ("whsec_", r"\bwhsec_[A-Za-z0-9+/=]{8,}"),
    ("AIza", r"\bAIza[A-Za-z0-9_-]{20,}"),  # Google
    ("ya29.", r"\bya29\.[A-Za-z0-9_.-]{10,}"),
    ("GOCSPX-", r"\bGOCSPX-[A-Za-z0-9_-]{10,}"),
    ("npm_", r"\bnpm_[A-Za-z0-9]{10,}"),
    ("pypi-", r"\bpypi-[A-Za-z0-9_-]{10,}"),
    ("dckr_pat_", r"\bdckr_pat_[A-Za-z0-9_-]{10,}"),
    ("hf_", r"\bhf_[A-Za-z0-9]{10,}"),
    ("dapi", r"\bdapi[a-f0-9]{16,}"),
    ("hvs. hvb. hvr.", r"\bhv[sbr]\.[A-Za-z0-9_-]{10,}"),
    ("dop_v1_", r"\bdop_v1_[a-f0-9]{16,}"),
    ("SG.", r"\bSG\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}"),
    ("SK AC", r"\b(?:SK|AC)[0-9a-f]{32}\b"),
    ("key-", r"\bkey-[0-9a-f]{20,}"),
    ("AGE-SECRET-KEY-", r"\bAGE-SECRET-KEY-[A-Z0-9]{10,}"),
    ("shpat_ shpss_ shpca_ shppa_", r"\bshp(?:at|ss|ca|pa)_[A-Fa-f0-9]{16,}"),
    ("lin_api_", r"\blin_api_[A-Za-z0-9]{10,}"),
    ("PMAK-", r"\bPMAK-[A-Za-z0-9-]{10,}"),
    ("glsa_", r"\bglsa_[A-Za-z0-9_]{10,}"),
    ("nrak- nrii-", r"\bnr(?:ak|ii)-[A-Za-z0-9]{10,}"),
    ("ATATT", r"\bATATT[A-Za-z0-9_=-]{10,}"),
    ("EAA", r"\bEAA[A-Za-z0-9]{20,}"),
    ("gsk_", r"\bgsk_[A-Za-z0-9]{10,}"),
    ("r8_", r"\br8_[A-Za-z0-9]{10,}"),
    ("xai-", r"\bxai-[A-Za-z0-9]{10,}"),
    ("pplx-", r"\bpplx-[A-Za-z0-9]{10,}"),
    ("secret_", r"\bsecret_[A-Za-z0-9]{20,}"),
    ("ntn_", r"\bntn_[A-Za-z0-9]{20,}"),
    ("tskey-", r"\btskey-[A-Za-z0-9-]{10,}"),
    ("sq0", r"\bsq0[a-z]{3}-[A-Za-z0-9_-]{10,}"),
    (":AA", r"\b[0-9]{6,12}:AA[A-Za-z0-9_-]{20,}"),  # Telegram
    ("eyJ", r"\beyJ[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*){0,4}"),  # a JSON web token
    ("$2a$ $2b$ $2y$", r"\$2[aby]\$[0-9]{2}\$[./A-Za-z0-9]{10,}"),  # a password's hash
    ("$1$ $5$ $6$ $y$ $argon2", r"\$(?:1|5|6|y|argon2id?)\$[^\s\"']{8,}"),
)
"""Keys of known kinds: what stands in each of its forms, and the form."""
_STARTS = {start: place for place, (starts, _) in enumerate(_FORMS) for start in starts.split()}
_IN_URL = re.compile(r"(?P<scheme>\b[A-Za-z][A-Za-z0-9+.-]{0,30}://)[^\s/?#\"'<>]*@")
"""Everything up to the last `@` of an authority: a password may hold one itself."""
_IN_URL_WITH_MARKS = re.compile(r"(?P<scheme>\b[A-Za-z][A-Za-z0-9+.-]{0,30}://)[^\s:/@\"'<>]*:[^\s\"'<>]*@")
"""A password with `/`, `?` or `#` in it, which should have been escaped."""
_AUTHORITY = re.compile(
    r"(?P<scheme>\b(?!(?:abfss?|wasbs?)://[^\s:/@]*@)[A-Za-z][A-Za-z0-9+.-]{0,30}://)"
    r"(?:[^\s/?#\"'<>]*@|[^\s:/@\"'<>]*:(?![0-9]{1,5}(?:[/?#]|$))[^\s\"'<>]*@)"
)
"""What stands before the last `@` of an authority; where a storage account's container stands there, it is no user."""
_ORACLE = re.compile(r"(?P<scheme>\bjdbc:oracle:[a-z0-9]{1,10}:)[^\s@]+@", re.IGNORECASE)
_BEHIND_ADDRESS = re.compile(
    r"(?P<address>\b(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{0,30})://[^\s?#\"'<>]*)(?P<rest>[?#][^\s\"'<>]*)"
)
_PART_BEHIND = re.compile(r"(?P<mark>[?#&;])(?P<part>[^?#&;]*)")
_PLACES = frozenset(
    "api-version catalog collection database databasename database_name dataset db dialect entity format keyspace object "
    "project queue region resource role schema sslmode stream table tenant timezone topic type version view warehouse".split()
)
"""Members of an address's query that say which thing is meant."""
_PLACE = re.compile(r"[\w.:/*{}$ %+,-]{0,80}")
_SAID_TO_BE_SECRET = re.compile(
    r"(?P<before>^|[\s;&?,\"'({\[])(?P<name>[A-Za-z0-9_.-]{0,60}(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|access[_-]?key|"
    r"account[_-]?key|private[_-]?key|signature|credentials?|\bsig)[A-Za-z0-9_.-]{0,40})=(?!\[redacted\]|=|[\s;&,\"')}\]]|$)"
    r"(?P<value>[^\s;&,\"')}\]]+)",
    re.IGNORECASE,
)
_BEARS = re.compile(r"\b(?P<name>Bearer |[Aa]uthorization: ?[A-Za-z]{3,10} )(?!\[redacted\])[A-Za-z0-9+/=._~-]{8,}")
_SECRET_NAME = (
    r"[A-Za-z0-9_.-]{0,60}(?:passw(?:or)?d|passwd|passphrase|pass_?code|pwd|secret|token|api[_-]?key|apikey|access[_-]?key|"
    r"account[_-]?key|private[_-]?key|encryption[_-]?key|signing[_-]?key|shared[_-]?key|master[_-]?key|auth[_-]?key|"
    r"credentials?|cookie|session[_-]?id|authorization|bearer|signature|salt|dsn|webhook|client[_-]?id)[A-Za-z0-9_.-]{0,40}"
)
_SECRET_WORDS = (
    "pass pwd secret token key credential cookie session auth bearer signature salt dsn webhook client".split()
)
"""Parts of the names that say a value is nobody's business."""
_GIVEN = re.compile(r"[a-z0-9_.-]{0,200}[\"']?\s*[:=]", re.IGNORECASE)
"""How such a name goes on after that part to its value."""
_QUOTED_OR_WORD = r"(?:\"(?:[^\"\\\n]|\\.)*\"?|'(?:[^'\\\n]|\\.)*'?|[^\s\"',;&|)}\]]+)"
_HEADER = re.compile(
    r"(?P<name>(?:proxy-)?authorization|x-[a-z-]*(?:key|token|auth|secret)[a-z-]*|api-key|(?:set-)?cookie)"
    r"(?P<mark>[\"']?\s*[:=]\s*[\"']?)[^\"'\n]+",
    re.IGNORECASE,
)
_BEARER = re.compile(
    r"\b(?P<name>bearer|basic|digest|token)(?P<mark>\s+)(?!is\b|for\b|of\b|and\b|or\b|auth)[A-Za-z0-9+/=._~-]{8,}",
    re.IGNORECASE,
)
_NAMED = re.compile(
    rf"(?P<name>\b{_SECRET_NAME})(?P<mark>[\"']?\s{{0,3}}(?::=|=>|=|:)\s{{0,3}})(?!\[redacted\]){_QUOTED_OR_WORD}",
    re.IGNORECASE,
)
_FLAG = re.compile(
    rf"(?P<name>(?<![\w-])--?{_SECRET_NAME}|(?<![\w-])--?(?:auth|key|pass|pat|pw))"
    rf"(?P<mark>[ =]\s{{0,3}})(?!\[redacted\]|-){_QUOTED_OR_WORD}",
    re.IGNORECASE,
)
_USER_FLAG = re.compile(
    rf"(?P<name>(?<![\w-])(?:-u|--user|--proxy-user))(?P<mark>[ =]?)(?=[^\s:]{{1,80}}:){_QUOTED_OR_WORD}"
)
_CLIENT_PASSWORD = re.compile(
    rf"(?P<name>\b(?:mysql|mysqldump|mariadb|mysqladmin|sshpass|redis-cli|mongo|mongosh|mongodump|sqlcmd)\b"
    rf"[^\n|;]{{0,200}}?\s-[paP]) ?(?!\[redacted\]|-){_QUOTED_OR_WORD}"
)
_ASSIGNED = re.compile(
    rf"(?P<name>(?<![\w$.{{/-])[A-Z][A-Z0-9_]{{1,60}})(?P<mark>=)(?!\[redacted\]|=){_QUOTED_OR_WORD}"
)
_OPEN_VARIABLES = frozenset(
    "PATH SHELL HOME LANG LC_ALL PYTHONPATH PYTHONUNBUFFERED TZ CRON_TZ MAILTO USER LOGNAME DISPLAY TERM NODE_ENV".split()
)
_PLAIN_VALUE = re.compile(
    r"[\"']?(?:[~.]{0,2}/[^\s\"']*|[0-9]{1,5}|true|false|yes|no|\$\{?[A-Za-z_][A-Za-z0-9_]*\}?[^\s\"']*)?[\"']?"
)
_RUN = re.compile(r"[A-Za-z0-9+_=-]{20,}")
_LONG_RUN = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{36,}={0,2}(?![A-Za-z0-9+/=])")
_HEX = re.compile(r"(?<![A-Za-z0-9])[0-9a-fA-F]{32,}(?![A-Za-z0-9])")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\U000e0000-\U000e007f]+")
"""Takes no room: it may stand within a key, or hide a text from people that a machine reads."""


@lru_cache(maxsize=32_768)
def redacted(text: str) -> str:
    """The text without anything that looks like a secret; `[redacted]` stands in its place.

    Hiding twice changes nothing more.
    """
    for _ in range(4):
        again = _hidden_once(text)
        if again == text:
            break
        text = again
    return text


@lru_cache(maxsize=32_768)
def without_credentials(text: str, hidden: str = HIDDEN) -> str:
    """The name, address or sentence without what is a secret by its place in an address or by its form.

    Of an address go the user, what its query and fragment say beyond which thing is meant, and keys of known kinds;
    `hidden` stands in their place, and where it is empty the rest still is an address. What only looks drawn by chance
    stays: it may be all that tells two things apart.
    """
    if "-----BEGIN" in text:
        text = _PRIVATE_KEY.sub(hidden, text)
    # most names and addresses hold none of the marks, and are looked through for those alone
    if "@" in text:
        before = f"{hidden}@" if hidden else ""
        text = _AUTHORITY.sub(lambda match: f"{match['scheme']}{before}", text)
        text = _ORACLE.sub(lambda match: f"{match['scheme']}{hidden}@", text)
    if "://" in text and ("?" in text or "#" in text):
        text = _BEHIND_ADDRESS.sub(lambda match: match["address"] + _behind(match, hidden), text)
    if (forms := _forms_in(text)) is not None:
        text = forms.sub(lambda match: hidden if _is_no_word(match[0]) else match[0], text)
    if "=" in text:
        text = _SAID_TO_BE_SECRET.sub(
            lambda match: f"{match['before']}{match['name']}={hidden}" if hidden else match["before"].rstrip(";&?"),
            text,
        )
    if "Bearer " in text or "uthorization:" in text:
        text = _BEARS.sub(lambda match: f"{match['name']}{hidden}", text)
    return text


@lru_cache(maxsize=32_768)
def shown(text: str, longest: int = LONGEST) -> str:
    """The text as a line that may be shown: without secrets and control characters, at most so many characters long."""
    if len(text) > _LOOKED_AT:
        # What is cut in the middle is no longer told by its form: the piece goes altogether.
        text = text[:_LOOKED_AT].rpartition(" ")[0]
    line = " ".join(_CONTROL.sub(" ", _INVISIBLE.sub("", redacted(text))).split())
    # Taking characters out may have joined the pieces of a key.
    line = redacted(line)
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


@lru_cache(maxsize=32_768)
def shown_name(text: str, longest: int = LONGEST) -> str:
    """An id or the name of a resource as it may be shown: within a line, cut, without what is a secret by its place or form.

    What only looks drawn by chance stays, as in `without_credentials`.
    """
    plain = _CONTROL.sub(" ", _INVISIBLE.sub("", text[:_LOOKED_AT])).strip()
    line = without_credentials(plain)
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def without_secrets(value: Any) -> Any:
    """The JSON value with every text in it as it may be shown, keys included, at any depth."""
    if isinstance(value, str):
        return redacted(_CONTROL.sub(" ", _INVISIBLE.sub("", value)))
    if isinstance(value, dict):
        return {redacted(str(key)): without_secrets(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [without_secrets(entry) for entry in value]
    return value


def looks_random(text: str) -> bool:
    """Whether the characters look drawn by chance: they change between capitals, small letters and digits all the time.

    Words that are joined change where they meet; so a path's `/` and what stands between two words count for nothing.
    """
    if len(text) < 16 or sum(map(str.isdigit, text)) < 2:
        return False
    kinds = [_kind(character) for character in text]
    pairs = [pair for pair in pairwise(kinds) if "mark" not in pair]
    changes = sum(one != other for one, other in pairs) / max(1, len(pairs))
    return changes >= (0.36 if "mark" in kinds else 0.28) and _entropy(text) >= 3.2


def _hidden_once(text: str) -> str:
    # Most texts are paths and plain words: what can't be in them is not looked for.
    if "-----BEGIN" in text:
        text = _PRIVATE_KEY.sub(HIDDEN, text)
    if (forms := _forms_in(text)) is not None:
        text = forms.sub(HIDDEN, text)
    if "://" in text:
        text = _IN_URL.sub(_after_scheme, _IN_URL_WITH_MARKS.sub(_after_scheme, text))
    if ":" in text or "=" in text:
        if _names_a_secret(text):
            text = _NAMED.sub(_after_name, _HEADER.sub(_after_name, text))
        text = _ASSIGNED.sub(_assigned, text)
    text = _BEARER.sub(_borne, text)
    if "-" in text:
        text = _USER_FLAG.sub(_after_name, _FLAG.sub(_after_name, text))
        text = _CLIENT_PASSWORD.sub(lambda match: f"{match['name']} {HIDDEN}", text)
    text = _HEX.sub(HIDDEN, text)
    text = _LONG_RUN.sub(lambda match: HIDDEN if looks_random(match[0]) else match[0], text)
    return _RUN.sub(_by_looks, text)


def _names_a_secret(text: str) -> bool:
    """Whether a value may stand in it after a name that says it is nobody's business."""
    low = text.lower()
    for word in _SECRET_WORDS:
        place = low.find(word)
        while place >= 0:
            if len(low) != len(text) or _GIVEN.match(text, place + len(word)) is not None:
                return True
            place = low.find(word, place + 1)
    return False


def _forms_in(text: str) -> "re.Pattern[str] | None":
    """Any of the forms that the text may hold, by what stands in them; none in most texts."""
    places = {place for start, place in _STARTS.items() if start in text}
    return _any_form(tuple(sorted(places))) if places else None


@lru_cache(maxsize=512)
def _any_form(places: tuple[int, ...]) -> "re.Pattern[str]":
    return re.compile("|".join(_FORMS[place][1] for place in places))


def _behind(match: "re.Match[str]", hidden: str) -> str:
    """The query and fragment of an address with nothing in them but what says which thing is meant."""
    fetched = match["scheme"].lower() in ("http", "https", "ws", "wss")
    kept = ""
    for found in _PART_BEHIND.finditer(match["rest"]):
        mark, part = found["mark"], found["part"]
        name, assigned, value = part.partition("=")
        if not assigned:
            # of a table's address the fragment is the table, and of a glob the question mark a letter
            stays = not part or mark == "#" or not fetched
        else:
            stays = value in ("", HIDDEN) or (name.lower() in _PLACES and _PLACE.fullmatch(value) is not None)
        if stays:
            kept += (mark if kept or mark in "?#" else "?") + part
        elif hidden:
            kept += mark + (f"{name}={hidden}" if assigned else hidden)
    return kept


def _is_no_word(text: str) -> bool:
    """Whether a key's form is no name that people gave: such as `hf_transactions`, in which all letters are small."""
    return (
        any(map(str.isdigit, text)) or (text.lower() != text and text.upper() != text) or "://" in text or "/" in text
    )


def _after_scheme(match: "re.Match[str]") -> str:
    return f"{match['scheme']}{HIDDEN}@" if match[0] != f"{match['scheme']}{HIDDEN}@" else match[0]


def _after_name(match: "re.Match[str]") -> str:
    rest = match[0][len(match["name"]) + len(match["mark"]) :]
    if HIDDEN in rest and rest.strip("\"' ") == HIDDEN:
        return match[0]
    if re.fullmatch(r"[\"']?\$\{?\{?[^\"'\s]*\}?\}?[\"']?", rest):
        return match[0]  # a variable's name is no secret
    return f"{match['name']}{match['mark']}{HIDDEN}"


def _borne(match: "re.Match[str]") -> str:
    """What stands after `Bearer` is a secret; after `token`, which people write of, only what is no word."""
    word = match[0][len(match["name"]) + len(match["mark"]) :].rstrip(".")
    if match["name"].lower() != "bearer" and word.isalpha() and word[1:].islower():
        return match[0]
    return _after_name(match)


def _assigned(match: "re.Match[str]") -> str:
    value = match[0][len(match["name"]) + 1 :]
    if match["name"] in _OPEN_VARIABLES or _PLAIN_VALUE.fullmatch(value) or value.strip("\"'") == HIDDEN:
        return match[0]
    return f"{match['name']}={HIDDEN}"


def _by_looks(match: "re.Match[str]") -> str:
    pieces = re.split(r"[-_=+]", match[0])
    if any(looks_random(piece) for piece in pieces) or (looks_random(match[0]) and len(max(pieces, key=len)) >= 10):
        return HIDDEN
    return match[0]


def _kind(character: str) -> str:
    if character.isdigit():
        return "digit"
    return "upper" if character.isupper() else "lower" if character.islower() else "mark"


def _entropy(text: str) -> float:
    length = len(text)
    return -sum(count / length * math.log2(count / length) for count in Counter(text).values())
