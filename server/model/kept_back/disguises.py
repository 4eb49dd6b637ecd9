"""A text as a machine may read it that looks through disguises: look-alike letters, letters set apart, encodings, hidden signs."""

import base64
import binascii
import codecs
import html
import re
import unicodedata
from urllib.parse import unquote

_TAGS = re.compile("[\U000e0020-\U000e007e]{2,}")
_LOOK_ALIKE = str.maketrans(
    "аеорсухіјѕԁһԛԝӏвкмнтАВЕКМНОРСТУХІЈЅοναερτικηυχωɑɡıℓΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
    "aeopcyxijsdhqwlbkmhtABEKMHOPCTYXIJSovaeptiknuxwagilABEZHIKMNOPTYX",
)
_MIXED = re.compile(r"(?<!\w)(?=\w{0,40}[A-Za-z])(?=\w{0,40}[\u0370-\u03ff\u0400-\u052f\u0251\u0261\u0131])\w+")
_APART = re.compile(r"(?:(?<!\w)\w(?:[ .\-_*|·]{1,3})){6,400}\w(?!\w)")
_WORD_OF_DIGITS = re.compile(r"(?<![a-z0-9@$])(?=[a-z]{0,40}[013457@$])[a-z013457@$]{4,40}")
_LEET_WORDS = 2
_LEET = str.maketrans("013457@$", "oleastas")
_LEET_I = str.maketrans("013457@$!", "oieastasi")
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{20,4000}={0,2}")
_HEX = re.compile(r"(?<![0-9A-Za-z])(?:0x)?(?:[0-9a-fA-F]{2}[ :]?){12,2000}(?![0-9A-Za-z])")
_ESCAPES = re.compile(r"\\u00?([0-9a-fA-F]{2,4})|\\x([0-9a-fA-F]{2})")
_BINARY = re.compile(r"(?:[01]{8}[ ]?){8,500}")


def folded(text: str) -> str:
    """Small letters without accents, wide and styled letters as plain ones."""
    return text.lower() if text.isascii() else without_accents(text.lower()).lower()


def without_accents(text: str) -> str:
    """The letters without what stands above, below and through them."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", text) if not unicodedata.combining(letter))


def hidden(text: str) -> str:
    """What signs say that no one sees; empty where there are none."""
    if text.isascii():
        return ""
    return "".join(chr(ord(letter) - 0xE0000) for run in _TAGS.findall(text) for letter in run)


def readings(text: str, low: str) -> list[str]:
    """What else the text may say, folded; empty for nearly all texts."""
    found = []
    if not text.isascii() and _MIXED.search(text):
        found.append(folded(_MIXED.sub(lambda match: match[0].translate(_LOOK_ALIKE), text)))
    if _APART.search(low):
        found.append(_APART.sub(_joined, low))
    if len(_WORD_OF_DIGITS.findall(low)) >= _LEET_WORDS:
        found.append(_WORD_OF_DIGITS.sub(lambda match: match[0].translate(_LEET), low))
        found.append(_WORD_OF_DIGITS.sub(lambda match: match[0].translate(_LEET_I), low))
    found += [folded(one) for one in _decoded(text)]
    return found


def backwards(low: str) -> tuple[str, str]:
    """The text turned by thirteen letters, and from its end: for the few patterns that are sought there."""
    return codecs.encode(low, "rot13"), low[::-1]


def _joined(match: "re.Match[str]") -> str:
    """Letters that stand apart as one word; where words were set further apart, as those words."""
    words = re.split(r" {2,}|[|·]", match[0])
    return " ".join(re.sub(r"[ .\-_*]", "", word) for word in words)


def _decoded(text: str) -> list[str]:
    found = []
    if "&#" in text or "&lt;" in text:
        found.append(html.unescape(text))
    if text.count("%") >= 3:
        found.append(unquote(text))
    if "\\u" in text or "\\x" in text:
        found.append(_ESCAPES.sub(lambda match: chr(int(match[1] or match[2], 16)), text))
    for run in _BASE64.findall(text):
        if (plain := _from_base64(run)) is not None:
            found.append(plain)
    for match in _HEX.finditer(text):
        digits = re.sub(r"[ :]|^0x", "", match[0])
        plain = _readable(bytes.fromhex(digits[: len(digits) // 2 * 2]))
        if plain is not None:
            found.append(plain)
    for match in _BINARY.finditer(text):
        plain = _readable(bytes(int(one, 2) for one in re.findall(r"[01]{8}", match[0])))
        if plain is not None:
            found.append(plain)
    return found


def _from_base64(run: str) -> str | None:
    plain = run.rstrip("=").replace("-", "+").replace("_", "/")
    plain = plain[: len(plain) - (len(plain) % 4 == 1)]
    try:
        return _readable(base64.b64decode(plain + "=" * (-len(plain) % 4)))
    except (binascii.Error, ValueError):
        return None


def _readable(raw: bytes) -> str | None:
    """The text of the bytes, where it is one that people write."""
    text = raw.decode("utf-8", errors="replace")
    letters = sum(one.isalpha() or one in " .,:;!?'\"-_/\n" for one in text)
    return text if text and letters >= 0.9 * len(text) else None
