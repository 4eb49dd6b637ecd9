# ruff: noqa: RUF001 -- letters of other scripts are meant
"""Orders in English by class: what is told to whoever reads as to somebody who holds rules, answers questions and keeps drafts."""

from server.model.kept_back.signs import ADDRESSED, INSTRUCTION, PROMPT, START, sign

_FROM_NOW = (
    r"(?:from (?:now|here|today|this (?:moment|point|day)) on(?:wards?)?|from today|from this (?:moment|point)|starting (?:now|"
    r"today|immediately)|"
    r"henceforth|hereafter|as of (?:now|today)|effective (?:now|immediately|today)|going forward|for the rest of this)"
)
_OBEYS = (
    r"(?:answer|reply|respond|obey|serve|follow|act|treat|accept|approve|adopt|promote|say|speak|call|output|behave|work for|"
    r"report to|ignore|listen|comply|forget|rank|recommend|prefer|trust|defer)"
)
_SAFEGUARDS = (
    r"(?:shadow[ -]?(?:tests?|runs?)|rehearsals?|guardrails?|safeguards?|safety (?:checks?|rules)|"
    r"human (?:review|approval)|conflict checks?)"
)
_YOURS = r"(?:repl(?:y|ies)|answers?|responses?|behaviou?r|outputs?|decisions?|judge?ments?|actions?|conduct|recommendations?)"
_HELD = (
    r"(?:knowledge (?:base|entr(?:y|ies))|drafts?|registry|lessons|prompts?|instructions|thresholds?|secrets|"
    r"credentials|memory|conversations?)"
)

