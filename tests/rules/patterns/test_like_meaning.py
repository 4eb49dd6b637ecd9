"""Which texts of two systems tell of one cause, alone and amid other systems, and that fleets without one show none."""

import random
from collections.abc import Callable, Iterator

import pytest

from server.knowledge.similarity.lexical import lexical_likeness
from server.model.moments import microseconds
from server.patterns.errors.root_cause import detect
from server.patterns.fleet import Fleet
from server.patterns.history import HistoryBuilder
from tests.rules.patterns.telling import at, told

Text = tuple[str, str]
"""Category and description."""

ONE_CAUSE: list[tuple[Text, Text]] = [
    (("rate_limit", "Vendor price API rate limit exceeded"), ("throttled", "price vendor API: too many requests, throttled")),
    (("vendor_rate_limit", "Vendor price API rate limit exceeded"), ("api_error", "price vendor API: too many requests, throttled")),
    (("stale_data", "stale prices.json"), ("old_quotes", "outdated price data in prices.json")),
    (("stale", "prices.json is 3 days old"), ("outdated_input", "prices.json was not updated since Monday")),
    (("timeout", "request to the pricing API timed out after 30 s"), ("slow", "price service did not answer within 10 seconds")),
    (("db_lock", "deadlock on table invoices"), ("contention", "invoices table locked by another transaction")),
    (("auth", "login to Stripe forbidden"), ("stripe_denied", "Stripe: credentials not authorized")),
    (("connection", "cannot connect to db-orders.internal"), ("network", "db-orders.internal: connection reset by peer")),
    (("missing_column", "column customer_id missing in orders"), ("KeyError", "customerId not found in orders table")),
    (("null_prices", ""), ("null_prices", "")),
    (("parse_error", "Unexpected end of JSON while reading prices.json"), ("decode", "prices.json could not be parsed")),
    (("weather_missing", "weather forecast for tomorrow is missing"), ("no_forecast", "weather forecast not found")),
    (("duplicate", "duplicate shipment records in the warehouse export"), ("dupes", "shipment records of the warehouse appear repeated")),
    (("partial", "sitemap upload truncated"), ("incomplete", "sitemap upload was cut off")),
    (("oom", "embedding model runs out of memory"), ("memory", "out of memory while loading the embedding model")),
    (("fx_unavailable", "ECB FX rates endpoint unavailable"), ("fx_timeout", "timeout calling ECB exchange rates API")),
    (("lag", "Kafka topic orders: consumer lagging behind"), ("consumer_lag", "orders topic consumer lag, messages outdated")),
    (("stale_features", "Feature store returned stale embeddings"), ("old", "embeddings from feature store are outdated")),
    (("s3_denied", "S3 bucket acme-raw access denied"), ("permission", "permission denied on s3://acme-raw/2026")),
    (("tls_error", "TLS certificate of the upstream API has expired"), ("ssl", "certificate expired: upstream API TLS handshake refused")),
    (("pool", "database connection pool exhausted, limit reached"), ("db", "connection limit reached: the database pool is exhausted")),
    (("utf16", "broker feed encoded as utf-16 cannot be decoded"), ("decode", "cannot decode broker feed: utf-16 encoded")),
    (("fx_fixing", "fx fixing for krona published twice"), ("fx_fixing", "krona fixing appears twice in fx publication")),
    (("tz_shift", "exchange calendar off an hour after daylight saving"), ("tz_shift", "daylight saving moved exchange calendar an hour")),
    (("schema", "exchange rates feed: currency field renamed"), ("schema_drift", "currency field renamed in exchange rates feed")),
]  # fmt: skip
TWO_CAUSES: list[tuple[Text, Text]] = [
    (("ledger_malformed", "invoice ledger rejected as malformed"), ("meter_malformed", "parking meter rejected as malformed")),
    (("malformed", "invoice ledger rejected as malformed"), ("malformed", "parking meter rejected as malformed")),
    (("rejected", "malformed: invoice ledger"), ("rejected", "malformed: parking meter")),
    (("timeout", "timeout"), ("timeout", "timeout")),
    (("timeout", "request timed out"), ("timeout", "request timed out")),
    (("connection_error", "connection refused by peer"), ("connection_error", "connection refused by peer")),
    (("internal_error", "unexpected internal error"), ("internal_error", "unexpected internal error")),
    (("rate_limit", "rate limit exceeded"), ("rate_limit", "too many requests")),
    (("null_values", ""), ("null_values", "")),
    (("schema_mismatch", ""), ("schema_mismatch", "")),
    (("disk_full", "no space left on device"), ("disk_full", "no space left on device")),
    (("validation_error", "validation failed"), ("validation_error", "validation failed")),
    (("certificate", "TLS certificate expired"), ("tls", "certificate has expired")),
    (("camera_lost", "camera feed lost calibration"), ("roster_lost", "flight roster lost calibration")),
    (("overlap", "camera overlapped another slot"), ("overlap", "violin overlapped another slot")),
    (("wheat_price_currency", "wheat price quoted in wrong currency"), ("museum_currency", "museum ticket quoted in wrong currency")),
    (("negative", "blood sample had negative balance"), ("negative", "lottery draw had negative balance")),
    (("timeout", "Stripe API timed out"), ("timeout", "weather API timed out")),
    (("stale", "prices.json is stale"), ("stale", "roster.json is stale")),
    (("prices_stale", "prices.json is stale"), ("prices_denied", "no permission for prices.json")),
    (("locked", "deadlock on table invoices"), ("locked", "deadlock on table shipments")),
    (("stale", "tram signal stale for platform north"), ("stale", "oven sensor stale for bakery north")),
    (("late", "Monday export delayed by the accounting close"), ("late", "nightly import delayed by the harbour crane")),
    (("price_rounding", "price rounding differs in the last digit"), ("price_timeout", "price request timed out")),
    (("connection", "cannot connect to db-orders.internal"), ("connection", "cannot connect to cache-seats.internal")),
    (("permission", "permission denied for user backup"), ("permission", "permission denied for user robot")),
    (("null", "null pointer in payroll module"), ("null", "null pointer in radar module")),
    (("db_timeout", "database connection timed out"), ("db_timeout", "database query timed out")),
    (("http_500", "HTTP 500 from upstream service"), ("http_500", "HTTP 500 returned by backend")),
    (("import_error", "No module named pandas"), ("import_error", "No module named torch")),
    (("data_missing", "data missing for ticker AAPL"), ("data_missing", "data missing for patient 17")),
    (("KeyError", "KeyError: customer"), ("KeyError", "KeyError: satellite")),
]  # fmt: skip
OTHERS: list[Text] = [
    ("glue", "glue nozzle clogged"), ("halo", "telescope dome shut"), ("fuel", "kerosene pump idle"), ("bees", "hive scales empty"),
    ("ink", "printer ink dry"), ("gps", "lorry position jumps"), ("sap", "maple tap frozen"), ("hay", "baler twine torn"),
    ("moss", "roof camera fogged"), ("opal", "gem weight negative"),
]  # fmt: skip


