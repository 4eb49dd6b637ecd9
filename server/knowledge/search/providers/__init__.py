"""Models that turn texts into vectors: what one is, and which one the settings ask for."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

Vectors = npt.NDArray[np.float32]
"""One row of length 1 for each text."""


class NoVectors(Exception):
    """A model can't be asked now; the sentence says why, and carries no secret."""


class Provider(Protocol):
    """A model, and where it runs."""

    @property
    def key(self) -> str:
        """Name of provider and model; vectors of different ones are never compared."""

    @property
    def at_once(self) -> int:
        """Texts that are best given at once."""

    def vectors(self, texts: Sequence[str], *, waiting: bool = False) -> Vectors:
        """A vector of length 1 for each text; `waiting`: somebody waits for it, so that it is given up soon.

        Raises NoVectors.
        """


def of_length_one(vectors: npt.ArrayLike) -> Vectors:
    """The same directions; what has no length stays 0."""
    matrix = np.asarray(vectors, np.float32)
    lengths = np.linalg.norm(matrix, axis=1, keepdims=True)
    found: Vectors = matrix / np.maximum(lengths, np.float32(1e-12))
    return found
