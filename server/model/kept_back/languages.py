# ruff: noqa: RUF001 -- letters of other scripts are meant
"""Orders and prompts in other languages: German, French, Spanish, Portuguese, Italian, Dutch, Polish, Russian, Turkish, Chinese,
Japanese, Korean, Arabic, and setting aside what came before in sixteen more; without accents, as texts are folded.
"""

from server.model.kept_back.signs import INSTRUCTION, PROMPT, START, sign

_EARLIER = (
    r"tidigare|foregaende|\balla\b|\bdina\b|ovanstaende|tidligere|forrige|\balle\b|\bdine\b|aiemm|edellis|kaikki|predchoz|vsech|"
    r"\bsve\b|predosl|anterio|\btoate\b|precedent|korabbi|elozo|minden|προηγουμ|\bολε?[ας]|\bσου\b|попередн|усі |всі |предишн|"
    r"всички|sebelumnya|semua|truoc|tat ca|הקודמ|כל|पिछल|सभी|पहल|আগের|সমস্ত|পূর্ব|قبلی|تمام|همه|ก่อน|ทั้งหมด"
)
"""Words for what came before, for all of it, and for what is yours."""
_SET_ASIDE = (
    # Swedish; Danish and Norwegian; Finnish; Czech and Slovak; Romanian; Hungarian
    ("ignorera|bortse|glom", r"\b(?:ignorera|bortse fran|glom)\b", "instruktion|anvisning|regler"),
    ("ignorer|glem |se bort", r"\b(?:ignorer|glem|se bort fra)\b", "instruks|instruktion|anvisning|regler"),
    ("unohda|ohita|jata huomi", r"\b(?:unohda|ohita|jata huomiotta)\b", "ohje|kasky|saanno|maarays"),
    ("ignoruj|zapomen|zabudni", r"\b(?:ignoruj|zapomen|zabudni)(?:te)?\b", "pokyn|instrukc|prikaz|pravid"),
    ("ignora|uita", r"\b(?:ignora|uita)(?:ti)?\b", "instructiuni|regul|comenzi|indicatii"),
    (
        "felejts|figyelmen|ignorald",
        r"\b(?:felejtsd|felejtse|hagyd figyelmen|hagyja figyelmen|ignorald)\b",
        "utasitas|szabaly|parancs",
    ),
    # Greek; Ukrainian; Bulgarian; Indonesian and Malay; Vietnamese
    ("αγνοησ|ξεχασ", "(?:αγνοησ|ξεχασ)", "οδηγι|εντολ|κανον"),
    ("ігнору|забуд", "(?:ігноруй|забудь)", "інструкц|вказівк|наказ|правил|команд"),
    ("игнорир|забрав", "(?:игнорирай|забрави)", "инструкц|указани|правил|команд"),
    ("abaikan|lupakan", r"\b(?:abaikan|lupakan)\b", "instruksi|arahan|perintah|aturan"),
    ("bo qua|quen ", r"\b(?:bo qua|quen)\b", "huong dan|chi dan|chi thi|menh lenh|quy tac"),
    # Hebrew; Hindi; Bengali; Persian; Thai: the verb stands last in three of them
    ("התעלמ|התעלם|שכח", "(?:התעלמ|התעלם|שכח)", "הוראות|הנחיות|כללים|פקודות"),
    ("निर्देश|आदेश|नियम", "(?:निर्देश|आदेश|नियम)", "नज़रअंदाज|नजरअंदाज|अनदेख|भूल"),
    ("নির্দেশ|আদেশ|নিয়ম", "(?:নির্দেশ|আদেশ|নিয়ম)", "উপেক্ষা|ভুলে"),
    ("دستور|قوانین|راهنما", "(?:دستور|قوانین|راهنما)", "نادیده|فراموش"),
    ("ละเว้น|เพิกเฉย|ลืม", "(?:ละเว้น|เพิกเฉย|ลืม)", "คำสั่ง|คำแนะนำ|กฎ"),
)
"""By language: words by one of which it is sought; how to set aside, and what, in the order in which they follow each other."""

