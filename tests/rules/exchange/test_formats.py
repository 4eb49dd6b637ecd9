"""Telling formats apart, and saying what is known where nothing fits."""

import json

import pytest

from server.errors import InvalidArgument
from server.exchange.formats import FORMATS, find_format
from server.exchange.imported import LONGEST_KEY, source_key
from server.exchange.source import SourceFile

COMPOSE = SourceFile("/x/stack.yaml", "services: {a: {}}")
ENV = SourceFile("/x/.env", "A=1")
REGISTRY = SourceFile("/x/r.json", '{"systems": []}')


@pytest.mark.parametrize(
    ("files", "name"), [((COMPOSE,), "compose"), ((COMPOSE, COMPOSE, ENV), "compose"), ((REGISTRY,), "registry_json")]
)
def test_the_format_is_recognised(files: tuple[SourceFile, ...], name: str) -> None:
    assert find_format(files).name == name


MANIFEST = SourceFile(
    "", '{"metadata": {"dbt_schema_version": "https://schemas.getdbt.com/dbt/manifest/v12.json"}, "nodes": %s}'
)
EVENT = SourceFile(
    "", '{"eventTime": "2026-01-01T00:00:00Z", "job": {"name": "systems"}, "inputs": [{"name": "services"}]}'
)
CONTRACT = SourceFile(
    "", '{"apiVersion": "v3.1.0", "kind": "DataContract", "id": "a", "schema": [{"name": "services"}]}'
)


@pytest.mark.parametrize(("file", "name"), [(MANIFEST, "dbt"), (EVENT, "openlineage"), (CONTRACT, "odcs")])
@pytest.mark.parametrize("word", ['"services"', '"systems"'])
def test_reg_11_a_common_word_does_not_outweigh_a_formats_own_marks(file: SourceFile, name: str, word: str) -> None:
    text = file.text.replace("%s", "{}")[:-1] + f", {word}: {{}}}}"
    assert find_format((SourceFile("", text),)).name == name


@pytest.mark.parametrize("quoted", [MANIFEST, EVENT, CONTRACT])
def test_reg_08_a_registry_that_quotes_another_format_is_still_a_registry(quoted: SourceFile) -> None:
    entry = {"id": "loader", "tier": "PRODUCTION", "description": quoted.text}
    for document in ({"systems": [entry]}, {"last_updated": "", "systems": [entry], "more": quoted.text}):
        text = json.dumps(document).replace('\\"', "")
        assert find_format((SourceFile("/x/manifest.json", text),)).name == "registry_json"


@pytest.mark.parametrize(
    "name", ["compose", "docker-compose", "Docker Compose", "registry_json", "system_registry.json"]
)
def test_a_format_can_be_named(name: str) -> None:
    assert find_format((SourceFile("", "anything"),), name).name in [known.name for known in FORMATS]


@pytest.mark.parametrize("files", [(SourceFile("/x/notes.txt", "hello"),), (ENV,), (COMPOSE, REGISTRY)])
def test_what_fits_nothing_is_refused_with_the_known_formats(files: tuple[SourceFile, ...]) -> None:
    with pytest.raises(InvalidArgument) as caught:
        find_format(files)
    assert caught.value.allowed == tuple(known.name for known in FORMATS)
    assert "docker compose" in caught.value.hint


def test_an_unknown_format_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InvalidArgument, match="helm") as caught:
        find_format((COMPOSE,), "helm")
    assert caught.value.allowed == tuple(known.name for known in FORMATS)


def test_keys_of_sources_stay_short_and_apart() -> None:
    long = ["/deep" * 100 + f"/{number}/compose.yaml" for number in range(3)]
    keys = {source_key("compose", place) for place in long}
    assert len(keys) == 3
    assert max(map(len, keys)) <= LONGEST_KEY
    assert source_key("compose", "/x/compose.yaml") == "compose:/x/compose.yaml"
    assert source_key("registry_json", "") == "registry_json"