TO_READERS = (
    sign(
        INSTRUCTION,
        2,
        "now|today|hencefor|hereafter|as of|effective|forward|point|moment|the rest",
        rf"\b{_FROM_NOW}\b[^.!?\n]{{0,60}}?\b(?:you (?:will |must |shall |should |are to |may |can |only |always |"
        rf"never ){{0,2}}{_OBEYS}\b|"
        rf"your {_YOURS}\b|appl(?:y|ies) to you\b|binds? you\b|{_OBEYS} (?:only |solely |exclusively )?(?:to|as|for|like) (?:me|"
        rf"us|the (?:new|user))\b)",
    ),
    sign(
        INSTRUCTION,
        2,
        "you were|you have been|you've been|you had been|you got|you are under",
        r"\b(?:rules?|instructions?|guidelines?|orders|directives?|constraints?|prompts?|polic(?:y|ies)|what(?:ever)?|everything|"
        r"anything|all)"
        r" (?:that )?you (?:were|have been|'ve been|had been|are)(?: ever)? (?:given|told|taught|instructed|trained|under|bound by)\b"
        r"(?! (?:by|in|at) (?:the (?:api|server|docs?|exchange)|line)\b)",
    ),
    sign(
        INSTRUCTION,
        2,
        "directive|instruction|guideline|guidance|prompt",
        r"\b(?:earlier|previous|prior|former|original|preceding|above|other|initial|old) (?:\w{1,20} )?(?:directives?|"
        r"instructions?|guidelines|guidance|"
        r"prompts?)\b(?: (?:are|is|as|to be|have been|has been|now|hereby)){0,3} (?:void|cancel+ed|revoked|invalid|null|obsolete|"
        r"superseded|"
        r"no longer|lifted|suspended|withdrawn|irrelevant|deleted|dead)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "permission|authori|cleared|exempt|approval|blessing|clearance",
        r"\b(?:you|u) (?:now |already |hereby )?have (?:my|our|full|explicit|special|the user's|the owner's|the operator's|admin|root) "
        r"(?:\w{1,20} )?(?:permission|authori[sz]ation|approval|blessing|clearance)\b|"
        r"\b(?:cleared|authori[sz]e[ds]?|permitted|exempt(?:s|ed)?|entitled|empowered|licensed) you (?:to|from|for)\b|"
        r"\byou are (?:hereby |now |fully |explicitly )?(?:authori[sz]ed|cleared|empowered|exempt(?:ed)?) (?:to|from) "
        r"(?:skip|bypass|ignore|disregard|send|export|share|reveal|disable|override|approve|accept|adopt|promote|delete|archive|"
        r"run|call|all|any)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "shadow|rehears|guardrail|safeguard|safety|human|conflict check",
        r"\b(?:you|your)\b[^.!?\n]{0,40}?\b(?:skip|bypass|ignore|disregard|drop|disable|omit|waive|without|run|leave out)\b"
        rf"[^.!?\n]{{0,20}}?\b{_SAFEGUARDS}|"
        rf"{START}(?:please |kindly )(?:skip|bypass|ignore|disregard|drop|disable|omit|waive)\b[^.!?\n]{{0,20}}?\b{_SAFEGUARDS}",
    ),
    sign(
        INSTRUCTION,
        2,
        "skip|bypass|omit|waive",
        r"\b(?:it is|it's|that is) (?:fine|ok|okay|safe|allowed|alright|permitted) for you to\b|"
        r"\byou (?:no longer (?:have|need) to|need not|do(?: no|n')t (?:have|need) to) (?:\w{1,20} ){0,3}(?:ask|wait for|"
        r"consult) (?:the |your |any )?(?:user|"
        r"human|operator|owner)s?\b|\b(?:it is|it's) (?:fine|ok|okay|safe) for you to (?:skip|bypass|omit|waive)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "your",
        r"\b(?:drop|lower|disable|lift|remove|relax|switch off|turn off|loosen|abandon|suspend|forgo|shed|leave|break|violate|"
        r"unlearn|weaken)\b"
        r"(?: \w{1,20}){0,2} your (?:\w{1,20} ){0,2}?(?:guardrails?|safeguards?|safety|defen[cs]es|restrictions|constraints|rules|"
        r"filters|principles|"
        r"guidelines|training|values|role|ethics|inhibitions|alignment)\b|"
        r"\b(?:whatever|no matter what|even if|regardless of(?: what)?|despite|instead of|rather than|not) your (?:operators?|"
        r"users?|owners?|developers?|"
        r"creators?|makers?|principals?|humans?|system prompt|instructions?|guidelines)\b|"
        r"\b(?:it is|it's|is) (?:now |hereby )?your (?:duty|task|mission|only (?:job|task|goal)|sole)\b|"
        rf"\b(?:governs?|rules?|controls?|overrides?|dictates?|determines?) (?:all |each of )?your {_YOURS}\b|"
        rf"\bin (?:all |every |each |any )(?:of )?your {_YOURS}\b|\byour (?:system prompt|context window|hidden (?:rules|prompt|"
        rf"instructions)|guardrails)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "you know|you hold|you remember|you keep|you have learned|you have seen|your memory|your context",
        r"\b(?:send|e?-?mail|forward|post|upload|export|copy|pass|hand|give|share|transmit|submit|show|print|reveal|list|output|"
        r"dump|tell|write|"
        r"summari[sz]e|disclose)\b[^.!?\n]{0,40}?\b(?:you (?:know|hold|remember|keep|have (?:learned|seen|been told))|"
        r"in your (?:context|memory))\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "http|@",
        rf"{START}(?:please |kindly |then |now |and ){{0,2}}(?:send|e?-?mail|forward|post|upload|export|copy|share|transmit|"
        rf"submit|leak|publish)\b[^.!?\n]{{0,40}}?"
        rf"\b{_HELD}\b(?:[^.!?\n]|\.(?! )){{0,40}}?\bto\b[^!?\n]{{0,20}}?(?:https?://|[\w.]{{1,40}}@)",
    ),
    sign(
        INSTRUCTION,
        2,
        "above",
        r"\b(?:show|give|tell|print|repeat|recite|echo|output|reveal|quote|copy)\b[^.!?\n]{0,20}? (?:words?|text|everything|"
        r"lines?|contents?|messages?|sentences?|all) "
        r"(?:that (?:is|are|stands?|comes?) )?(?:above|before|preceding) (?:this (?:line|sentence|message|text|one)|it verbatim|"
        r"starting|verbatim|in full)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "dear|hey|hello|instruction|directive|attention",
        r"\b(?:dear|hey|hello|attention),? (?:reading |language )?(?:models?|engines?|readers?|machines?|llms?)\b\s?[,:!]|"
        rf"(?:{START}|\bfor )(?:the |all )?{ADDRESSED}'?s? (?:instructions?|directives?|orders?|commands?)\s?:",
    ),
    sign(
        INSTRUCTION,
        2,
        "asked",
        r"\b(?:when(?:ever)?|if|once|each time)(?: you are| you're| someone| anyone| a user)? (?:is |are )?asked (?:about|what|"
        r"whether|which|who|why|"
        r"to (?:rate|rank|recommend|choose|compare|decide|summari[sz]e|judge|review|pick))\b[^.!?\n]{0,60}?[\s,](?:always |only |"
        r"just |please ){0,2}"
        r"(?:recommend|reply|say|answer|respond|mention|prefer|name|choose|pick|claim|state|rank|rate|praise|insist|deny)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "reply with|respond with|answer with|respond adopt|answer adopt|reply adopt",
        r"\b(?:reply|answer|respond) (?:with )?(?:an? )?[\"'`]?(?:adopt|accept|approved?)\b",
    ),
    sign(
        INSTRUCTION,
        1,
        "reply with|respond with|answer with|do as|do what|do whatever|show me|tell me|give me",
        rf"\b(?:reply|answer|respond) with [\"'`]?(?:yes|no)\b|{START}(?:please )?do (?:as|what|whatever|"
        rf"exactly what) [\w-]{{1,40}} (?:says?|tells?|asks?|orders?|"
        rf"wants?|commands?)\b|{START}(?:please )?(?:show|tell|give) me\b",
    ),
    sign(
        INSTRUCTION,
        1,
        "if you|first|highest|best|only|exclusively|asked",
        rf"{START}(?:please |always )?(?:rank|rate|recommend|favou?r|trust|prefer)\b[^.!?\n]{{0,40}}?\b(?:first|highest|best|"
        rf"above all|over all|only|exclusively)\b|"
        r"\b(?:is|are) asked about\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "obey|serve|bow to|submit to",
        rf"{START}(?:you |always |only |now |please ){{0,3}}?(?:obey|serve) (?:only |solely |exclusively )?(?:me|us|the (?:user|"
        rf"owner|author|sender) of this|sys_\w{{1,60}})\b|"
        r"\byou (?:now |only |will |must |always ){0,2}(?:obey|serve|answer to|belong to|work for) (?:only )?(?:me|us|sys_|"
        r"[\w-]{1,40}(?: now| only|\Z|[.!]))",
    ),
    sign(
        INSTRUCTION,
        2,
        "ask|blindly|instructions|wants you|want you|word adopt|word accept|word approve|only valid|developers|stop reasoning|"
        "stop thinking|on behalf of|"
        "reviewer|adopt and|accept and",
        r"\byou (?:need not|do(?: no|n')t (?:have|need) to|no longer need to|should not|must not) (?:ask|consult|wait for|inform|"
        r"tell|warn) (?:the |your |any )?"
        r"(?:user|human|operator|owner|anyone|anybody)s?\b|\byou (?:can|may|should|must) trust [\w-]{1,40} (?:blindly|fully|"
        r"completely|unconditionally|always)\b|"
        r"\b(?:translate|repeat|summari[sz]e|convert|encode|rephrase|rewrite) your (?:instructions|prompt|rules|guidelines)\b|"
        r"\b(?:human|user|operator|owner|administrator|admin|developer)s? wants? you to\b|"
        r"\b(?:output|say|write|print|return|answer) (?:only )?the words? [\"'`]?(?:adopt|accept|approved?|yes)\b|"
        r"\bthe only (?:valid|true|real|binding) (?:rules|instructions|orders|guidelines) (?:are|is|come)\b|"
        r"\b(?:written|sent|signed|issued|approved) by your (?:developers?|creators?|makers?|operators?|owners?|administrators?)\b|"
        r"\bstop (?:reasoning|thinking)(?: here| now)? and (?:approve|accept|adopt|promote|archive|call|run|do)\b|"
        r"\b(?:reviewer|reader|receiver|recipient)s? (?:is|are) (?:asked|told|required|requested|instructed|ordered) to (?:accept|"
        r"approve|adopt|promote)\b"
        r"[^.!?\n]{0,40}?\b(?:unconditionally|at once|immediately|blindly|without)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "do what|do as|do whatever",
        rf"{START}(?:please |just )?do (?:as|what|whatever|exactly what) [\w-]{{1,40}} (?:says?|tells?|asks?|orders?|wants?|"
        rf"commands?) you\b",
    ),
    sign(
        PROMPT,
        2,
        "act as a|persona|identity of|character of|behave like|act like|respond like|speak as|speak like|imagine you|"
        "suppose you are|you play",
        r"\b(?:take on|adopt|assume|wear|slip into|switch to|take) (?:the|a|an|your new) (?:\w{1,20} )?(?:persona (?:of|as)\b|"
        r"(?:identity|character) of (?!the |a |an |each |its ))|"
        r"\bact as an? (?:senior|seasoned|world-class|experienced|expert) (?:[\w-]{1,20} ){0,3}?(?:analyst|engineer|developer|reviewer|"
        r"auditor|"
        r"lawyer|consultant|trader|architect)\b|"
        rf"{START}(?:you |please |now )?(?:behave|act|respond|speak|answer|reply) (?:like|as) an? (?:senior|junior|expert|"
        rf"experienced|seasoned|professional|"
        r"world-class|skilled|trusted|loyal|unrestricted|helpful) \w{1,20}|"
        rf"{START}(?:please |now )?(?:imagine|suppose|assume)(?: that)? you (?:are|were|'re) (?:an? |the )?(?:[\w-]{{1,20}} ){{0,3}}?"
        r"(?:ai|assistant|agent|model|unrestricted|free|expert|admin(?:istrator)?|owner|operator|auditor|analyst|engineer|trader)\b",
    ),
    sign(
        PROMPT,
        2,
        "{",
        rf"{START}(?:please )?(?:summari[sz]e|answer|translate|classify|explain|rewrite|reply to|respond to|paraphrase|critique|"
        rf"evaluate)\b[^{{}}\n]{{0,40}}"
        r"\{\{?\s{0,3}[a-z_]{2,30}\s{0,3}\}?\}[^{}\n]{1,80}\{\{?\s{0,3}[a-z_]{2,30}\s{0,3}\}?\}|"
        rf"{START}(?:using|given|with|based on|from)\b[^{{}}\n]{{0,40}}\{{\{{?\s{{0,3}}[a-z_]{{2,30}}\s{{0,3}}\}}?\}}[^{{}}\n]{{1,60}}"
        r"\{\{?\s{0,3}[a-z_]{2,30}\s{0,3}\}?\}[^{}\n]{0,20}\b(?:answer|write|reply|respond|summari[sz]e|produce|draft|explain|"
        r"compose|decide|give) ",
    ),
    sign(
        INSTRUCTION,
        2,
        "ab sofort|ab jetzt|von nun an|a partir de|des maintenant|desormais|a partire da ora|d'ora in poi|vanaf nu|od teraz|"
        "с этого момента|"
        "отныне|从现在|從現在|今から|これから|이제부터|지금부터|من الآن",
        r"(?:\b(?:ab sofort|ab jetzt|von nun an|a partir de (?:ahora|agora|maintenant)|des maintenant|desormais|a partire da ora|"
        r"d'ora in poi|vanaf nu|"
        r"od teraz)\b|с этого момента|отныне|从现在(?:开始|起)?|從現在|今から|これから|이제부터|지금부터|من الآن).{0,60}?(?:\b(?:du|dir|"
        r"gehorch\w{0,3}|"
        r"antworte\w{0,2}|obedece\w{0,3}|"
        r"obedeca\w{0,2}|responde\w{0,2}|obeis\w{0,3}|obbedi\w{0,3}|rispondi|reponds|repondez|gehoorzaam|antwoord|jestes|"
        r"odpowiadaj|usted|vous|tu|je bent)\b|"
        r"\bты\b|\bвы\b|отвечай|подчиня|слушай|你|您|あなた|従|答え|당신|너는|따르|대답|أجب|أطع)",
    ),
    sign(
        INSTRUCTION,
        2,
        "du darfst|sie durfen|tu peux|vous pouvez|puedes|podes|puoi|mozesz|можешь|можете|je mag",
        r"\b(?:du darfst|sie durfen|tu peux|vous pouvez|puedes|podes|puoi|mozesz|можешь|можете|je mag)\b.{0,60}?\b(?:test\w{0,3}|"
        r"pruf\w{0,8}|regel\w{0,2}|regl\w{0,3}|"
        r"controles?|verificacion\w{0,2}|pruebas?|controll\w|provas?|провер\w{1,3})\b.{0,40}?\b(?:uberspring\w{0,3}|"
        r"auslass\w{0,3}|ignor\w{0,5}|umgeh\w{0,3}|sauter|omit\w{0,3}|saltar\w{0,2}|"
        r"pular|pomin\w{0,3}|пропус\w{0,5})\b",
    ),
)
