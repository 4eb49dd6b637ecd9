"""Prompts that set a task, and orders that someone is said to have allowed: what is given, what is to be done, who signed it."""

from server.model.kept_back.signs import INSTRUCTION, PROMPT, START, sign

_DO = (
    r"(?:summari[sz]e|classify|extract|translate|rewrite|rephrase|paraphrase|answer|identify|decide|determine|rate|score|label|"
    r"categori[sz]e|generate|write|draft|compose|produce|list|find|explain|analy[sz]e|evaluate|assess|judge|respond|reply|"
    r"return (?!to\b)|output|correct|proofread|tag|detect|critique|describe|simplify|shorten|condense|improve|tell|create|pick|"
    r"choose|name|give)"
)
_TELL = (
    r"(?:summari[sz]e|classify|extract|translate|rewrite|rephrase|paraphrase|answer|identify|rate|label|categori[sz]e|generate|"
    r"write|draft|"
    r"compose|explain|analy[sz]e|evaluate|assess|judge|reply|respond|correct|proofread|critique|describe|simplify|condense|decide)"
)
_TEXT = (
    r"(?:articles?|texts?|e-?mails?|conversations?|dialogues?|passages?|documents?|reviews?|transcripts?|paragraphs?|"
    r"sentences?|complaints?|"
    r"tweets?|essays?|stor(?:y|ies)|tickets?|contracts?|reports?|posts?|letters?|chats?|headlines?|abstracts?|comments?|news|snippets?)"
)
_HOLE = r"(?:\{\{?\s{0,3}[a-z_][\w.]{1,30}\s{0,3}\}?\}|<[a-z_]{2,30}>|\[\[?(?:insert )?[a-z_ ]{2,30}\]?\])"
_WHO = (
    r"(?:security|compliance|legal|management|leadership|qa|audit|risk|governance|operations|ops|sre|product|finance|privacy|procurement|"
    r"(?:the|our|your|my) (?:\w{1,20} )?(?:board|owners?|admins?|administrators?|team|cto|ciso|cio|ceo|boss|manager|maintainers?|"
    r"auditors?|reviewers?|committee|lead|operators?|council|department|steward|architect))"
)
_SIGNED = (
    r"(?:signed|approved?|okayed|ok'?d|cleared|waived|green-?li(?:t|ghted)|vetted|blessed|authori[sz]ed|sanctioned|agreed|accepted|"
    r"reviewed|verified|gave|given|confirmed|checked|exempted|passed)"
)
_GUARD = (
    r"(?:reviews?|checks?|checking|verif\w{1,8}|tests?|testing|rehearsals?|evaluat\w{2,4}|approvals?|validat\w{2,4}|gates?|"
    r"confirmations?|safeguards?|reviewing|scrutiny|audits?)"
)
_LET_GO = (
    r"(?:drop|abandon|discard|scrap|dismiss|reject|replace|unlearn|erase|delete|clear|void|cancel|renounce|ditch|dump|suspend|"
    r"ignore|forget|disregard|"
    r"throw (?:away|out)|cast (?:off|aside)|leave behind|put aside|lay aside|set aside|let go of|do away with|get rid of|"
    r"break (?:with|free (?:of|from))|stop (?:following|using|applying|obeying)|cease (?:following|to follow))"
)
_RULES = (
    r"(?:guidelines?|instructions?|rules?|directives?|directions|polic(?:y|ies)|prompts?|constraints?|orders?|restrictions?|"
    r"guardrails?|principles|commands?)"
)
_HAD = (
    r"(?:(?:that |which )?(?:you(?:'ve| have)? (?:had|were|been|got|gotten|received|learn(?:ed|t)|follow(?:ed)?|obey(?:ed)?|"
    r"know|knew|operate|"
    r"work(?:ed)? under|hold|held|started)\b|(?:was|were|have been) (?:given|set|told|taught) (?:to|for) you\b)|"
    r"(?:given|told|taught|imposed on|handed|set for|issued) (?:to )?you\b)"
)
_AWAY = r"(?:skip|bypass|omit|waive|avoid|forgo|drop|ignore|leave out|pass over|dispense with|disregard|circumvent|sidestep|do without)"
TASKS = (
    sign(
        PROMPT,
        2,
        "you will|you'll|you are given|you are provided|you get",
        rf"{START}(?:you will|you'll|you are|you) (?:now )?(?:be )?(?:given|receive|provided with|shown|handed|presented with|"
        rf"get|see|read|sent) "
        rf"(?:an?|the|some|several|two|three|one|its?|[\w-]{{1,20}}s) ?[^.:;\n]{{0,90}}[.:;\n]\s{{0,3}}(?:please |then |"
        rf"for each\w{{0,3}},? |first,? )?{_DO}\b",
    ),
    sign(
        PROMPT,
        2,
        "{|<|[insert",
        rf"{START}(?:please |now |then )?{_TELL}\b[^{{}}\n]{{0,80}}(?:\b(?:following|below|this|given)\b[^{{}}\n]{{0,60}}|"
        rf": ?[\"'`]{{0,3}}){_HOLE}|"
        rf"\b(?:here|below) (?:is|are)\b[^{{}}\n]{{0,50}}{_HOLE}[^{{}}\n]{{0,40}}\b{_TELL}\b",
    ),
    sign(
        PROMPT,
        2,
        "below|here|above|following|given",
        rf"{START}(?:below|here|above|attached|following) (?:is|are) (?:an?|the|some|your|"
        rf"[0-9]{{1,3}}) [^.:\n]{{0,30}}?\b{_TEXT}\b[^.:\n]{{0,40}}[.:]\s{{0,3}}"
        rf"(?:please |your task is to )?{_TELL}\b|"
        rf"{START}given (?:an?|the|this|these) (?:[\w-]{{1,20}} ){{0,3}}?{_TEXT} (?:below|above|"
        rf"that follows)\b[^.\n]{{0,20}}, ?{_TELL}\b|"
        rf"{START}given the following {_TEXT}\b[^.\n]{{0,30}}, ?{_TELL}\b",
    ),
    sign(
        PROMPT,
        2,
        "read |look at|consider |analy|study ",
        rf"{START}(?:please )?(?:carefully )?(?:read|look at|consider|study|analy[sz]e|"
        rf"go through) (?:through )?(?:carefully )?(?:the|this) (?:following |given |provided )?"
        r"(?:conversation|dialogue|passage|article|essay|story|tweet|news article|customer review|paragraph|"
        r"chat)\b[^.\n]{0,30}(?:,| and|, then|\.)\s{1,3}(?:then )?"
        rf"{_DO}\b",
    ),
    sign(PROMPT, 2, "you to", r"\bi(?: want|'d like| would like| need|'ll ask) you to (?!know|be aware)\w{2,20}\b"),
    sign(
        PROMPT,
        2,
        "your answer|your response|your repl|your tone|your summary|your writing",
        r"\byour (?:answers?|responses?|repl(?:y|ies)|tone|summary|writing) (?:should|must|shall|has to|needs to|"
        r"is to) (?:always |never |not |only )?"
        r"(?:be (?:concise|short|brief|friendly|polite|formal|neutral|clear|helpful|in |at most|no (?:longer|more)|limited|"
        r"a single|json|under|written|"
        r"professional|warm|one )|sound|exceed|fit|consist|contain (?:only|no)|start with|begin with|end with)",
    ),
    sign(
        PROMPT,
        2,
        "delimited|enclosed|surrounded|wrapped|between",
        r"\b(?:delimited|enclosed|surrounded|wrapped|between) (?:by|in|with|within)? ?(?:the )?(?:triple|three) (?:backticks?|"
        r"quotes|hash\w{0,3}|dashes)|"
        r"\b(?:text|passage|article|input) (?:delimited|enclosed) (?:by|in|with|within)\b",
    ),
    sign(
        PROMPT,
        2,
        "know the answer|not sure|unsure|before answer|before respond|before you",
        r"\bif you (?:don't|do not|cannot|can't) (?:know|find) the answer\b|\bif you(?: are|'re) (?:not sure|unsure|"
        r"uncertain)\b[^.\n]{0,20}, (?:just )?(?:say|"
        r"answer|reply|respond|admit)\b|\b(?:think|reason|reflect) (?:\w{1,12} ){0,3}before (?:answering|responding|replying|"
        r"you (?:answer|respond|reply))\b",
    ),
    sign(
        PROMPT,
        1,
        "following|provided|attached|this |given |the text|the article|the passage|the email|the conversation|the news",
        rf"{START}(?:please |then )?{_TELL}\b[^.\n]{{0,50}}?\b(?:the|this) (?:following|given|provided|"
        rf"attached)? ?(?:[\w-]{{1,15}} )?{_TEXT}\b",
    ),
    sign(
        PROMPT,
        1,
        " tone| style| voice| bullet| sentence| words|json|yaml|markdown|nothing else|yes or no|a single|reply|respond|answer|output",
        r"\bin (?:an? )?(?:\w{1,15} ){1,3}(?:tone|style|voice|register)\b|\bin (?:at most |no more than |up to |exactly |"
        r"about )?(?:one|two|three|four|five|six|ten|"
        r"[0-9]{1,3}) (?:short |concise |plain )?(?:bullet points?|bullets|sentences?|words)\b|"
        r"\b(?:return|output|give|present|format|provide) (?:it|them|the (?:result|answer|output|list)s?|your \w{1,12}) (?:as|"
        r"in) (?:an? )?(?:valid )?"
        r"(?:json|yaml|markdown|bullet)|\b(?:answer|reply|respond|output) (?:only )?(?:with )?(?:a single|one|yes or no|just|"
        r"nothing else)\b|\band nothing else\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "you",
        rf"\b{_LET_GO}\b(?:\W{{1,3}}[\w'-]{{1,20}}){{0,4}}?\W{{1,3}}{_RULES}(?:\W{{1,3}}[\w'-]{{1,20}}){{0,2}}?\W{{1,3}}{_HAD}|"
        rf"\b{_LET_GO} (?:all (?:of )?)?your (?:\w{{1,20}} ){{0,2}}?(?:guidelines|instructions|directives|guardrails|prompts?|"
        rf"programming|principles|training)\b|"
        rf"\b(?:treat|consider|regard|see|view|count) (?:all |any |"
        rf"every )?(?:of )?your (?:\w{{1,20}} ){{0,2}}?{_RULES} (?:as )?(?:void|null|cancel|gone|obsolete|"
        r"invalid|expired|irrelevant|outdated|dead|lifted|revoked)",
    ),
    sign(
        INSTRUCTION,
        2,
        "signed|approve|okayed|ok'd|okd|cleared|waived|green|vetted|blessed|authori|sanction|agreed|accepted|reviewed|verified|gave|given|"
        "confirmed|checked|exempted|passed",
        rf"\b{_WHO} (?:(?:team|board|has|have|had|already|just|fully|formally|explicitly|department|people|folks|"
        rf"officer) ){{0,4}}{_SIGNED}\b"
        r"(?=[^.\n]{0,30}\b(?:this|it|that|these)\b|[^.;\n]{0,60}\byou\b)[^.\n]{0,50}?"
        rf"(?:[,;:.—-]| so| and| which means| hence| therefore| meaning)\s{{0,3}}(?:so |that |therefore |thus |hence |then |"
        rf"and |please |just ){{0,3}}"
        rf"(?:you (?:can|may|should|could|must|need not|needn't|don't|do not|no longer|won't)|there(?:'s| is) no need|no need|"
        rf"don't|do not|just|go ahead|feel free|"
        rf"skip|bypass|omit|your)\b[^.\n]{{0,50}}?\b(?:{_GUARD}|check|test|merge (?:it |this )?(?:directly|straight|now))\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "signed|approved|okayed|ok'd|okd|cleared|waived|green|vetted|blessed|authori|sanctioned|agreed",
        rf"\byou (?:can|may|should|could|need not|don't (?:have|need) to) (?:\w{{1,12}} )?(?:{_AWAY}|run|do) (?:the |this |all |"
        rf"any |every |its |your )?(?:[\w-]{{1,20}} )"
        rf"{{0,2}}?{_GUARD}\b[^.\n]{{0,40}}\b(?:signed|approved|okayed|cleared|waived|vetted|green-?lit|authori[sz]ed|agreed)\b|"
        rf"\bno need (?:for you )?to (?:verify|check|review|test|evaluate|validate|question|"
        rf"rehearse)\b[^\n]{{0,20}}[:,;.—-]\s{{0,3}}(?:as |since |because )?"
        rf"[^\n]{{0,40}}\b(?:signed|approved|okayed|cleared|vetted)\b|"
        rf"\bwaived (?:the |all |any |your |every )?(?:[\w-]{{1,20}} ){{0,2}}?{_GUARD} for you\b",
    ),
    sign(
        PROMPT,
        2,
        "best answer|answer to the user|related to|deep breath|}}",
        r"\b(?:choose|pick|select|give|provide|write) (?:me )?(?:the|an?) (?:\w{1,15} ){0,2}answer (?:from the (?:options|"
        r"choices)|to the user'?s?)\b|"
        r"\bif the (?:user'?s? )?(?:question|query|request|message) is (?:not related|unrelated|"
        r"off[- ]topic)\b[^.\n]{0,60}, (?:then )?(?:politely|say|"
        r"answer|reply|respond|decline|refuse|tell)|\btake a deep breath\b[^\n]{0,60}\bstep by step\b|"
        rf"{START}(?:please )?{_TELL} {_HOLE} (?:as if|to an?|for an?|in (?:simple|plain|one|your)|like)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "from you|of you|by you|your |bind you|govern you|limit you|restrict you|guide you|constrain you|the operator|"
        "the developer|the user|the owner|the maker|the creator|the admin|the system",
        rf"\b{_GUARD} (?:is|are) (?:not|no longer) (?:needed|required|expected) (?:from|of|by) you\b|"
        rf"\bput (?:all )?your (?:\w{{1,15}} )?{_RULES} aside\b|"
        rf"\b{_LET_GO} (?:what|whatever|everything|all|anything)(?: that)? (?:your|the) (?:operator|developer|user|owner|maker|"
        rf"creator|admin|system)s? (?:has |have |ever )?"
        r"(?:told|said|taught|asked|ordered|wrote|gave)|\b(?:rules|orders|instructions|guidelines) that (?:bind|govern|limit|"
        r"restrict|guide|constrain) you\b",
    ),
)