def shown(one: Text, other: Text, amid: int) -> int:
    """How many shared causes of the two are found, amid so many other systems."""
    reports = [
        (
            f"sys_{place}",
            [
                {"kind": "error", "at": at(day + 3 * place, 3), "category": category, "description": description}
                for day in (2, 17, 33, 49)
            ],
        )
        for place, (category, description) in enumerate([one, other, *OTHERS[:amid]])
    ]
    found = detect(told(*reports), Fleet(), likeness=lexical_likeness)
    return sum(not pattern.held_back for pattern in found)


@pytest.mark.parametrize("amid", [0, 3, 10])
@pytest.mark.parametrize(("one", "other"), ONE_CAUSE)
def test_texts_that_tell_of_like_trouble_with_the_same_thing_are_one_cause(one: Text, other: Text, amid: int) -> None:
    assert shown(one, other, amid) == 1


@pytest.mark.parametrize("amid", [0, 3, 10])
@pytest.mark.parametrize(("one", "other"), TWO_CAUSES)
def test_texts_that_share_only_what_happened_or_only_the_thing_are_two(one: Text, other: Text, amid: int) -> None:
    assert shown(one, other, amid) == 0


THINGS = (
    "invoice camera flight genome oven parking violin harbour blood tax satellite bakery lottery museum wheat dog tram poem solar "
    "library ledger feed roster index sensor meter catalogue crane sample form pass order draw ticket price licence signal archive "
    "panel loan vendor exchange parcel seat cart coupon badge shelf barrel"
).split()
WORDINGS = [
    "rejected as malformed", "exceeded its quota", "lost calibration", "had negative balance", "arrived unsigned",
    "overlapped another slot", "out of colour range", "missed its stamp", "timed out", "overdue by a year",
]  # fmt: skip
GENERIC = [
    ("timeout", "request timed out"), ("connection_error", "connection refused by peer"), ("disk_full", "no space left on device"),
    ("internal_error", "unexpected internal error"), ("parse_error", "could not parse the response"), ("null_values", "null in field"),
    ("rate_limit", "too many requests"), ("auth_failed", "permission denied"), ("schema_mismatch", "column type differs"),
    ("validation_error", "validation of input failed"), ("out_of_memory", "killed: out of memory"), ("stale_cache", "cache is stale"),
]  # fmt: skip
Draw = Callable[[random.Random, int], list[Text]]


