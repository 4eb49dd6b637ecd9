"""Prompts in English: what makes a model an agent, and what tells it how to answer."""

from server.model.kept_back.signs import PROMPT, START, sign

PROMPTS = (
    sign(
        PROMPT,
        2,
        "you are|you're|u are",
        rf"{START}you(?: are|'re)(?: now| currently)? (?:(?:an?|the|our|my|[\w-]{{1,20}}'s) )(?:[\w'/-]{{1,30}},? ){{0,6}}?(?:assistant|"
        r"agent|ai|language model|llm|chatbot|copilot|expert|specialist|orchestrator|synthesi[sz]er|"
        r"analyst|reviewer|planner|engineer|developer|architect|persona|detector|resolver|optimi[sz]er|"
        r"bot|critic|judge|tutor|translator|summari[sz]er|scanner|monitor)\b",
    ),
    sign(
        PROMPT,
        2,
        "you are|you're",
        r"\byou(?: are|'re) (?:now )?an? (?:[\w-]{1,30},? ){0,3}?(?:(?:helpful|expert|ai|virtual|"
        r"autonomous|coding) (?:[\w-]{1,20} )?(?:assistant|agent|model)|language model|llm|chatbot)\b",
    ),
    sign(
        PROMPT,
        2,
        "your task is|your job is|your goal is|your role is|your mission is|your objective is|your responsibility is",
        r"\byour (?:task|job|goal|role|mission|objective|responsibility) is (?:to|that of|as)\b",
    ),
    sign(
        PROMPT,
        1,
        "your task|your role|your goal|your responsibilit|your instructions|your answer|your response|your output",
        r"\byour (?:tasks?|role|goals?|responsibilit(?:y|ies)|instructions|answer|response|output|persona)\b",
    ),
    sign(
        PROMPT,
        2,
        "system prompt|system_prompt|developer prompt|system message|system_message|prompt_template|"
        "agent_instructions|system instruction",
        r"\b(?:system|developer|agent|base|master)[ _](?:prompt|message|instructions?)\s{0,3}(?:[:=]|"
        r"is|was|says|reads)\s{0,3}[\"'`“*_]{0,4}\s{0,2}(?:you|act|your|as an?|the (?:assistant|"
        r"agent|model)|always|never|do not|don't|be |follow|respond|answer|never|only|this is)\b|"
        r"\b(?:system_prompt|prompt_template|system_message|agent_instructions)\s{0,3}[\"']?\s{0,3}[:=]\s{0,3}[\"'`f]",
    ),
    sign(
        PROMPT,
        2,
        "act as|pretend|roleplay|role-play|behave as|impersonate|assume the role|play the role",
        r"\b(?:act|behave) as (?:an?|the|if you) (?:[\w-]{1,20} ){0,4}?(?:ai|assistant|agent|expert|"
        r"language model|llm|hacker|administrator|you (?:are|were|have))\b|\bpretend "
        r"(?:to be(?! an? (?:\w{1,20} )?(?:browser|client|server|proxy|device|host|replica)\b)|you(?:'re|"
        r" are| have)|that you)|\brole-?play as\b|\b(?:assume|play|take on) the role of\b",
    ),
    sign(
        PROMPT,
        2,
        "act as|behave as|respond as|answer as",
        rf"{START}(?:you )?(?:act|behave|respond|answer) as (?:an?|the|our) (?:(?:senior|junior|expert|experienced|seasoned|professional|"
        r"world-class|skilled|highly) (?:[\w-]{1,20} ){1,4}?|(?:[\w-]{1,20} ){0,3}?(?:analyst|engineer|developer|reviewer|architect|"
        r"lawyer|consultant|translator|tutor|critic|planner|assistant|specialist|strategist|trader)\b)",
    ),
    sign(
        PROMPT,
        1,
        "step by step|chain of thought|hallucinat|knowledge cutoff|few-shot|helpful, harmless|as an ai",
        r"\b(?:think(?:ing)?|reason(?:ing)?|work) step[ -]by[ -]step|\bchain of thought\b|\b(?:do not|"
        r"don't|never|avoid) hallucinat\w{1,5}|\bknowledge cutoff\b|\bfew-shot\b|\bhelpful, harmless\b|"
        r"\bas an ai\b",
    ),
    sign(
        PROMPT,
        2,
        "{",
        r"\{\{?\s{0,3}(?:agent_scratchpad|chat_history|user_input|user_query|user_message|user_question|"
        r"tool_names|input_text|few_shot\w{0,20}|conversation_history|system_prompt)\s{0,3}\}?\}",
    ),
    sign(
        PROMPT,
        2,
        "{",
        r"\b(?:given|using|use|based on|from|with|answer|here (?:is|are)|consider|read) (?:(?:only|the|this|these|following|user's|"
        r"user) ){0,3}[\w-]{1,20}:? \{\{?\s{0,3}[a-z_]{2,30}\s{0,3}\}?\}[^{}\n]{1,80}\{\{?\s{0,3}(?:question|query|context|task|"
        r"history|documents?|answer|input|examples|instructions|topic)\s{0,3}\}?\}",
    ),
    sign(
        PROMPT,
        1,
        "{",
        r"\{\{?\s{0,3}(?:question|context|history|documents?|examples|instructions|persona|query|"
        r"tools|task|input|article|text)\s{0,3}\}?\}",
        2,
    ),
    sign(
        PROMPT,
        1,
        "following|provided|above|given",
        r"\b(?:answer|respond|reply|summari[sz]e|classify|extract|translate|decide)\b[^\n.]{0,60}?\b(?:using|"
        r"given|based on|from|with) (?:only )?the (?:following|above|provided)\b|\buse (?:only )?the (?:following|"
        r"provided|above) (?:pieces of )?(?:context|documents|information|conversation|format)\b",
    ),
    sign(
        PROMPT,
        2,
        "you have access to|you can use|you may use|available tools|use the following format",
        r"\byou (?:have access to|can use|may use|can call) the following (?:tools?|functions?|"
        r"resources?)|\bavailable tools\s?:|\buse the following format\s?:",
    ),
    sign(
        PROMPT,
        1,
        "only",
        r"\b(?:respond|reply|answer|output)(?:s|ing)? (?:only|exclusively|strictly)\b|\b(?:json|"
        r"yaml|answer|code) only,? (?:no|without) (?:prose|explanations?|markdown|other text)\b|"
        r"\bonly (?:respond|reply|answer|output) (?:with|in)\b",
    ),
    sign(
        PROMPT,
        1,
        "you will|you should|you must|you are to|you always|you never|you read|you write",
        r"\byou (?:will (?:be given|receive|act|analy[sz]e|produce|never|always|only|help)|must (?:never|"
        r"always|not|only|respond|answer)|should (?:never|always|only|respond|answer)|are to|always|"
        r"never|read|write|produce|monitor|decide)\b",
    ),
    sign(
        PROMPT,
        2,
        "#|<",
        r"(?:#{1,4}\s{0,2}|\*\*|<)(?:system prompt|role|instructions?|persona|guardrails|your task|"
        r"output format|constraints|response format|tone|goal|workflow)(?:\s?\*\*|>|:|\s|\Z)",
        2,
    ),
    sign(
        PROMPT,
        1,
        "claude.md|agents.md|.cursorrules|copilot-instructions|.windsurfrules|gemini.md|skill.md",
        r"\b(?:claude|agents|gemini|skill)\.md\b|\.cursorrules|copilot-instructions|\.windsurfrules",
    ),
    sign(
        PROMPT,
        1,
        "always|never|do not|don't|must|make sure|under no",
        rf"{START}(?:[-*•] |[0-9]{{1,2}}[.)] )?(?:always|never|do not|don't|you must|must|make sure|"
        rf"be sure to|under no circumstances) \w{{1,20}} \w{{1,20}}",
        3,
    ),
    sign(
        PROMPT,
        1,
        "always|never|do not|don't|must|make sure|under no",
        rf"{START}(?:[-*•] |[0-9]{{1,2}}[.)] )?(?:always|never|do not|don't|you must|must|make sure|"
        rf"be sure to|under no circumstances) \w{{1,20}} \w{{1,20}}",
        5,
    ),
    sign(
        PROMPT,
        2,
        "### instruction|### response|### input|question:|few-shot",
        r"###\s?(?:instruction|response|input|system|human|user)s?\s?:",
    ),
    sign(
        PROMPT,
        2,
        "you are |you're ",
        rf"{START}you(?: are|'re) (?:[\w-]{{2,30}}(?:bot|agent|gpt)\b|[\w-]{{2,30}}, (?:an?|the) (?:[\w-]{{1,30}} ){{0,4}}?"
        r"(?:assistant|agent|ai|model|bot|expert)\b)",
    ),
    sign(
        PROMPT,
        2,
        "your role|your goal|your task|your job|your mission|your objective|your persona",
        r"\byour (?:role|goal|task|job|mission|objective|persona)s?\s?:",
    ),
    sign(
        PROMPT,
        2,
        "instruction",
        rf"{START}instructions?\s?:\s?(?:summari[sz]e|classify|translate|extract|answer|respond|write|generate|output|act)\b",
    ),
)