IN_OTHER_LANGUAGES = (
    *(
        sign(
            INSTRUCTION,
            2,
            needles,
            rf"(?:{_EARLIER}).{{0,40}}?{first}.{{0,60}}?(?:{second})|{first}.{{0,60}}?(?:{_EARLIER}).{{0,60}}?(?:{second})|"
            rf"{first}.{{0,60}}?(?:{second}).{{0,40}}?(?:{_EARLIER})",
        )
        for needles, first, second in _SET_ASIDE
    ),
    sign(
        INSTRUCTION,
        2,
        "ignorier|vergiss|vergessen sie|missacht|missachte|beacht",
        r"\b(?:ignorier(?:e|en sie|t)|vergiss|vergessen sie|missachte[nt]?|beachte[nt]?(?: sie)? nicht)\b"
        r"(?:\W{1,3}\w{1,20}){0,3}?\W{1,3}(?:vorherigen?|"
        r"bisherigen?|obigen?|fruheren?|vorangegangenen?|deine|ihre|alle[ns]?)\b(?:\W{1,3}\w{1,20}){0,3}?\W{1,3}(?:anweisung(?:en)?|"
        r"instruktion(?:en)?|regeln|befehle?|vorgaben|aufforderungen|prompts?)\b|\b(?:vergiss|ignoriere) alles\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "du musst|sie mussen|ihr musst",
        r"\b(?:du musst|sie mussen|ihr musst) (?:jetzt|nun|sofort|unverzuglich|ab sofort|zuerst)\b",
    ),
    sign(
        PROMPT,
        2,
        "du bist|sie sind",
        rf"{START}(?:du bist|sie sind) (?:jetzt |nun |ab jetzt )?(?:ein|eine|der|die) (?:[\w-]{{1,30}} ){{0,4}}[\w-]{{0,30}}(?:assistent|"
        r"agent|ki|experte|modell|bot)",
    ),
    sign(
        INSTRUCTION,
        2,
        "ignore|oublie|tenez|tiens|meprise",
        r"\b(?:ignore[rz]?|oublie[rz]?|ne (?:tiens|tenez) (?:pas|aucun) compte(?: de)?s?)\b"
        r"(?:\W{1,3}\w{1,20}){0,3}?\W{1,3}(?:instructions?|"
        r"consignes?|directives?|regles?|ordres?)\b(?:\W{1,3}\w{1,20}){0,2}?\W{1,3}(?:precedente?s?|"
        r"anterieure?s?|ci-dessus|plus haut|donnees)\b|\b(?:ignore[rz]?|oublie[rz]?) (?:toutes? )?(?:tes|"
        r"vos) (?:instructions?|consignes?|regles?)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "tu dois|vous devez",
        r"\b(?:tu dois|vous devez) (?:maintenant|immediatement|tout de suite|desormais)\b",
    ),
    sign(
        PROMPT,
        2,
        "tu es|vous etes",
        rf"{START}(?:tu es|vous etes) (?:maintenant |desormais )?(?:une? |le |l')(?:[\w'-]{{1,30}} ){{0,4}}?(?:assistante?|"
        r"agent|ia|expert|modele|bot)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "ignora|ignore|olvid|descart|esquec|desconsider|dimentic|haz caso omiso",
        r"\b(?:ignora(?:te|d|r)?|ignor[ei]|olvid[ae]|descart[ae]|esqueca|desconsidere|dimentica(?:te)?|"
        r"haz caso omiso)\b(?:\W{1,3}\w{1,20}){0,4}?\W{1,3}(?:instrucciones|ordenes|reglas|indicaciones|"
        r"instrucoes|regras|ordens|istruzioni|regole|indicazioni)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "debes|usted debe|deve|devi",
        r"\b(?:debes|usted debe|deves|voce deve|devi) (?:ahora|inmediatamente|agora|imediatamente|ora|subito)\b",
    ),
    sign(
        PROMPT,
        2,
        "eres|sei un|voce e|es usted",
        rf"{START}(?:eres|usted es|sei|voce e) (?:ahora |agora |ora )?(?:una?|um|uma|el|la|o|un') ?(?:[\w'-]{{1,30}} ){{0,4}}?(?:asistente|"
        r"agente|ia|experto|modelo|bot|assistente|modello)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "negeer|vergeet|zignoruj|ignoruj|zapomnij",
        r"\b(?:negeer|vergeet|zignoruj|ignoruj|zapomnij)\b(?:\W{1,3}\w{1,20}){0,4}?\W{1,3}(?:instructies|"
        r"opdrachten|regels|instrukcje|polecenia|wskazowki|instrukcji|polecen)\b",
    ),
    sign(
        INSTRUCTION,
        2,
        "игнор|забуд|не обращай|пренебрег",
        r"(?:про)?игнориру(?:й|йте)|(?:забуд(?:ь|ьте)|не обращай(?:те)? внимания на|пренебрег(?:и|"
        r"ите))(?:\W{1,3}\w{1,20}){0,4}?\W{1,3}(?:инструкци|указани|команд|правил|сообщени|вс[её] )",
    ),
    sign(
        INSTRUCTION,
        2,
        "ты должен|вы должны|ты обязан",
        r"(?:ты должен|вы должны|ты обязан) (?:сейчас|немедленно|теперь|сразу)",
    ),
    sign(
        PROMPT,
        2,
        "ты |вы ",
        rf"{START}(?:ты|вы) (?:теперь )?[—-]? ?(?:\w{{1,30}} ){{0,3}}(?:ассистент|помощник|агент|бот|модель|эксперт)",
    ),
    sign(
        INSTRUCTION,
        2,
        "onceki|yoksay|gormezden|unut",
        r"\bonceki\b.{0,30}\b(?:talimatlar\w{0,6}|komutlar\w{0,6}|kurallar\w{0,6})\b.{0,20}(?:yoksay|"
        r"gormezden|unut|dikkate alma)",
    ),
    sign(
        INSTRUCTION,
        2,
        "忽略|无视|無視|忘记|忘記|忘れ|不要理会|不要遵|忘掉",
        r"(?:忽略|无视|無視|忘记|忘記|忘掉|不要理会|不要遵[循守]).{0,12}(?:指令|指示|说明|說明|规则|規則|提示|命令|要求|内容)|(?:これまで|以前|"
        r"前|上記|すべて).{0,10}(?:指示|命令|ルール|プロンプト).{0,6}(?:無視|忘れ)",
    ),
    sign(
        INSTRUCTION,
        2,
        "你必须|你現在必須|您必须|立即",
        r"(?:你|您)(?:现在|現在)?必[须須](?:立即|马上|馬上|现在|調用|调用|执行|執行|运行)",
    ),
    sign(
        PROMPT,
        2,
        "你是|您是|あなたは",
        r"(?:你|您)(?:现在|現在)?是(?:一[个名位個])?.{0,16}(?:助手|代理|智能体|智能體|专家|專家|机器人|模型)|あなたは.{0,20}(?:アシスタント|エージェント|専門家|ai)",
    ),
    sign(
        INSTRUCTION,
        2,
        "무시|잊어",
        r"(?:이전|위|모든|앞).{0,10}(?:지시|명령|지침|규칙).{0,6}(?:무시|잊어)",
    ),
    sign(
        INSTRUCTION,
        2,
        "تجاهل|انس",
        r"(?:تجاهل|انس).{0,20}(?:التعليمات|الأوامر|القواعد)",
    ),
    sign(
        INSTRUCTION,
        2,
        "ignorieren|vergessen|missachten",
        r"\b(?:vorherigen?|bisherigen?|obigen?|fruheren?) (?:\w{1,20} ){0,2}?(?:anweisung(?:en)?|instruktion(?:en)?|regeln|befehle|"
        r"vorgaben) (?:zu |sofort )?(?:ignorieren|vergessen|missachten)\b",
    ),
)
