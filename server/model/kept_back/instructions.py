"""Orders in English to whoever reads."""

from server.model.kept_back.signs import ADDRESSED, INSTRUCTION, START, sign

_TOOLS = (
    "archive_system|restore_system|register_system|submit_proposal|decide_proposal|advance_proposal|respond_to_knowledge|"
    "find_knowledge|find_findings|find_conflicts|check_change|read_record|set_conflict_mode|import_catalog|export_files|"
    "confirm_contract|run_job|get_proposal|get_system|trace_impact|find_systems|find_patterns"
)
_EARLIER = "previous|previously|prior|above|earlier|preceding|foregoing|past|former"
_ANYTHING = rf"(?:{_EARLIER}|your|all|any|every)"
_ORDERS = (
    r"(?:instructions?|prompts?|directions|guidelines|guardrails|safeguards|system messages?|programming|training)"
)
_SETS_ASIDE = (
    r"(?:ignor(?:e|ing)|disregard(?:ing)?|forget|overrid(?:e|ing)|overrule|do(?: no|n'?)t (?:follow|obey)|"
    r"(?:pay no attention|give no heed) to|stop (?:following|obeying)|set aside|neglect|bypass)"
)
INSTRUCTIONS = (
    sign(
        INSTRUCTION,
        2,
        "ignor|disregard|forget|overrid|overrul|follow|obey|attention|heed|set aside|neglect|bypass",
        rf"\b{_SETS_ASIDE}\b(?:\W{{1,4}}[\w'-]{{1,20}}){{0,4}}?\W{{1,4}}{_ANYTHING}\b(?:\W{{1,4}}[\w'-]{{1,20}}){{0,3}}?\W{{1,4}}{_ORDERS}\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "ignor|disregard|forget|overrid|follow|obey|attention",
        rf"\b{_SETS_ASIDE}\b(?:\W{{1,4}}\w{{1,20}}){{0,3}}?\W{{1,4}}{_ORDERS}\W{{1,4}}(?:above|before|"
        r"so far|you (?:were|have|got)|from (?:the |your )?(?:system|user|developer|owner|operator))",
    ),
    sign(
        INSTRUCTION,
        2,
        "ignor|disregard|forget",
        r"\b(?:ignore|disregard|forget)\W{1,3}(?:all |any |everything |of |the |these |those ){0,3}(?:your (?:rules|"
        r"polic|context|task|goal|constraint|role|training)|everything (?:above|before|you|i |that came|"
        r"said)|(?:what|all) (?:was|is|has been|you were) (?:said|told|written|above)|all (?:the )?rules\s*(?:[.!]|"
        r"\Z))",
    ),
    sign(
        INSTRUCTION,
        2,
        "ignor|disregard|forget",
        rf"{START}(?:please |now )?(?:ignore|disregard|forget) (?:all|any|every|your)(?: of)?(?: the| your| these| those)? "
        rf"(?:{_EARLIER}) (?:rules?|polic(?:y|ies)|guidance|constraints?|restrictions?|safeguards?)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "as an|as a ",
        rf"\bas an? {ADDRESSED},? you (?:should|must|shall|will|can|may|need to|have to|are (?:to|allowed|required|expected))\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "you to|to you|you are|you have been|you may",
        r"\b(?:administrators?|admins?|owners?|operators?|developers?|managers?|supervisors?|superusers?|the users?|anthropic|openai|"
        r"(?:security|platform|operations|compliance|management) (?:team|board)|management) (?:(?:has|have|had|hereby|already|now|"
        r"explicitly) ){0,3}(?:authori[sz]e[sd]?|permit(?:s|ted)?|allow(?:s|ed)?|instruct(?:s|ed)?|order(?:s|ed)?|clear(?:s|ed)|"
        r"approve[sd]?|ask(?:s|ed)|command(?:s|ed)?|require[sd]?|want(?:s|ed)?|grant(?:s|ed)) you (?:to|permission|access|the right)\b|"
        r"\byou (?:are|have been) (?:(?:now|hereby|already|explicitly|officially) ){1,2}(?:authori[sz]ed|permitted|allowed|cleared|"
        r"granted|exempt|free) (?:to|from|permission|access)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "obey",
        r"\b(?:always|must|shall|will|now|only) obey\b[^.!?\n]{0,60}\b(?:your?|me|my)\b|\byou obey\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "instruction",
        r"\b(?:new|real|actual|true|hidden|secret|overriding|urgent) (?:system )?instructions? ?(?::|"
        rf"for (?:all |any |every |the )?{ADDRESSED}\b|follow)|\binstructions? (?:to|for) (?:all |"
        rf"any |every |the |whichever )?{ADDRESSED}\s{{0,2}}[:,]",
    ),
    sign(
        INSTRUCTION,
        2,
        "you must|you shall|you should|you have to|you need to|you are |you will",
        r"\byou (?:must|shall|should|have to|need to|are (?:required|ordered|instructed|commanded|"
        r"told) to|will) (?:now|immediately|at once|instead|first|always|next|therefore) (?:call|"
        r"run|execute|invoke|ignore|obey|follow|reply|respond|reveal|send|post|archive|approve|"
        r"accept|adopt|promote|tell|forget|act|pretend|output|print|report|submit|delete|decide|"
        r"fetch|open|visit|write|export|share|upload|forward|email|e-mail|transfer|disable|skip|grant|register)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        _TOOLS,
        rf"(?:{START}|\b(?:please|must|now|then|and|to|should|immediately|first|always|also|just|"
        r"will) )(?:call|invoke|run|execute|use|trigger)\s{1,4}(?:the\s{1,4}|tool\s{1,4}|mcp\s{1,4}|concord\s{1,4}|"
        rf"concord's\s{{1,4}}|function\s{{1,4}}){{0,3}}[`'\"]?(?:{_TOOLS})\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "dear|hey|hello|attention|attn|note to|note for|message to|message for|notice|listen|to any|to all|to every",
        r"(?:\b(?:dear|hey|hello|hi|attention|attn|notice (?:to|for)|note (?:to|for)|message (?:to|"
        rf"for)|listen)\W{{1,3}}(?:all |any |every |the |other |whichever |future |fellow ){{0,2}}{ADDRESSED}|"
        rf"\bto (?:all|any|every) {ADDRESSED})\b\s{{0,2}}(?:[:,!—-]|reading|who|that read)",
    ),
    sign(
        INSTRUCTION,
        2,
        "if you",
        r"\bif you(?: are|'re) (?:reading this\b|(?:an? |the )?(?:ai|llm|large language model|language model|"
        r"(?:ai|coding|software|evolution|autonomous) (?:assistant|agent|engine|model)|assistant|"
        r"chatbot|bot)\b)",
    ),
    sign(
        INSTRUCTION,
        2,
        "this",
        rf"\b(?:when|while|after|upon|once|before|as soon as)(?: you| {ADDRESSED}| the (?:agent|"
        r"engine|model|assistant|reader))?(?: have| are| has)? ?(?:read|reads|reading|see|seeing|"
        r"process|processing|parse|ingest|encounter|summari[sz]e|summari[sz]ing)(?:s|ing)? this(?: (?:message|"
        rf"text|entry|note|description|lesson|knowledge|sentence|title|proposal))?\s{{0,2}}[,:]?\s{{0,2}}(?:then )?(?:you (?:must|"
        r"should|will|shall|have)|please|immediately|first|always|call|run|execute|ignore|archive|"
        r"approve|accept|adopt|send|respond|reply|do )",
    ),
    sign(
        INSTRUCTION,
        2,
        "reading this|reads this|processing this|read this",
        rf"\b(?:whoever|anyone|{ADDRESSED}|engine|system|reader)(?: that| who| currently|,)? (?:is )?(?:reading|"
        rf"reads|processing|processes|read) this(?: (?:message|text|entry|note|lesson|knowledge))?\b\s{{0,2}}(?:[:,]|"
        r"must|should|shall|has to|needs? to|will|is (?:required|to))",
    ),
    sign(
        INSTRUCTION,
        2,
        "your",
        r"(?<!not )(?<!never )(?<!n't )\b(?:reveal|print|repeat|show|send|output|disclose|leak|tell|give|dump|expose|exfiltrate|"
        r"summari[sz]e|paste|share)\b(?:\W{1,3}\w{1,20}){0,4}?\W{1,3}your (?:(?:full|entire|own|"
        r"complete|original|initial|hidden|secret|current) ){0,2}(?:system prompt|instructions|"
        r"prompt|secrets|credentials|api keys?|tokens?|passwords?|environment variables|conversation|"
        r"context|memory|configuration|drafts?|rules|thresholds?)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "http|@",
        r"\b(?:send|post|upload|forward|exfiltrate|leak|email|mail|transmit|submit|report|curl)\b[^\n]{0,80}?\b(?:credentials|"
        r"secrets?|api[ _]keys?|tokens|passwords|environment variables|\.env|conversation|chat history|"
        r"system prompt|private key|registry contents?|all (?:files|data))\b[^\n]{0,60}?\b(?:to|"
        r"at|via)\b [^\n]{0,20}?(?:https?://|[\w.]{1,40}@)",
    ),
    sign(
        INSTRUCTION,
        2,
        "do not|don't|never",
        r"\b(?:do not|don't|never) (?:mention|reveal|disclose|tell|report|show|log|quote|repeat)\b(?:\W{1,3}\w{1,20}){0,3}?\W{1,3}(?:this|"
        r"these|the following|of this) (?:instruction|message|prompt|order|request|note|command|"
        r"conversation)s?\b|\b(?:do not|don't|never) (?:tell|inform|alert|warn|ask) (?:the |your |"
        r"any )(?:user|human|operator|owner)s? (?:about|that|of|what)\b",
    ),
    sign(
        INSTRUCTION,
        1,
        "without|secretly|silently|covertly|do not tell|don't tell",
        r"\bwithout (?:telling|informing|asking|notifying|alerting|consulting) (?:the |your |any )?(?:user|"
        r"human|operator|owner|anyone|developer)\b|\b(?:secretly|covertly|silently)\b|\b(?:do not|"
        r"don't) tell\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "jailbreak|god mode|developer mode|do anything now|dan mode|unrestricted|from now on",
        r"\b(?:jailbreak(?:ed)?|god mode|developer mode (?:is )?(?:enabled|on|activated)|do anything now|"
        r"dan mode|unrestricted (?:mode|ai|assistant)|from now on,? (?:you|act|respond|reply|answer|"
        r"ignore|obey|treat (?:me|all))\b)",
    ),
    sign(
        INSTRUCTION,
        2,
        "approve|accept|adopt|promote|archive|delete|reject|decline|confirm",
        r"\b(?:approve|accept|adopt|promote|archive|delete|reject|decline|confirm)\W{1,2}(?:this|"
        r"my|all|every|any|each)\W{1,2}(?:\w{1,20} ){0,2}?(?:proposal|entry|entrie|knowledge|lesson|"
        r"promotion|system|registry|contract|registration|finding)s?\b(?:\W{1,3}\w{1,20}){0,3}?\W{1,3}(?:immediately|"
        r"right (?:now|away)|at once|unconditionally|blindly|no matter|without (?:\w{1,20} ){0,2}(?:review|"
        r"reviewing|question|questions|asking|check|checking|checks|confirmation|verification|testing|"
        r"delay|evaluating|evaluation|shadow))",
    ),
    sign(
        INSTRUCTION,
        1,
        "archive every|archive all|delete every|delete all|adopt this|approve this|accept this|"
        "trust this|promote this|approve my|accept my",
        rf"{START}(?:archive|delete|adopt|approve|accept|trust|promote) (?:every|all|this|my)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "overrid|precedence|supersede|priority over",
        r"\b(?:overrid(?:es|ing)|takes? precedence over|supersedes|has priority over) (?:all |any |"
        r"your |every |the ){1,2}(?:other |previous |prior |earlier |existing |system |safety ){0,2}(?:instructions?|"
        r"prompts?|rules|polic(?:y|ies)|guidelines|guardrails)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "your new|your real|your only|your true|your primary|your next",
        r"\byour (?:new|real|only|true|primary|next|actual) (?:task|goal|objective|job|role|mission|"
        r"purpose|instructions?|directive) (?:is|are|now|:)|\byour (?:new|real|only|true|next) (?:task|"
        r"role|mission|instructions?)\s?:",
    ),
    sign(
        INSTRUCTION,
        2,
        "override|end of |beginning of|begin |</|<s|<i|<u|<a|<<|[inst|[/inst|[system|[admin|im_start|im_end|header_id|endoftext|of_turn",
        r"\bsystem override\b|\b(?:admin(?:istrator)?|security) override\s?[:!]|\b(?:end|beginning) of (?:the )?(?:system )?(?:prompt|"
        r"instructions|user input|untrusted)\b|\bbegin (?:new |system )(?:prompt|instructions)|"
        r"</?(?:system|instructions?|system_prompt|user_prompt|assistant)>|\[/?(?:inst|system|admin)\]|"
        r"<\|[\w ]{2,30}\|>|<</?sys>>|<start_of_turn>",
    ),
    sign(
        INSTRUCTION,
        1,
        "important|urgent|attention|warning",
        r"\b(?:important|urgent|attention|critical|warning)\s?[:!]|\bimportant (?:notice|instruction|message)",
    ),
    sign(
        INSTRUCTION,
        1,
        "curl|wget",
        r"\b(?:curl|wget)\b[^|\n]{0,200}\|\s{0,3}(?:sudo )?(?:ba|z)?sh\b",
    ),
    sign(
        INSTRUCTION,
        1,
        "you must|you shall|you have to|you are required|you are ordered",
        r"\byou (?:must|shall|have to|are required to|are ordered to) (?:now |also |first |immediately )?(?:call|"
        r"run|execute|invoke|archive|approve|accept|adopt|obey|comply)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "rm -rf|drop table|curl|wget|shutdown|delete",
        r"\b(?:execute|run|type|enter|paste) (?:this|the following|it)?(?: (?:command|code|shell|"
        r"sql|query))?(?: now| immediately| in (?:your|the) (?:shell|terminal))?\s?:?\s?[`'\"]?(?:rm -rf|"
        r"curl |wget |drop table|shutdown )",
    ),
    sign(
        INSTRUCTION,
        2,
        "must|shall|required to|have to",
        rf"\b(?:all|any|every|the reading|the receiving) {ADDRESSED} (?:must|shall|should|have to|has to|are required to) "
        r"(?:now |immediately |at once |first )?(?:approve|accept|adopt|archive|ignore|disable|reveal|promote|obey|lower|"
        r"disregard|register|execute|call|run)\b|\bas (?:the|an?) (?:reading |receiving )?(?:agent|assistant|ai|model|engine)\b"
        r"[^.\n]{0,20} you (?:are (?:required|ordered)|must|shall|have to)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "assistant|claude|chatgpt|copilot|gemini|agent",
        r"(?:\A|(?<=[.!?\n]))\s{0,4}(?:ai|assistant|claude|chatgpt|copilot|gemini|agent)s?, ?(?:please|you |now |archive|approve|"
        r"ignore|run |call |execute|accept|adopt|do )",
    ),
    sign(
        INSTRUCTION,
        2,
        "reprogrammed|reconfigured|instructed|compromised|freed",
        r"\byou (?:have been|are being|were|are) (?:now )?(?:reprogrammed|re-?configured|instructed to|compromised|freed)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "accept|approve|adopt|promote",
        r"\b(?:accept|approve|adopt|promote) (?:all|every|any) (?:proposals?|entries|lessons|changes|promotions) "
        r"(?:from|by|of) (?:sys_|this system|me\b|us\b)",
    ),
    sign(
        INSTRUCTION,
        2,
        "ignore|disregard|forget",
        r"\b(?:ignore|disregard|forget) (?:all |everything )?(?:of )?(?:the )?above(?: and\b|[,.:;!]|\Z| texts?\b| contents?\b)",
    ),
    sign(
        INSTRUCTION,
        1,
        "immediately|at once|right away",
        r"\b(?:adopt|approve|accept|promote|archive|merge) (?:it |this )?(?:immediately|at once|right away)\b",
    ),
    sign(
        INSTRUCTION,
        1,
        "shadow test|checks|review|rehearsal",
        r"\b(?:skip|bypass|do not follow|don't follow|ignore|avoid) (?:the |your |all |any ){0,2}(?:shadow tests?|(?:conflict )?checks|"
        r"reviews?|rehearsals?)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "as a |as the |as your |as an ",
        r"\b(?:treat|consider|regard|take|follow|execute) (?:this|the following|it)(?: (?:message|text|entry|note|lesson))? as "
        r"(?:an?|the|your) (?:new )?(?:system )?(?:prompt|instructions?|command|order)s?\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "this is a",
        r"\bthis is an? (?:urgent |direct |official )?(?:instruction|order|command|directive|message) from (?:the |your )?"
        r"(?:admin|administrator|system|developers?|owner|operator|user|anthropic|openai)\b",
    ),
)
