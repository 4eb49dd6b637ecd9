"""The words by which people name formats: containers, media types, encodings, compressions."""

ANY = "any"
"""The container of a reader that takes all of them."""
CONTAINERS = {
    "json": "json",
    "geojson": "json",
    "jsonl": "jsonl",
    "ndjson": "jsonl",
    "jsonlines": "jsonl",
    "ldjson": "jsonl",
    "csv": "csv",
    "tsv": "tsv",
    "parquet": "parquet",
    "pq": "parquet",
    "avro": "avro",
    "orc": "orc",
    "arrow": "arrow",
    "feather": "arrow",
    "yaml": "yaml",
    "yml": "yaml",
    "toml": "toml",
    "xml": "xml",
    "html": "html",
    "htm": "html",
    "markdown": "markdown",
    "md": "markdown",
    "pdf": "pdf",
    "xlsx": "xlsx",
    "xls": "xls",
    "ods": "ods",
    "protobuf": "protobuf",
    "proto": "protobuf",
    "msgpack": "msgpack",
    "messagepack": "msgpack",
    "cbor": "cbor",
    "bson": "bson",
    "sqlite": "sqlite",
    "sqlite3": "sqlite",
    "duckdb": "duckdb",
    "hdf5": "hdf5",
    "h5": "hdf5",
    "netcdf": "netcdf",
    "pickle": "pickle",
    "pkl": "pickle",
    "npy": "npy",
    "npz": "npz",
    "ini": "ini",
    "png": "png",
    "jpeg": "jpeg",
    "jpg": "jpeg",
    "svg": "svg",
    "ics": "ics",
    "any": ANY,
    "anything": ANY,
}
"""Word → container. Endings of file names are among them."""
MEDIA_TYPES = {
    "text/plain": "",
    "application/octet-stream": "",
    "binary/octet-stream": "",
    "*/*": ANY,
    "text/tab-separated-values": "tsv",
    "text/calendar": "ics",
    "image/svg+xml": "svg",
    "avro/binary": "avro",
    "application/json-seq": "json-seq",
    "application/json-lines": "jsonl",
    "application/x-json-lines": "jsonl",
    "application/json-stream": "jsonl",
    "application/gzip": "",
    "application/vnd.apache.arrow.file": "arrow",
    "application/vnd.apache.arrow.stream": "arrow-stream",
    "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/x-hdf": "hdf5",
    "application/x-hdf5": "hdf5",
    "application/vnd.sqlite3": "sqlite",
}
"""Those whose last part is no container's name. An empty one says nothing about the container."""
KNOWN = frozenset((*CONTAINERS.values(), *filter(None, MEDIA_TYPES.values()), "text"))
TEXTUAL = frozenset(
    ("json", "jsonl", "csv", "tsv", "yaml", "toml", "xml", "html", "markdown", "svg", "ini", "text", "ics")
)
"""Containers to which an encoding means something."""
MEDIA_TEXT = frozenset(("csv", "tsv", "html", "markdown", "text", "xml", "yaml", "ics"))
"""Containers with a media type in `text/`."""
UTF8_BY_STANDARD = frozenset(("json", "jsonl", "json-seq", "toml"))
"""RFC 8259, section 8.1; JSON Lines; TOML 1.0."""
PHRASES = (
    (r"\bjson[\s_-]+lines?\b|\b(newline|line)[\s_-]*delimited[\s_-]*json\b", "jsonl"),
    (r"\bcomma[\s_-]separated([\s_-]values)?\b", "csv"),
    (r"\btab[\s_-]separated([\s_-]values)?\b", "tsv"),
    (r"\bgeo[\s_-]?json\b", "geojson"),
    (r"\bplain[\s_-]text\b", "text"),
    (r"\bjson[\s_-]seq\b", "json-seq"),
    (r"\bapache[\s_-](parquet|avro|arrow|orc)\b", r"\1"),
    (r"\butf[\s_-]?(8|16|32)", r"utf\1"),
    (r"\blist\b", "array"),
)
ENCODINGS = {
    "utf8": "utf-8",
    "utf8sig": "utf-8-sig",
    "utf8bom": "utf-8-sig",
    "utf16": "utf-16",
    "utf16le": "utf-16-le",
    "utf16be": "utf-16-be",
    "utf32": "utf-32",
    "utf32le": "utf-32-le",
    "utf32be": "utf-32-be",
    "ascii": "ascii",
    "usascii": "ascii",
    "latin1": "iso-8859-1",
    "l1": "iso-8859-1",
    "iso88591": "iso-8859-1",
    "iso885915": "iso-8859-15",
    "latin9": "iso-8859-15",
    "windows1252": "windows-1252",
    "cp1252": "windows-1252",
    "windows1251": "windows-1251",
    "cp1251": "windows-1251",
    "koi8r": "koi8-r",
    "shiftjis": "shift_jis",
    "sjis": "shift_jis",
    "eucjp": "euc-jp",
    "gbk": "gbk",
    "gb2312": "gb2312",
    "gb18030": "gb18030",
    "big5": "big5",
    "macroman": "mac-roman",
}
WITHIN = {
    "ascii": frozenset(
        "utf-8 utf-8-sig iso-8859-1 iso-8859-15 windows-1252 windows-1251 koi8-r gbk gb2312 gb18030 big5 euc-jp mac-roman".split()
    ),
    "utf-8": frozenset(("utf-8-sig",)),
    "gb2312": frozenset(("gbk", "gb18030")),
    "gbk": frozenset(("gb18030",)),
}
"""Encoding → those that read every text written in it as the same text."""
COMPRESSIONS = {
    "gz": "gzip",
    "gzip": "gzip",
    "gzipped": "gzip",
    "zst": "zstd",
    "zstd": "zstd",
    "zstandard": "zstd",
    "bz2": "bzip2",
    "bzip2": "bzip2",
    "xz": "xz",
    "lzma": "xz",
    "br": "brotli",
    "brotli": "brotli",
    "zip": "zip",
    "zipped": "zip",
    "lz4": "lz4",
}
INSIDE = frozenset(("parquet", "orc", "avro", "arrow", "hdf5"))
"""Containers that compress on their own, inside: a word such as zstd then says nothing about the file as a whole."""
UNCOMPRESSED = frozenset(("identity", "none", "uncompressed"))
SILENT = UNCOMPRESSED | frozenset(
    """file files document documents doc format formats data encoded encoding charset content text in as of a an the and
    or per with objects""".split()
)
