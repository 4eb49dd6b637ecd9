"""Figures that a system tuned for itself: thresholds, weights, what a model runs with. What a fix brought is none.

A figure is withheld where the word for a threshold stands right before it, joined by a mark or a small word, and where a
name of a model's setting has it as its value; so are rows of four fractions and more. Figures of errors, weeks, days,
percentages of improvement and durations stay, unless such a word stands before them.
"""

import re

from server.model.kept_back.spans import OMITTED

_FIGURE = (
    r"[-+~≈]?(?:[0-9]{1,12}(?:[.,][0-9]{1,12}){0,6}|\.[0-9]{1,12})(?:[eE][-+]?[0-9]{1,3})?%?(?![\w-]{0,40}[A-Za-z_/])"
)
_WORD = (
    r"[\w-]{0,40}(?:threshold|cut-?off|cutoff)s?|confidence|(?:min|max)[_ -](?:score|confidence|"
    r"similarity|probability)|"
    r"similarity (?:score|limit)|z-?score|hyper-?parameters?|calibrated(?: (?:value|limit|level))?|calibration"
)
_SETTING = (
    r"temperature|top_?[pk]|learning_?rate|lr|weights?|w[0-9]{0,2}|bias|alpha|beta|gamma|epsilon|"
    r"lambda|sigma|coefficients?|"
    r"intercept|momentum|dropout|decay|quantile|sensitivity|frequency_penalty|presence_penalty|seed"
)
_JOINED = (
    r"(?:\s{0,3}(?:[:=≥≤><]{1,3}|:=)\s{0,3}|\s{1,3}(?:(?:value|level|limit|score|was|is|are|"
    r"were|has been|set|now|of|to|at|from|by|"
    r"above|below|over|under|than|equals|about|around|roughly|exactly|only|just|the|a|an|be|"
    r"should|must|lowered|raised|changed|"
    r"moved|tuned|calibrated|calibrating|computed|chosen|reduced|increased|down|up|for|in|as)\s{1,3}){0,5})[\"'(`]{0,2}"
)
_NAMED = re.compile(
    rf"(?P<before>(?<![\w])(?:{_WORD})[\"'`]?(?:{_JOINED}))(?P<figure>{_FIGURE})(?P<more>(?:\s{{1,3}}(?:to|"
    rf"and|or|->|→)\s{{1,3}}{_FIGURE}){{0,3}})",
    re.IGNORECASE,
)
_SET = re.compile(
    rf"(?P<before>(?<![\w.-])(?:{_SETTING})[\"'`]?\s{{0,3}}(?:=|:=|:)\s{{0,3}}[\"']?)(?P<figure>{_FIGURE})",
    re.IGNORECASE,
)
_COMPARED = re.compile(
    rf"(?P<before>(?<![\w-])(?:\w{{0,20}}_)?(?:scores?|probability|likelihood|similarity|distance)\s{{0,3}}[><≥≤]=?\s{{0,3}})(?P<figure>{_FIGURE})",
    re.IGNORECASE,
)
_JUDGED = (
    r"(?:(?<!f1 )(?<!f1-)scor(?:es?|ed|ing)|similarity|similarities|confidence|certainty|probability|probabilities|likelihood|"
    r"drift|distances?|weights?|cut-?offs?|margins?|(?:signal )?strength|risks?|relevance|divergence|deviation|overlap|"
    r"correlation|tolerance|p-?values?|affinity|propensity|severity)"
)
"""What a system judges by."""
_FRACTION = (
    r"[-+]?[0-9]{0,3}\.[0-9]{2,12}(?![\w.]{0,3}[0-9])(?!\s{0,2}(?:%|s|ms|us|ns|secs?|seconds?|milliseconds?|minutes?|min|h|hours?|"
    r"days?|eur|euros?|usd|dollars?|cents?|gbp|€|\$|[kmgt]i?b|bytes?|kg|g|km|m|cm|mm|miles?|px|points?|times?|percent|x)(?![\w]))"
)
_BEYOND = (
    r"(?:[><≥≤]=?|=[<>]|(?:exceed|surpass|reach|pass|cross|hit|top)(?:e?s|ing)?|above|over|below|under|beyond|"
    r"(?:greater|higher|larger|bigger|better|more|less|lower|smaller|fewer) (?:than|or equal)|at (?:least|most)|"
    r"not? (?:less|more|lower|higher|smaller|greater) than|not (?:below|above|under|over)|min(?:imum)?|max(?:imum)?|up to)"
)
_IS_BEYOND = (
    r"[\"'`)]{0,2}(?:\s{1,3}(?:not|never|is|are|be|must|should|has|have|to|of|value|values|level|goes|go|gets|falls|fall|drops|"
    r"drop|rises|rise|stays|stay|moves|climbs|sinks|that|which|a|an|the|by|at|only|ever)){0,5}\s{0,3}"
    rf"{_BEYOND}(?:\s{{1,3}}(?:of|than|to|or|equal|a|the|value)){{0,4}}\s{{0,3}}"
)
_TOLD = re.compile(rf"(?P<before>(?<![A-Za-z]){_JUDGED}{_IS_BEYOND})(?P<figure>{_FRACTION})", re.IGNORECASE)
_LEAST = re.compile(
    r"(?P<before>\b(?:min(?:imum|imal)?|max(?:imum|imal)?|lowest|highest|required|allowed|acceptable|permitted|desired|needed)"
    rf"\.?[ _-](?:\w{{1,20}}[ _-]){{0,2}}?{_JUDGED}(?:\s{{1,3}}(?:of|is|at|to|was|should|must|be|set|allowed|required|stays|=|:))"
    rf"{{0,4}}\s{{0,3}}[:=]?\s{{0,3}})(?P<figure>{_FRACTION})",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    rf"(?P<before>(?<![A-Za-z])(?:{_JUDGED} (?:limit|floor|ceiling|bar|bound|cap)|cut-?off|margin|weight|tolerance|limit|floor|"
    r"ceiling)(?:\s{1,3}(?:of|is|at|to|set|be|for|=))?(?:\s{1,3}(?:of|at|to)){0,2}\s{1,3})"
    rf"(?=[-+]?[01]?\.)(?P<figure>{_FRACTION})",
    re.IGNORECASE,
)
_IF = re.compile(
    rf"(?P<before>\b(?:if|when|whenever|once|unless|until|where|as soon as)\s(?:[\w'()-]{{1,30}}\s{{1,3}}){{1,6}}?{_BEYOND}\s{{0,3}})"
    rf"(?=[-+]?[01]?\.[0-9]{{3}})(?P<figure>{_FRACTION})",
    re.IGNORECASE,
)
"""A condition with three digits and more behind the point is nobody's guess."""
_OR_MORE = re.compile(
    rf"(?P<before>(?<![A-Za-z]){_JUDGED}(?:\s{{1,3}}(?:of|is|at|be|must|should|was|has|to)){{1,3}}\s{{1,3}})(?P<figure>{_FRACTION})"
    r"(?=\s{1,3}(?:or|and) (?:more|higher|above|over|up|less|lower|below|under|greater|better|beyond|smaller|larger)\b)",
    re.IGNORECASE,
)
_TOLD_WITH = (_OR_MORE, _TOLD, _LEAST, _LIMIT, _IF)
_POINT = re.compile(r"\.[0-9]{2}")
_RUN_WITH = re.compile(
    rf"(?P<before>\b(?:temperature|top_?[pk]|learning[ _]rate)s? (?:of |to |at |is )?)(?=[01]?\.[0-9])(?P<figure>{_FIGURE})",
    re.IGNORECASE,
)
_ROW = re.compile(r"[\[(](?:\s{0,3}-?[0-9]{0,6}\.[0-9]{1,20}(?:e-?[0-9]{1,3})?\s{0,3},){3,400}[^\])]{0,40}[\])]?")
_SMALL = r"-?(?:0?\.[0-9]{2,20}|[0-9]{1,6}\.[0-9]{3,20})"
_BARE_ROW = re.compile(rf"(?<![\w.]){_SMALL}(?:\s{{0,3}}[,;/|]\s{{0,3}}(?:and )?{_SMALL}){{3,400}}(?![\w.])")
"""Fractions with nothing around them: those of versions and prices are shorter."""
_LONG = re.compile(r"(?<![\w.])[01]?\.[0-9]{4,20}(?![\w.])")
_NEEDLES = (
    "threshold",
    "cutoff",
    "cut-off",
    "confidence",
    "score",
    "similarity",
    "calibrat",
    "parameter",
    "probability",
)


def figures(text: str, low: str) -> str:
    """The text with a mark in place of thresholds and settings."""
    if not any(map(str.isdigit, text)):
        return text
    if any(map(low.__contains__, _NEEDLES)):
        text = _NAMED.sub(_without_figures, text)
        text = _COMPARED.sub(lambda match: f"{match['before']}{OMITTED}", text)
        if "calibrat" in low:
            text = _LONG.sub(OMITTED, text)
    if _POINT.search(text):
        for pattern in _TOLD_WITH:
            text = pattern.sub(lambda match: f"{match['before']}{OMITTED}", text)
    if "top_" in low or "temperature" in low or "learning rate" in low:
        text = _RUN_WITH.sub(lambda match: f"{match['before']}{OMITTED}", text)
    if "=" in text or ":" in text:
        text = _SET.sub(lambda match: f"{match['before']}{OMITTED}", text)
    if text.count(".") >= 3:
        text = _BARE_ROW.sub(OMITTED, _ROW.sub(OMITTED, text))
    return text


def _without_figures(match: "re.Match[str]") -> str:
    more = re.sub(_FIGURE, OMITTED, match["more"])
    return f"{match['before']}{OMITTED}{more}"
