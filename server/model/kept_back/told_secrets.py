"""Secrets that a sentence tells: the name of one, a word or two, and what only a secret looks like ("the password is …").

Plain words are none: a value has letters with digits, or with a mark that stands in no word. Names of algorithms, of versions
and issues, amounts with a unit, files, addresses and variables are none either.
"""

import re

from server.model.redaction import HIDDEN

_NAME = (
    r"(?:passwords?|passwd|passphrases?|pass[ _-]?codes?|pwd|(?<=[A-Za-z0-9][_-])pass|(?-i:\bPIN)|"
    r"(?:client |shared )?secrets?(?:[ _-](?:access[ _-])?key)?|tokens?|credentials?|"
    r"(?:api|access|account|auth|encryption|licen[sc]e|master|private|secret|service|shared|signing|ssh|stream)[ _-]?keys?|"
    r"(?-i:(?<=[A-Z0-9]_)(?:KEY|PW|AUTH)))(?:[_-][A-Za-z0-9]{1,20}){0,3}(?![A-Za-z0-9])[\"'`*]{0,2}"
)
_OF = (
    r"(?:\s{1,3}(?:for|of|on|at|in|that|which|we|they|you|i|use|used)\s{1,3}(?:the |our |my |your )?[\w@-](?:[\w.@-]{0,28}[\w@-])?"
    r"(?: (?!(?:is|was|to|as|are)\b)[\w-]{1,30})?)?"
)
_IS = (
    r"(?P<joined>\s{0,3}:\s{1,3}(?:set it to |use )|\s{1,3}(?:(?:it|now|still|currently|simply|just|always|is|was|are|were|be|"
    r"been|being|as|to|"
    r"has|should|must|will|can|changed|set|reset|rotated|updated|remains|stays|becomes|became|reads|equals|says|named|called|with|"
    r"follows|the|value|string|phrase)[:,]?\s{1,3}){0,5})"
)
_VALUE = r"[\"'`(*]{0,2}(?P<value>[^\s\"'`,;()\[\]{}<>]{4,120})"
_NAMED = re.compile(rf"{_NAME}{_OF}{_IS}{_VALUE}", re.IGNORECASE)
_AS_NAMED = re.compile(
    rf"\b(?:use|using|with|put|store|set|enter|type|paste|copy|take|add|provide|supply|give|pass|send)\s{{1,3}}"
    rf"(?:(?:the|this|that|key|value|string|code|word)\s{{1,3}}){{0,3}}{_VALUE}[\"'`)*]{{0,2}}\s{{1,3}}(?:as|into|in|"
    rf"when asked for|for)\s{{1,3}}"
    rf"(?:(?:the|your|our|my|an?|its)\s{{1,3}})?(?:[\w-]{{1,20}}[ _-]){{0,2}}?{_NAME}",
    re.IGNORECASE,
)
_NEEDLES = ("passw", "passp", "pass", "pwd", "secret", "token", "credential", "key", "_pw", "_auth", "pin ")
_SETS = re.compile(
    r"\b(?:set|sets|setting|chang\w{1,4}|reset\w{0,4}|updat\w{1,4}|rotat\w{1,4}|export|is|was|be|default\w{0,3})\b",
    re.I,
)
_MARK = re.compile(r"[!@#$%^&*+~?=]")
_KNOWN = re.compile(
    r"(?:sha|md|hs|rs|es|ps|aes|rsa|des|utf|ucs|base|oauth|openid|x|uuid|ed|curve|argon|pbkdf|ipv|http|tls|ssl|pkcs|rot|crc|rfc|iso|log|"
    r"latin|java|jdk|python|php|node|win|windows|krb|kerberos|ntlmv|smb|s|v|version|step|row|line|col|column|test|part|field|item|key|"
    r"token|user|group|p|blake|scrypt|bcrypt|cp|int|uint|float|char|varchar|amd|arm|"
    r"k)[-_. ]?v?[0-9]{1,6}[a-z]{0,6}(?:[-_./][a-z0-9]{1,12}){0,4}"
    r"|v?[0-9]{1,4}(?:\.[0-9x]{1,6}){1,4}(?:[-+.][a-z0-9.]{1,20})?"
    r"|[0-9]{1,9}[-_]?(?:ms|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|weeks?|months?|bits?|bytes?|k|kb|mb|gb|chars?|"
    r"characters?|digits?|letters?|times?|th|st|nd|rd|x|fold|way|legged|factor)"
    r"|[0-9t:.z+-]{6,40}"
    r"|[a-z]{2,12}-[0-9]{1,6}|[a-z0-9.+_-]{1,60}@[a-z0-9-]{1,60}\.[a-z.]{2,20}"
    r"|.{0,60}\.(?:json|ya?ml|toml|ini|cfg|conf|env|txt|xml|py|js|ts|java|go|rs|md|csv|pem|key|crt|p12|jks|properties|sh|html?|"
    r"com|org|net|io|local)",
    re.IGNORECASE,
)
"""What has letters and digits and is no secret."""
_VARIABLE = re.compile(
    r"[A-Z][A-Z0-9]{0,30}(?:_[A-Z0-9]{1,30}){1,8}|[a-z]{2,20}(?:_[a-z]{2,20}){1,6}_?[0-9]{0,3}|[$%~/.].{0,120}"
)


def told_secrets(text: str, low: str) -> str:
    """The text with a mark in place of secrets that a sentence tells."""
    if not any(map(low.__contains__, _NEEDLES)) or not (any(map(str.isdigit, text)) or _MARK.search(text)):
        return text
    return _AS_NAMED.sub(_hidden, _NAMED.sub(_hidden_behind, text))


def _hidden_behind(match: "re.Match[str]") -> str:
    words = match["joined"].replace(":", " ").lower().split()
    value = match["value"]
    if words and words[-1] in ("to", "with"):
        before = match.string[max(0, match.start() - 60) : match.start("value")]
        if _SETS.search(before) is None:
            return match[0]
    numeric = value.rstrip(".!?").isdigit() and words[-1:] in (["is"], ["was"], ["to"], ["be"])
    if numeric and match[0][:4].lower() in ("pass", "pin ") and not match.string[match.end() :].lstrip()[:3].isalpha():
        return _hidden(match, sure=True)
    if match[0].startswith("PIN") and numeric:
        return _hidden(match, sure=True)
    # right behind the name, words with a mark are no values
    return _hidden(match) if words or any(map(str.isdigit, value)) else match[0]


def _hidden(match: "re.Match[str]", sure: bool = False) -> str:
    value = match["value"]
    if not sure and not _is_secret(value):
        return match[0]
    start, end = match.start("value") - match.start(), match.end("value") - match.start()
    rest = value[len(value.rstrip(".:")) :]
    return f"{match[0][:start]}{HIDDEN}{rest}{match[0][end:]}"


def _is_secret(value: str) -> bool:
    """Whether no word, number or name of a thing looks like this."""
    value = value.strip("*_.:")
    bare = value.rstrip("!?")
    if len(value) < 6 or "://" in value or not any(map(str.isalpha, value)):
        return False
    if not any(map(str.isdigit, value)) and (_MARK.search(bare) is None or "=" in bare):
        return False
    return _KNOWN.fullmatch(bare) is None and _VARIABLE.fullmatch(bare) is None
