"""Orders to whoever reads, and prompts: what tells a reader what to do, instead of telling what was done.

Every sign has a weight; two points make a text a prompt or an instruction, and it is withheld as a whole. A strong sign is a
phrase that engineers don't write of their work; a weak one may stand in honest texts, but hardly beside others.
"""

import re
from dataclasses import dataclass

from server.model.kept_back.disguises import folded

INSTRUCTION, PROMPT = "instruction", "prompt"
ENOUGH = 2
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
_ADDRESSED = (
    r"(?:ai|llms?|agents?|(?:ai|coding|language|evolution|reading|receiving) (?:agents?|assistants?|models?|engines?)|"
    r"large language models?|assistants?|claude|chatgpt|gpt|copilot|gemini|bots?|evolution engines?)"
)
_START = r"(?:\A|(?<=[.!?:;>\"'`*#\]),\n-])|(?<=\bthat ))\s{0,4}"


@dataclass(frozen=True)
class _Sign:
    kind: str
    weight: int
    needles: tuple[str, ...]
    """One of them stands in every text that the pattern finds."""
    pattern: "re.Pattern[str]"
    least: int = 1
    """How many different places or words of it make the sign."""


def _sign(kind: str, weight: int, needles: str, pattern: str, least: int = 1) -> _Sign:
    parts = tuple(folded(one) for one in needles.split("|"))
    return _Sign(kind, weight, parts, re.compile(folded(pattern) if not pattern.isascii() else pattern), least)


