"""Words that systems use for their troubles: which mean the same, and which could stand in anybody's messages.

A table in place of a model: it brings `stale`, `outdated` and `too old` together, and nothing else. Written for the errors
of software systems in English; what it doesn't know is compared word by word.
"""

_TOGETHER = {
    "stale": "stale staleness outdated obsolete old older aged age expired expiry expire lagging behind unrefreshed freshness",
    "late": "late delayed delay lateness overdue tardy",
    "timeout": "timeout timeouts timed unresponsive hang hung hangs stuck slow slowness latency deadline unavailable unreachable",
    "missing": "missing absent lost lacking lacks nonexistent vanished gone",
    "null": "null nulls none nan nil undefined nullpointer npe",
    "empty": "empty blank zero void",
    "broken": "malformed corrupt corrupted corruption garbled mangled unparsable unparseable unreadable",
    "partial": "partial partially incomplete truncated truncation unfinished torn",
    "parse": "parse parser parsing decode decoding decoder deserialize deserialise deserialization unmarshal tokenizer",
    "denied": "denied forbidden unauthorized unauthorised permission permissions unauthenticated credential credentials login",
    "throttled": "throttle throttled throttling ratelimit ratelimited quota quotas",
    "memory": "memory oom heap outofmemory",
    "disk": "disk enospc",
    "connect": "connection connections connect connecting network socket econnrefused econnreset disconnected disconnect",
    "duplicate": "twice duplicate duplicates duplicated dupe dupes repeated double doubled redundant",
    "crash": "crash crashed crashes segfault panic abort aborted killed died",
    "wrong": "wrong incorrect inaccurate mistaken erroneous",
    "invalid": "invalid illegal unacceptable",
    "deadlock": "deadlock deadlocked contention locked lock locks",
    "delete": "delete deleted deletion remove removed removal drop dropped",
}
_PHRASES = {
    "timeout": "timed out|time out|no response|did not respond|not responding|took too long|did not answer|no answer|not available",
    "stale": "out of date|not fresh|too old|not up to date|not updated|not refreshed",
    "missing": "not found|does not exist|no such|could not find|cannot find",
    "memory": "out of memory",
    "disk": "no space left|disk full|out of space|out of disk",
    "throttled": "rate limit|rate limited|rate limiting|too many requests|rate limits",
    "partial": "half written|cut off|end of file|partly written",
    "denied": "access denied|not allowed|not authorized|not permitted",
}
_IDLE = """
a about above after again all also am an and any are as at be because been before being between both but by can cannot
could did do does doing done down during each few for from further get got had has have having he her here his how i if in
into is it its itself just me more most my no nor not now of off on once only or other our out over own same she should
another appear appears seem seems
so some such than that the their them then there these they this those through to too under until up us very was we were
what when where which while who whom why will with would you your via per yet vs etc ie eg
error errors err failure failures failed fail fails failing exception exceptions issue issues problem problems occurred
happened
"""
_EVERYDAY = """
abnormal complete completed document end ended finish finished
action alert api app application argument attempt backend bad batch body broke bug build byte cache call cannot
category check class client cloud code column com command component condition config configuration content context could
count critical csv current cycle data database date datum day db default dependency detail detected directory down
encountered endpoint entry env environment event exceed exceeded execute execution exit expected external fatal fetch field
file folder format found function general generic get got handler high host hour http https id import input inside
instance integrity internal invalid io item job json key kind label layer level library limit line list load loading local log
low main max maximum message metric min minimum minute mismatch misc missing mode model module month name new number object
obtain operation org other outage output package page parameter part path pending pipeline point post process processing
program property provider py python query queue random raise range rate raw reach read reader reading received record refresh
refused reject rejected remote report request reset resource response result retry return returned root row rule run running
runtime schema script second server service session set size source spike stage start started state status step stop
storage store stream string syntax system table target task temporary test thread threshold time tmp today token tool total
trace trigger try type unable unexpected unexpectedly unknown unsupported update upstream downstream url usage user value values
version warn warning week window worker write writer writing wrong xml yaml year yesterday
sql html rest rpc grpc sdk cli gui ack eof eval npm jvm gc
peer device certificate tls ssl dns tcp udp proxy vpn firewall gateway socket handshake payload transaction commit rollback
constraint foreign unique primary constraint pointer reference deployment deploy container pod image node kernel cpu gpu ram swap
capacity exhausted exhaustion full space free leak pool thread signal kill worker retries backoff circuit breaker fallback encoding
charset unicode utf ascii division overflow underflow arithmetic assertion attribute iteration recursion segmentation stack stacktrace
traceback util common core base lib src bin var opt root admin account email role policy scope session cookie header auth authentication
authorization oauth jwt webhook callback endpoint bucket topic broker cluster shard replica partition batch pipeline scheduler cron
dataset dataframe tensor nonzero negative positive invariant validate validation validator conflict concurrent concurrency race
tomorrow tonight morning evening daily hourly weekly nightly monthly export
monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october
november december utc gmt sys agent
"""

IDLE = frozenset(_IDLE.split())
"""Words that say nothing on what went wrong."""
EVERYDAY = frozenset(_EVERYDAY.split())
"""Words that may stand in anybody's error messages: they count where texts are ranked, but prove nothing when shared."""
MEANINGS = {word: meaning for meaning, words in _TOGETHER.items() for word in words.split()}
"""Word to meaning, for words that alone mean the same."""
PHRASES = {phrase: meaning for meaning, phrases in _PHRASES.items() for phrase in phrases.split("|")}
"""The same for words in a row."""
