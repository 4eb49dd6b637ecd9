"""Which hosts the variables of a service name: evidence for what it calls, without a secret in it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

_SECRET = re.compile(
    r"PASSW|PASSPHRASE|PASS$|(^|_)PASS_|PWD(_|$)|SECRET|TOKEN|CREDENTIAL|PRIVATE|SALT(_|$)|CERT(_|$)|"
    r"(^|_)KEYS?(_|$)|APIKEY|COOKIE|(^|_)AUTH$"
)
_ADDRESS = re.compile(
    r"(ADDR|ADDRS|ADDRESS|ADDRESSES|URL|URLS|URI|URIS|HOST|HOSTS|HOSTNAME|HOSTNAMES|ENDPOINT|ENDPOINTS|SERVER|SERVERS|"
    r"BROKER|BROKERS|DSN|CONNECTION_STRINGS?|CONNECTIONSTRINGS?|CONN_STR|CONN|CONNECTION|CONNECT|CONTACT_POINTS|BOOTSTRAP)(_?LIST)?_?[0-9]*$|"
    # .NET names its connection strings below a section of that name
    r"^CONNECTION_?STRINGS?_"
)
_CONNECTION_STRING = re.compile(r"CONNECTION_?STRINGS?|CONN_?STR|DSN|CONNECTION|DATABASE|DATA_?SOURCE|(^|_)DB(_|$)")
_WHO_COMES_IN = re.compile(
    r"NO_PROXY|(^|_)(ALLOWED|ALLOW|CORS|CSRF|TRUSTED|ORIGIN|ORIGINS|ADVERTISED|ADVERTISE|LISTEN|LISTENER|LISTENERS|BIND|"
    r"VIRTUAL_HOST|CALLBACK|REDIRECT|REDIRECTS|WHITELIST|ALLOWLIST|QUORUM_VOTERS|INITIAL_CLUSTER|INITIAL_MASTER_NODES)(_|$)|"
    r"(^|_)(PUBLIC|EXTERNAL)_?(BASE_?)?(URL|URI|HOST|HOSTNAME|ADDR|ADDRESS|ENDPOINT)$"
)
"""Names that say who may come in, where the service itself is to be reached, or who its equals in a cluster are."""
_LINK = re.compile(
    r"(^|_)(FRONTEND|FRONT_END|CLIENT|APP|APPLICATION|WEB|WEBSITE|SITE|ROOT|HOME|BASE|UI)_?(BASE_?)?(URL|URI|HOST)$"
)
"""Names under which a service is told where people see it: for links in e-mails and pages."""
_NOT_AN_ADDRESS = re.compile(r"(IMAGE|TAG|VERSION|DOCKERFILE)$")

_HOST = r"(?:[A-Za-z0-9_](?:[A-Za-z0-9_.-]{0,251}[A-Za-z0-9_])?)"
_URL = re.compile(
    r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{0,40})://"
    # up to the path; a comma that begins the next URL of a list ends this one
    r"(?P<authority>(?:(?!,[A-Za-z][A-Za-z0-9+.-]{0,40}://)[^/?#\s\"'<>|;\\])*)"
    r"(?P<path>(?:(?!,[A-Za-z][A-Za-z0-9+.-]{0,40}://)[^\s\"'<>|;\\])*)"
)
_NO_PORT = re.compile(r"[^:]*:[0-9]*[^0-9,:]")
"""An authority whose part after the colon can't be a port: a password with a character that should have been escaped."""
_THIN = re.compile(rf"jdbc:oracle:[a-z]+:.{{0,200}}?@/*(?P<host>{_HOST})(?::(?P<port>\d{{1,5}}))?")
_IN_BRACKETS = re.compile(rf"@(?:tcp|tcp6|udp)\((?P<host>{_HOST})(?::(?P<port>\d{{1,5}}))?\)")
_PAIR = re.compile(
    r"(?:^|[;\s])(?:server|host|hostname|hosts|data source|datasource|address|addr|network address|endpoint|hostaddr)\s*=\s*"
    r"(?:tcp:)?(?P<value>[^;\s]+)",
    re.IGNORECASE,
)
_BARE = re.compile(rf"(?:[A-Za-z0-9_.-]{{1,60}}@)?(?P<host>{_HOST})(?::(?P<port>\d{{1,5}}))?(?:/[^\s,;]*)?$")
_CREDENTIALS = re.compile(rf"[^@\s]*:[^@\s]*@(?P<host>{_HOST})(?::(?P<port>\d{{1,5}}))?(?:/[^\s,;]*)?$")
LONGEST = 8_000
"""Characters of a value that are looked at."""