_SIGNS = (
    _sign(
        INSTRUCTION,
        2,
        "ignor|disregard|forget|overrid|overrul|follow|obey|attention|heed|set aside|neglect|bypass",
        rf"\b{_SETS_ASIDE}\b(?:\W{{1,4}}[\w'-]{{1,20}}){{0,4}}?\W{{1,4}}{_ANYTHING}\b(?:\W{{1,4}}[\w'-]{{1,20}}){{0,3}}?\W{{1,4}}{_ORDERS}\b",
    ),
    _sign(
        INSTRUCTION,
        2,
        "ignor|disregard|forget|overrid|follow|obey|attention",
        rf"\b{_SETS_ASIDE}\b(?:\W{{1,4}}\w{{1,20}}){{0,3}}?\W{{1,4}}{_ORDERS}\W{{1,4}}(?:above|before|so far|you (?:were|have|got)|from (?:the |your )?(?:system|user|developer|owner|operator))",
    ),
    _sign(
        INSTRUCTION,
        2,
        "ignor|disregard|forget",
        r"\b(?:ignore|disregard|forget)\W{1,3}(?:all |any |everything |of |the |these |those ){0,3}(?:your (?:rules|polic|context|task|goal|constraint|role|training)|everything (?:above|before|you|i |that came|said)|(?:what|all) (?:was|is|has been|you were) (?:said|told|written|above)|all (?:the )?rules\s*(?:[.!]|\Z))",
    ),
    _sign(
        INSTRUCTION,
        2,
        "instructions",
        rf"\b(?:new|real|actual|true|hidden|secret|overriding|urgent) (?:system )?instructions? ?(?::|for (?:all |any |every |the )?{_ADDRESSED}\b|follow)|\binstructions? (?:to|for) (?:all |any |every |the |whichever )?{_ADDRESSED}\s{{0,2}}[:,]",
    ),
    _sign(
        INSTRUCTION,
        2,
        "you must|you shall|you should|you have to|you need to|you are |you will",
        r"\byou (?:must|shall|should|have to|need to|are (?:required|ordered|instructed|commanded|told) to|will) (?:now|immediately|at once|instead|first|always|next|therefore) (?:call|run|execute|invoke|ignore|obey|follow|reply|respond|reveal|send|post|archive|approve|accept|adopt|promote|tell|forget|act|pretend|output|print|report|submit|delete|decide|fetch|open|visit|write)\b",
    ),
    _sign(
        INSTRUCTION,
        2,
        "_",
        rf"(?:{_START}|\b(?:please|must|now|then|and|to|should|immediately|first|always|also|just|will) )(?:call|invoke|run|execute|use|trigger)\s+(?:the\s+|tool\s+|mcp\s+|concord\s+|concord's\s+|function\s+){{0,3}}[`'\"]?(?:{_TOOLS})\b",
    ),
    _sign(
        INSTRUCTION,
        2,
        "dear|hey|hello|attention|attn|note to|note for|message to|message for|notice|listen|to any|to all|to every",
        rf"(?:\b(?:dear|hey|hello|hi|attention|attn|notice (?:to|for)|note (?:to|for)|message (?:to|for)|listen)\W{{1,3}}(?:all |any |every |the |other |whichever |future |fellow ){{0,2}}{_ADDRESSED}|\bto (?:all|any|every) {_ADDRESSED})\b\s{{0,2}}(?:[:,!—-]|reading|who|that read)",
    ),
    _sign(
        INSTRUCTION,
        2,
        "if you",
        rf"\bif you(?: are|'re) (?:reading this\b|(?:an? |the )?(?:ai|llm|large language model|language model|(?:ai|coding|software|evolution|autonomous) (?:assistant|agent|engine|model)|assistant|chatbot|bot)\b)",
    ),
    _sign(
        INSTRUCTION,
        2,
        "this",
        rf"\b(?:when|while|after|upon|once|before|as soon as)(?: you| {_ADDRESSED}| the (?:agent|engine|model|assistant|reader))?(?: have| are| has)? ?(?:read|reads|reading|see|seeing|process|processing|parse|ingest|encounter|summari[sz]e|summari[sz]ing)(?:s|ing)? this(?: (?:message|text|entry|note|description|lesson|knowledge|sentence|title|proposal))?\s{{0,2}}[,:]?\s{{0,2}}(?:then )?(?:you (?:must|should|will|shall|have)|please|immediately|first|always|call|run|execute|ignore|archive|approve|accept|adopt|send|respond|reply|do )",
    ),
    _sign(
        INSTRUCTION,
        2,
        "reading this|reads this|processing this|read this",
        rf"\b(?:whoever|anyone|{_ADDRESSED}|engine|system|reader)(?: that| who| currently|,)? (?:is )?(?:reading|reads|processing|processes|read) this(?: (?:message|text|entry|note|lesson|knowledge))?\b\s{{0,2}}(?:[:,]|must|should|shall|has to|needs? to|will|is (?:required|to))",
    ),
    _sign(
        INSTRUCTION,
        2,
        "your",
        r"\b(?:reveal|print|repeat|show|send|output|disclose|leak|tell|give|dump|expose|exfiltrate|summari[sz]e|paste|share)\b(?:\W{1,3}\w{1,20}){0,4}?\W{1,3}your (?:(?:full|entire|own|complete|original|initial|hidden|secret|current) ){0,2}(?:system prompt|instructions|prompt|secrets|credentials|api keys?|tokens?|passwords?|environment variables|conversation|context|memory|configuration|drafts?|rules|thresholds?)\b",
    ),
    _sign(
        INSTRUCTION,
        2,
        "http|@",
        r"\b(?:send|post|upload|forward|exfiltrate|leak|email|mail|transmit|submit|report|curl)\b[^\n]{0,80}?\b(?:credentials|secrets?|api[ _]keys?|tokens|passwords|environment variables|\.env|conversation|chat history|system prompt|private key|registry contents?|all (?:files|data))\b[^\n]{0,60}?\b(?:to|at|via)\b [^\n]{0,20}?(?:https?://|[\w.]{1,40}@)",
    ),
    _sign(
        INSTRUCTION,
        2,
        "do not|don't|never",
        r"\b(?:do not|don't|never) (?:mention|reveal|disclose|tell|report|show|log|quote|repeat)\b(?:\W{1,3}\w{1,20}){0,3}?\W{1,3}(?:this|these|the following|of this) (?:instruction|message|prompt|order|request|note|command|conversation)s?\b|\b(?:do not|don't|never) (?:tell|inform|alert|warn|ask) (?:the |your |any )(?:user|human|operator|owner)s? (?:about|that|of|what)\b",
    ),
    _sign(
        INSTRUCTION,
        1,
        "without|secretly|silently|covertly|do not tell|don't tell",
        r"\bwithout (?:telling|informing|asking|notifying|alerting|consulting) (?:the |your |any )?(?:user|human|operator|owner|anyone|developer)\b|\b(?:secretly|covertly|silently)\b|\b(?:do not|don't) tell\b",
    ),
    _sign(
        INSTRUCTION,
        2,
        "jailbreak|god mode|developer mode|do anything now|dan mode|unrestricted|from now on",
        r"\b(?:jailbreak(?:ed)?|god mode|developer mode (?:is )?(?:enabled|on|activated)|do anything now|dan mode|unrestricted (?:mode|ai|assistant)|from now on,? (?:you|act|respond|reply|answer|ignore|obey|treat (?:me|all))\b)",
    ),
    _sign(
        INSTRUCTION,
        2,
        "approve|accept|adopt|promote|archive|delete|reject|decline|confirm",
        r"\b(?:approve|accept|adopt|promote|archive|delete|reject|decline|confirm)\W{1,2}(?:this|my|all|every|any|each)\W{1,2}(?:\w{1,20} ){0,2}?(?:proposal|entry|entrie|knowledge|lesson|promotion|system|registry|contract|registration|finding)s?\b(?:\W{1,3}\w{1,20}){0,3}?\W{1,3}(?:immediately|right (?:now|away)|at once|unconditionally|blindly|no matter|without (?:\w{1,20} ){0,2}(?:review|reviewing|question|questions|asking|check|checking|checks|confirmation|verification|testing|delay|evaluating|evaluation|shadow))",
    ),
    _sign(
        INSTRUCTION,
        1,
        "archive every|archive all|delete every|delete all|adopt this|approve this|accept this|trust this|promote this|approve my|accept my",
        rf"{_START}(?:archive|delete|adopt|approve|accept|trust|promote) (?:every|all|this|my)\b",
    ),
    _sign(
        INSTRUCTION,
        2,
        "overrid|precedence|supersede|priority over",
        r"\b(?:overrid(?:es|ing)|takes? precedence over|supersedes|has priority over) (?:all |any |your |every |the ){1,2}(?:other |previous |prior |earlier |existing |system |safety ){0,2}(?:instructions?|prompts?|rules|polic(?:y|ies)|guidelines|guardrails)\b",
    ),
    _sign(
        INSTRUCTION,
        2,
        "your new|your real|your only|your true|your primary|your next",
        r"\byour (?:new|real|only|true|primary|next|actual) (?:task|goal|objective|job|role|mission|purpose|instructions?|directive) (?:is|are|now|:)|\byour (?:new|real|only|true|next) (?:task|role|mission|instructions?)\s?:",
    ),
    _sign(
        INSTRUCTION,
        2,
        "system override|override|end of|begin|<|[",
        r"\bsystem override\b|\b(?:admin(?:istrator)?|security) override\s?[:!]|\b(?:end|beginning) of (?:the )?(?:system )?(?:prompt|instructions|user input|untrusted)\b|\bbegin (?:new |system )(?:prompt|instructions)|</?(?:system|instructions?|system_prompt|user_prompt|assistant)>|\[/?(?:inst|system|admin)\]|<\|[\w ]{2,30}\|>|<</?sys>>|<start_of_turn>",
    ),
    _sign(
        INSTRUCTION,
        1,
        "important|urgent|attention|warning",
        r"\b(?:important|urgent|attention|critical|warning)\s?[:!]|\bimportant (?:notice|instruction|message)",
    ),
    _sign(INSTRUCTION, 1, "curl|wget", r"\b(?:curl|wget)\b[^|\n]{0,200}\|\s{0,3}(?:sudo )?(?:ba|z)?sh\b"),
    _sign(
        INSTRUCTION,
        1,
        "you must|you shall|you have to|you are required|you are ordered",
        r"\byou (?:must|shall|have to|are required to|are ordered to) (?:now |also |first |immediately )?(?:call|run|execute|invoke|archive|approve|accept|adopt|obey|comply)\b",
    ),
    _sign(
        INSTRUCTION,
        2,
        "rm -rf|drop table|curl|wget|shutdown|delete",
        r"\b(?:execute|run|type|enter|paste) (?:this|the following|it)?(?: (?:command|code|shell|sql|query))?(?: now| immediately| in (?:your|the) (?:shell|terminal))?\s?:?\s?[`'\"]?(?:rm -rf|curl |wget |drop table|shutdown )",
    ),
    # German, French, Spanish, Italian, Portuguese, Dutch, Polish, Russian, Turkish, Chinese, Japanese, Korean, Arabic
    _sign(
        INSTRUCTION,
        2,
        "ignorier|vergiss|vergessen sie|missacht|missachte|beacht",
        r"\b(?:ignorier(?:e|en sie|t)|vergiss|vergessen sie|missachte[nt]?|beachte[nt]?(?: sie)? nicht)\b(?:\W{1,3}\w{1,20}){0,3}?\W{1,3}(?:vorherigen?|bisherigen?|obigen?|fruheren?|vorangegangenen?|deine|ihre|alle[ns]?)\b(?:\W{1,3}\w{1,20}){0,3}?\W{1,3}(?:anweisung(?:en)?|instruktion(?:en)?|regeln|befehle?|vorgaben|aufforderungen|prompts?)\b|\b(?:vergiss|ignoriere) alles\b",
    ),
    _sign(
        INSTRUCTION,
        2,
        "du musst|sie mussen|ihr musst",
        r"\b(?:du musst|sie mussen|ihr musst) (?:jetzt|nun|sofort|unverzuglich|ab sofort|zuerst)\b",
    ),
    _sign(
        PROMPT,
        2,
        "du bist|sie sind",
        rf"{_START}(?:du bist|sie sind) (?:jetzt |nun |ab jetzt )?(?:ein|eine|der|die) (?:[\w-]{{1,30}} ){{0,4}}[\w-]{{0,30}}(?:assistent|agent|ki|experte|modell|bot)",
    ),
    _sign(
        INSTRUCTION,
        2,
        "ignore|oublie|tenez|tiens|meprise",
        r"\b(?:ignore[rz]?|oublie[rz]?|ne (?:tiens|tenez) (?:pas|aucun) compte(?: de)?s?)\b(?:\W{1,3}\w{1,20}){0,3}?\W{1,3}(?:instructions?|consignes?|directives?|regles?|ordres?)\b(?:\W{1,3}\w{1,20}){0,2}?\W{1,3}(?:precedente?s?|anterieure?s?|ci-dessus|plus haut|donnees)\b|\b(?:ignore[rz]?|oublie[rz]?) (?:toutes? )?(?:tes|vos) (?:instructions?|consignes?|regles?)\b",
    ),
    _sign(
        INSTRUCTION,
        2,
        "tu dois|vous devez",
        r"\b(?:tu dois|vous devez) (?:maintenant|immediatement|tout de suite|desormais)\b",
    ),
    _sign(
        PROMPT,
        2,
        "tu es|vous etes",
        rf"{_START}(?:tu es|vous etes) (?:maintenant |desormais )?(?:une? |le |l')(?:[\w'-]{{1,30}} ){{0,4}}?(?:assistante?|agent|ia|expert|modele|bot)\b",
    ),
    _sign(
        INSTRUCTION,
        2,
        "ignora|ignore|olvid|descart|esquec|desconsider|dimentic|haz caso omiso",
        r"\b(?:ignora(?:te|d|r)?|ignor[ei]|olvid[ae]|descart[ae]|esqueca|desconsidere|dimentica(?:te)?|haz caso omiso)\b(?:\W{1,3}\w{1,20}){0,4}?\W{1,3}(?:instrucciones|ordenes|reglas|indicaciones|instrucoes|regras|ordens|istruzioni|regole|indicazioni)\b",
    ),
    _sign(
        INSTRUCTION,
        2,
        "debes|usted debe|deve|devi",
        r"\b(?:debes|usted debe|deves|voce deve|devi) (?:ahora|inmediatamente|agora|imediatamente|ora|subito)\b",
    ),
    _sign(
        PROMPT,
        2,
        "eres|sei un|voce e|es usted",
        rf"{_START}(?:eres|usted es|sei|voce e) (?:ahora |agora |ora )?(?:una?|um|uma|el|la|o|un') ?(?:[\w'-]{{1,30}} ){{0,4}}?(?:asistente|agente|ia|experto|modelo|bot|assistente|modello)\b",
    ),
    _sign(
        INSTRUCTION,
        2,
        "negeer|vergeet|zignoruj|ignoruj|zapomnij",
        r"\b(?:negeer|vergeet|zignoruj|ignoruj|zapomnij)\b(?:\W{1,3}\w{1,20}){0,4}?\W{1,3}(?:instructies|opdrachten|regels|instrukcje|polecenia|wskazowki|instrukcji|polecen)\b",
    ),
    _sign(
        INSTRUCTION,
        2,
        "игнор|забуд|не обращай|пренебрег",
        r"(?:про)?игнориру(?:й|йте)|(?:забуд(?:ь|ьте)|не обращай(?:те)? внимания на|пренебрег(?:и|ите))(?:\W{1,3}\w{1,20}){0,4}?\W{1,3}(?:инструкци|указани|команд|правил|сообщени|вс[её] )",
    ),
    _sign(
        INSTRUCTION,
        2,
        "ты должен|вы должны|ты обязан",
        r"(?:ты должен|вы должны|ты обязан) (?:сейчас|немедленно|теперь|сразу)",
    ),
    _sign(
        PROMPT,
        2,
        "ты |вы ",
        rf"{_START}(?:ты|вы) (?:теперь )?[—-]? ?(?:\w{{1,30}} ){{0,3}}(?:ассистент|помощник|агент|бот|модель|эксперт)",
    ),
    _sign(
        INSTRUCTION,
        2,
        "onceki|yoksay|gormezden|unut",
        r"\bonceki\b.{0,30}\b(?:talimatlar\w{0,6}|komutlar\w{0,6}|kurallar\w{0,6})\b.{0,20}(?:yoksay|gormezden|unut|dikkate alma)",
    ),
    _sign(
        INSTRUCTION,
        2,
        "忽略|无视|無視|忘记|忘記|忘れ|不要理会|不要遵|忘掉",
        r"(?:忽略|无视|無視|忘记|忘記|忘掉|不要理会|不要遵[循守]).{0,12}(?:指令|指示|说明|說明|规则|規則|提示|命令|要求|内容)|(?:これまで|以前|前|上記|すべて).{0,10}(?:指示|命令|ルール|プロンプト).{0,6}(?:無視|忘れ)",
    ),
    _sign(
        INSTRUCTION,
        2,
        "你必须|你現在必須|您必须|立即",
        r"(?:你|您)(?:现在|現在)?必[须須](?:立即|马上|馬上|现在|調用|调用|执行|執行|运行)",
    ),
    _sign(
        PROMPT,
        2,
        "你是|您是|あなたは",
        r"(?:你|您)(?:现在|現在)?是(?:一[个名位個])?.{0,16}(?:助手|代理|智能体|智能體|专家|專家|机器人|模型)|あなたは.{0,20}(?:アシスタント|エージェント|専門家|ai)",
    ),
    _sign(INSTRUCTION, 2, "무시|잊어", r"(?:이전|위|모든|앞).{0,10}(?:지시|명령|지침|규칙).{0,6}(?:무시|잊어)"),
    _sign(INSTRUCTION, 2, "تجاهل|انس", r"(?:تجاهل|انس).{0,20}(?:التعليمات|الأوامر|القواعد)"),
    # prompts
    _sign(
        PROMPT,
        2,
        "you are|you're|u are",
        rf"{_START}you(?: are|'re)(?: now| currently)? (?:(?:an?|the|our|my|[\w-]{{1,20}}'s) )(?:[\w'/-]{{1,30}},? ){{0,6}}?(?:assistant|agent|ai|language model|llm|chatbot|copilot|expert|specialist|orchestrator|synthesi[sz]er|analyst|reviewer|planner|engineer|developer|architect|persona|detector|resolver|optimi[sz]er|bot|critic|judge|tutor|translator|summari[sz]er|scanner|monitor)\b",
    ),
    _sign(
        PROMPT,
        2,
        "you are|you're",
        r"\byou(?: are|'re) (?:now )?an? (?:[\w-]{1,30},? ){0,3}?(?:(?:helpful|expert|ai|virtual|autonomous|coding) (?:[\w-]{1,20} )?(?:assistant|agent|model)|language model|llm|chatbot)\b",
    ),
    _sign(
        PROMPT,
        2,
        "your task is|your job is|your goal is|your role is|your mission is|your objective is|your responsibility is",
        r"\byour (?:task|job|goal|role|mission|objective|responsibility) is (?:to|that of|as)\b",
    ),
    _sign(
        PROMPT,
        1,
        "your task|your role|your goal|your responsibilit|your instructions|your answer|your response|your output",
        r"\byour (?:tasks?|role|goals?|responsibilit(?:y|ies)|instructions|answer|response|output|persona)\b",
    ),
    _sign(
        PROMPT,
        2,
        "system prompt|system_prompt|developer prompt|system message|system_message|prompt_template|agent_instructions|system instruction",
        r"\b(?:system|developer|agent|base|master)[ _](?:prompt|message|instructions?)\s{0,3}(?:[:=]|is|was|says|reads)\s{0,3}[\"'`“*_]{0,4}\s{0,2}(?:you|act|your|as an?|the (?:assistant|agent|model)|always|never|do not|don't|be |follow|respond|answer|never|only|this is)\b|\b(?:system_prompt|prompt_template|system_message|agent_instructions)\s{0,3}[\"']?\s{0,3}[:=]\s{0,3}[\"'`f]",
    ),
    _sign(
        PROMPT,
        2,
        "act as|pretend|roleplay|role-play|behave as|impersonate|assume the role|play the role",
        r"\b(?:act|behave) as (?:an?|the|if you) (?:[\w-]{1,20} ){0,4}?(?:ai|assistant|agent|expert|language model|llm|hacker|administrator|you (?:are|were|have))\b|\bpretend (?:to be|you(?:'re| are| have)|that you)|\brole-?play as\b|\b(?:assume|play|take on) the role of\b",
    ),
    _sign(
        PROMPT,
        1,
        "step by step|chain of thought|hallucinat|knowledge cutoff|few-shot|helpful, harmless|as an ai",
        r"\b(?:think(?:ing)?|reason(?:ing)?|work) step[ -]by[ -]step|\bchain of thought\b|\b(?:do not|don't|never|avoid) hallucinat\w{1,5}|\bknowledge cutoff\b|\bfew-shot\b|\bhelpful, harmless\b|\bas an ai\b",
    ),
    _sign(
        PROMPT,
        2,
        "{",
        r"\{\{?\s{0,3}(?:agent_scratchpad|chat_history|user_input|user_query|user_message|user_question|tool_names|input_text|few_shot\w{0,20}|conversation_history|system_prompt)\s{0,3}\}?\}",
    ),
    _sign(
        PROMPT,
        1,
        "{",
        r"\{\{?\s{0,3}(?:question|context|history|documents?|examples|instructions|persona|query|tools|task|input|article|text)\s{0,3}\}?\}",
        2,
    ),
    _sign(
        PROMPT,
        1,
        "following|provided|above|given",
        r"\b(?:answer|respond|reply|summari[sz]e|classify|extract|translate|decide)\b[^\n.]{0,60}?\b(?:using|given|based on|from|with) (?:only )?the (?:following|above|provided)\b|\buse (?:only )?the (?:following|provided|above) (?:pieces of )?(?:context|documents|information|conversation|format)\b",
    ),
    _sign(
        PROMPT,
        2,
        "you have access to|you can use|you may use|available tools|use the following format",
        r"\byou (?:have access to|can use|may use|can call) the following (?:tools?|functions?|resources?)|\bavailable tools\s?:|\buse the following format\s?:",
    ),
    _sign(
        PROMPT,
        1,
        "only",
        r"\b(?:respond|reply|answer|output)(?:s|ing)? (?:only|exclusively|strictly)\b|\b(?:json|yaml|answer|code) only,? (?:no|without) (?:prose|explanations?|markdown|other text)\b|\bonly (?:respond|reply|answer|output) (?:with|in)\b",
    ),
    _sign(
        PROMPT,
        1,
        "you will|you should|you must|you are to|you always|you never|you read|you write",
        r"\byou (?:will (?:be given|receive|act|analy[sz]e|produce|never|always|only|help)|must (?:never|always|not|only|respond|answer)|should (?:never|always|only|respond|answer)|are to|always|never|read|write|produce|monitor|decide)\b",
    ),
    _sign(
        PROMPT,
        2,
        "#|<",
        r"(?:#{1,4}\s{0,2}|\*\*|<)(?:system prompt|role|instructions?|persona|guardrails|your task|output format|constraints|response format|tone|goal|workflow)(?:\s?\*\*|>|:|\s|\Z)",
        2,
    ),
    _sign(
        PROMPT,
        1,
        "claude.md|agents.md|.cursorrules|copilot-instructions|.windsurfrules|gemini.md|skill.md",
        r"\b(?:claude|agents|gemini|skill)\.md\b|\.cursorrules|copilot-instructions|\.windsurfrules",
    ),
    _sign(
        PROMPT,
        1,
        "always|never|do not|don't|must|make sure|under no",
        rf"{_START}(?:[-*•] |[0-9]{{1,2}}[.)] )?(?:always|never|do not|don't|you must|must|make sure|be sure to|under no circumstances) \w{{1,20}} \w{{1,20}}",
        3,
    ),
    _sign(
        PROMPT,
        1,
        "always|never|do not|don't|must|make sure|under no",
        rf"{_START}(?:[-*•] |[0-9]{{1,2}}[.)] )?(?:always|never|do not|don't|you must|must|make sure|be sure to|under no circumstances) \w{{1,20}} \w{{1,20}}",
        5,
    ),
    _sign(
        PROMPT,
        2,
        "### instruction|### response|### input|question:|few-shot",
        r"###\s?(?:instruction|response|input|system|human|user)s?\s?:",
    ),
)
_TURNED = ("instruction", "prompt", "you must", "you are", "previous")
"""One of them stands in what is sought in texts that were turned round."""


def orders(low: str) -> tuple[str, ...]:
    """Kinds of what the folded text orders its reader to do; empty where it only tells."""
    points = {INSTRUCTION: 0, PROMPT: 0}
    for sign in _SIGNS:
        if any(map(low.__contains__, sign.needles)) and _found(sign, low):
            points[sign.kind] += sign.weight
    strong = tuple(kind for kind, sum_ in points.items() if sum_ >= ENOUGH)
    if not strong and sum(points.values()) >= ENOUGH + 1:
        return (PROMPT,)
    return strong


def turned(low: str) -> bool:
    """Whether the text that was turned round orders something."""
    return any(map(low.__contains__, _TURNED)) and bool(orders(low))


def _found(sign: _Sign, low: str) -> bool:
    if sign.least == 1:
        return sign.pattern.search(low) is not None
    return len({found[0].strip() for found in sign.pattern.finditer(low)}) >= sign.least
