"""The local model gives the vectors that its weights stand for; left out where the extra `semantic` is not installed."""

import numpy as np
import pytest

from server.knowledge.search.providers import NoVectors, minilm
from server.knowledge.search.providers.minilm import MiniLm, is_installed

REFERENCE = ((0.067657, 0.063496, 0.048713, 0.079305), (0.086439, 0.102763, 0.005395, 0.002044))

installed = pytest.mark.skipif(not is_installed(), reason="the extra `semantic` is not installed")


@installed
def test_texts_of_one_meaning_are_nearer_than_others_and_every_vector_has_length_1() -> None:
    stale, old, upload = MiniLm().vectors(
        ["the price feed is stale", "old quotes in the market feed", "uploads are retried"]
    )
    assert np.allclose([stale @ stale, old @ old, upload @ upload], 1, atol=1e-5)
    assert stale @ old > 2 * (stale @ upload)


@installed
def test_a_vector_is_the_same_alone_and_among_longer_texts() -> None:
    model = MiniLm()
    texts = ["stale", "a much longer text about prices that are read twice " * 40, "", "漢字 \x00 🙂"]
    together = model.vectors(texts)
    assert np.allclose(together, np.vstack([model.vectors([one]) for one in texts]), atol=1e-5)


@installed
def test_vectors_are_those_of_the_reference_implementation() -> None:
    """The first numbers of sentence-transformers 6.2 on torch 2.15 for the same weights."""
    found = MiniLm().vectors(["This is an example sentence", "Each sentence is converted"])
    assert np.allclose(found[:, :4], REFERENCE, atol=1e-5)


def test_without_the_packages_it_says_so_at_the_first_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minilm, "find_spec", lambda name: None)
    assert not is_installed()
    with pytest.raises(NoVectors, match="the extra `semantic` is not installed"):
        MiniLm().vectors(["one"])


def test_the_error_function_is_near_enough() -> None:
    """x Φ(x) at a few points of a table."""
    state = np.array([-3.0, -1.0, 0.0, 0.5, 1.0, 3.0], np.float32)
    expected = [-0.0040497, -0.1586553, 0.0, 0.3457312, 0.8413447, 2.9959503]
    assert np.allclose(minilm._gelu(state), expected, atol=1e-6)