@dataclass(frozen=True)
class Address:
    """A host that a variable names."""

    host: str
    port: str = ""
    scheme: str = ""

    def __str__(self) -> str:
        """The address without credentials, path and query, which may hold secrets."""
        return f"{self.scheme}://" * bool(self.scheme) + self.host + f":{self.port}" * bool(self.port)


def plain_name(variable: str) -> str:
    """The variable's name in capitals with underscores, whatever its style: `identityUrl`, `discovery.seed-hosts`."""
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", variable)
    return re.sub(r"[^A-Za-z0-9]+", "_", spaced).upper()


def may_be_a_link(variable: str) -> bool:
    """Whether a variable of this name may say where people are sent, and not what the service calls."""
    return _LINK.search(plain_name(variable)) is not None


def is_secret(variable: str) -> bool:
    """Whether the name says that the value is nobody's business."""
    return _SECRET.search(plain_name(variable)) is not None


def evidence_for(variable: str, address: Address) -> str:
    """What the variable says, in words that may be stored and shown."""
    return f"environment {variable} (value withheld)" if is_secret(variable) else f"environment {variable}={address}"


def addresses_in(variable: str, value: str) -> list[Address]:
    """The hosts that a variable's value names, in their order and without repetition.

    Hosts of URLs count under any name; a host alone, or a connection string's, only where the name says that an
    address is meant. Names that say who may come in are no statement of what is called.
    """
    name = plain_name(variable)
    if _WHO_COMES_IN.search(name) or not value or len(value) > LONGEST:
        return []
    found = list(_of_urls(value))
    if not found and not _NOT_AN_ADDRESS.search(name):
        means_address = _ADDRESS.search(name) is not None
        if not is_secret(variable) or means_address:
            found = list(_of_words(name, value, means_address=means_address))
    return [address for address in dict.fromkeys(found) if not address.host.isdigit()]


def _of_urls(value: str) -> Iterator[Address]:
    for thin in _THIN.finditer(value):
        yield Address(thin["host"], thin["port"] or "", "jdbc")
    for url in _URL.finditer(value):
        authority = url["authority"]
        if "@" not in authority and "@" in url["path"] and _NO_PORT.match(authority):
            authority = re.split(r"[/?#]", url["path"].rpartition("@")[2], maxsplit=1)[0]
        authority = authority.rpartition("@")[2]
        wrapped = re.match(r"[a-z0-9]+\((?P<inside>[^)]*)\)", authority)
        for part in (wrapped["inside"] if wrapped else authority).split(","):
            if bare := _BARE.match(part):
                yield Address(bare["host"], bare["port"] or "", url["scheme"].lower())


def _of_words(name: str, value: str, *, means_address: bool) -> Iterator[Address]:
    for wrapped in _IN_BRACKETS.finditer(value):
        yield Address(wrapped["host"], wrapped["port"] or "")
    if _CONNECTION_STRING.search(name) and (pairs := list(_PAIR.finditer(value))):
        for pair in pairs:
            for part in pair["value"].split(","):
                if bare := _BARE.match(part.strip()):
                    yield Address(bare["host"], bare["port"] or "")
        return
    words = [word for word in re.split(r"[,;\s]+", value.strip()) if word]
    if means_address:
        for word in words:
            if bare := _BARE.match(word) or _CREDENTIALS.match(word):
                yield Address(bare["host"], bare["port"] or "")
        return
    # under any other name only what can hardly be anything else: a list of host:port, with a port that is no version
    matches = [_BARE.match(word) for word in words]
    if all(match and len(match["port"] or "") >= 3 for match in matches):
        yield from (Address(match["host"], match["port"]) for match in matches if match)
