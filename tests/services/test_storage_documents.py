"""Documents as they are stored: JSON in ASCII, whatever text and figures they hold."""

import json
import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from server.errors import InvalidArgument
from server.storage.engines import to_json

TEXT = st.text(st.characters(codec=None, exclude_categories=()))
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(DOCUMENTS)
@example({"half a pair": "\ud800", "beyond ASCII": "naïve ☂ 🌍", "control": "\0\x1f\x7f"})
@example({"said in words": "NaN and Infinity", "exact": [0.1, 1e-7, 1e16, 5e-324, -0.0, 10**40]})
def test_a_document_is_ascii_and_reads_back_as_it_was(document: Any) -> None:
    written = to_json(document)
    assert written.isascii()
    assert repr(json.loads(written)) == repr(document)


def test_a_document_may_be_as_deep_as_python_reads() -> None:
    deep: list[Any] = []
    for _ in range(400):
        deep = [deep]
    assert json.loads(to_json(deep)) == deep


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_a_figure_that_json_does_not_have_is_refused(number: float) -> None:
    with pytest.raises(InvalidArgument, match="not a number"):
        to_json({"check": [{"ratio": number}]})