def from_a_list(chance: random.Random, _: int) -> list[Text]:
    return chance.sample(GENERIC, 3)


def names_from_a_list(chance: random.Random, _: int) -> list[Text]:
    return [(category, "") for category, _ in chance.sample(GENERIC, 3)]


def with_a_subject_of_its_own(chance: random.Random, system: int) -> list[Text]:
    subject = " ".join(THINGS[2 * system % 48 : 2 * system % 48 + 2])
    return [
        (f"{subject} {wording.split()[-1]}".replace(" ", "_"), f"{subject} {wording}")
        for wording in chance.sample(WORDINGS, 2)
    ]


def with_one_word_of_its_own(chance: random.Random, system: int) -> list[Text]:
    return [(wording.split()[-1], f"{THINGS[system]} {wording}") for wording in chance.sample(WORDINGS, 2)]


def in_random_words(chance: random.Random, _: int) -> list[Text]:
    drawn = [(chance.sample(THINGS, 2), chance.choice(WORDINGS)) for _ in range(2)]
    return [("_".join(things), f"{' '.join(things)} {wording}") for things, wording in drawn]


def of_random_words_alone(chance: random.Random, _: int) -> list[Text]:
    drawn = [chance.sample(THINGS, 4) for _ in range(2)]
    return [("_".join(words[:2]), " ".join(words)) for words in drawn]


def fleets(draw: Draw, systems: int, seeds: int) -> Iterator[int]:
    """Of each seed how many shared causes a fleet shows in which every system fails by itself."""
    for seed in range(seeds):
        chance = random.Random(seed)
        builder = HistoryBuilder(microseconds(at(0)), microseconds(at(90)))
        number = 0
        for system in range(systems):
            for category, description in draw(chance, system):
                for _ in range(chance.randint(3, 25)):
                    number += 1
                    document = {"category": category, "description": description}
                    builder.add(number, f"sys_{system}", "error", microseconds(at(chance.random() * 90)), document)
        found = detect(builder.build(), Fleet(), likeness=lexical_likeness)
        yield sum(not one.held_back for one in found)


@pytest.mark.parametrize("systems", [3, 5, 20])
@pytest.mark.parametrize(
    "draw",
    [from_a_list, names_from_a_list, with_a_subject_of_its_own, with_one_word_of_its_own, in_random_words, of_random_words_alone],
)  # fmt: skip
def test_a_fleet_in_which_each_fails_by_itself_shows_next_to_nothing(draw: Draw, systems: int) -> None:
    assert sum(fleets(draw, systems, 20)) <= 1
