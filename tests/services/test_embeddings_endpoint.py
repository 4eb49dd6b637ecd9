"""A model behind an endpoint, over real HTTP: what is sent there, and what becomes of an answer that is none."""

from collections.abc import Iterator

import numpy as np
import pytest

from server.config import read_config
from server.errors import ConfigurationError
from server.knowledge.search.providers import NoVectors
from server.knowledge.search.providers import endpoint as endpoints
from server.knowledge.search.providers.chosen import USUAL_MODEL, chosen
from server.knowledge.search.providers.endpoint import Endpoint as Asked
from tests.services.embeddings_endpoint import DIMENSION, Endpoint, endpoint


@pytest.fixture
def served() -> Iterator[Endpoint]:
    with endpoint() as told:
        yield told


def test_texts_are_sent_in_batches_with_the_key_and_come_back_as_vectors_of_length_1(served: Endpoint) -> None:
    asked = Asked(served.url + "/", "words", key="sk-secret")
    found = asked.vectors([f"text number {number}" for number in range(100)] + [""])
    assert found.shape == (101, DIMENSION)
    assert np.allclose(np.linalg.norm(found[:100], axis=1), 1)
    assert [(path, key, len(body["input"])) for path, key, body in served.asked] == [
        ("/v1/embeddings", "Bearer sk-secret", 64),
        ("/v1/embeddings", "Bearer sk-secret", 37),
    ]
    assert served.asked[0][2]["model"] == "words"
    assert served.texts[-1] == " ", "an empty text is bad input to some"


def test_rows_are_put_in_the_order_of_what_was_asked(served: Endpoint) -> None:
    asked = Asked(served.url, "words")
    together = asked.vectors(["stale data", "upload", "keys"])
    assert np.allclose(together[1], asked.vectors(["upload"])[0])
    assert served.asked[0][1] is None, "no key, no header"


@pytest.mark.parametrize(
    "answer",
    [
        b"no JSON",
        b"{}",
        b'{"data": []}',
        b'{"data": [{"index": 0, "embedding": []}]}',
        b'{"data": [{"index": 0, "embedding": ["a"]}]}',
        b'{"data": [{"index": 1, "embedding": [1.0]}]}',
        b'{"data": [{"index": 0, "embedding": [NaN]}]}',
        b'{"data": [{"index": 0, "embedding": [1e999]}]}',
        b'{"data": 3}',
        b"[" * 100_000,
    ],
)
def test_an_answer_that_is_no_vector_for_each_text_is_refused(served: Endpoint, answer: bytes) -> None:
    served.answer = answer
    with pytest.raises(NoVectors, match="not a vector for each text"):
        Asked(served.url, "words").vectors(["one"])


def test_what_goes_wrong_is_told_without_the_key_and_not_tried_again_at_once(served: Endpoint) -> None:
    served.status, served.answer = 401, b"wrong key sk-secret"
    asked = Asked(served.url, "words", key="sk-secret")
    for _ in range(3):
        with pytest.raises(NoVectors) as raised:
            asked.vectors(["one"])
        assert str(raised.value) == "127.0.0.1 answered 401"
    assert len(served.asked) == 1
    assert "sk-secret" not in repr(asked)


def test_nobody_else_is_given_the_key_by_a_redirect(served: Endpoint) -> None:
    with endpoint() as other:
        served.status, served.moved_to = 307, f"{other.url}/embeddings"
        with pytest.raises(NoVectors, match="answered 307"):
            Asked(served.url, "words", key="sk-secret").vectors(["one"])
        assert other.asked == []


def test_an_answer_that_is_too_large_is_refused(served: Endpoint, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(endpoints, "LARGEST", 10)
    with pytest.raises(NoVectors, match="too large"):
        Asked(served.url, "words").vectors(["one"])


def test_an_endpoint_that_answers_bit_by_bit_is_waited_for_no_longer_than_a_silent_one(
    served: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoints, "SECONDS_WAITING", 0.2)
    served.drips, served.answer = True, b" " * 60
    with pytest.raises(NoVectors, match=r"gave no answer within 0\.2 s"):
        Asked(served.url, "words").vectors(["one"], waiting=True)


def test_an_endpoint_that_is_not_there_is_told_as_such() -> None:
    with endpoint() as gone:
        pass
    with pytest.raises(NoVectors, match=r"^127\.0\.0\.1 can't be reached$"):
        Asked(gone.url, "words").vectors(["one"], waiting=True)


def test_models_are_known_by_address_and_name(served: Endpoint) -> None:
    first, other = (chosen(served.url, model=model) for model in ("", "words"))
    assert first is not None
    assert other is not None
    place = served.url.removeprefix("http://")
    assert (first.key, other.key) == (f"{place}/{USUAL_MODEL}", f"{place}/words")


def test_off_is_no_model_and_local_is_the_one_of_the_extra() -> None:
    assert chosen("off") is None
    local = chosen("local")
    assert local is not None
    assert local.key == "sentence-transformers/all-MiniLM-L6-v2"


@pytest.mark.parametrize(
    ("setting", "read"),
    [("", ""), (" Off ", "off"), ("LOCAL", "local"), ("http://localhost:11434/v1", "http://localhost:11434/v1")],
)
def test_the_setting_is_a_word_or_a_url(setting: str, read: str) -> None:
    config = read_config({"CONCORD_EMBEDDINGS": setting, "CONCORD_EMBEDDINGS_KEY": "sk-secret"})
    assert config.embeddings == read
    assert "sk-secret" not in repr(config)


@pytest.mark.parametrize("setting", ["on", "ftp://host", "https://name:sk-secret@host/v1", "https://host /v1", "/v1"])
def test_a_setting_that_is_neither_is_refused_without_repeating_it(setting: str) -> None:
    with pytest.raises(ConfigurationError) as raised:
        read_config({"CONCORD_EMBEDDINGS": setting})
    assert "sk-secret" not in str(raised.value.payload())
