"""Compose files that nobody would write by hand: whatever they hold, they are read or refused, and nothing else happens."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.errors import ConcordError, InvalidArgument, TooLarge
from server.exchange.compose.importer import read_compose
from server.exchange.source import Request, SourceFile
from tests.rules.exchange.compose_projects import edges, names, read

TEXTS = st.sampled_from(
    [
        "a",
        "b",
        "a:b",
        "a:/x",
        "./x:/y:ro",
        "$A",
        "${A",
        "service:a",
        "http://a:80",
        "a=b",
        "",
        "*",
        "é",
        "x" * 300,
        "..",
        "/",
    ]
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
MEMBERS = st.sampled_from(
    "environment env_file depends_on links external_links extends volumes volumes_from network_mode pid networks profiles "
    "labels deploy image healthcheck container_name hostname domainname".split()
)
SERVICES = st.dictionaries(TEXTS, st.dictionaries(MEMBERS, VALUES, max_size=4) | VALUES, max_size=4)
DOCUMENTS = st.dictionaries(
    st.sampled_from(["services", "volumes", "include", "name", "x-y"]), SERVICES | VALUES, max_size=4
)


@given(st.lists(DOCUMENTS, min_size=1, max_size=3), st.lists(TEXTS, max_size=2))
def test_whatever_a_project_holds_it_is_read_or_refused(documents: list[dict[str, Any]], profiles: list[str]) -> None:
    texts = [json.dumps(document) for document in documents]
    try:
        imported = read(*texts, profiles=profiles, beside={"x": texts[0], "a": "A=1\n$"})
    except ConcordError as error:
        refused: ConcordError | None = error
    else:
        refused = None
        assert len(set(names(imported))) == len(imported.systems)
        assert all(
            not access.resource.endswith(f"//{one.item}")
            for one in imported.systems
            for access in one.system.reads_from
        )
    assert refused is None or refused.message


@given(st.text(max_size=200))
def test_whatever_the_text_is_it_is_read_or_refused(text: str) -> None:
    try:
        imported = read_compose(Request((SourceFile("/x/compose.yaml", text),)))
    except ConcordError as error:
        message = error.message
    else:
        message = imported.source
    assert message


def test_an_alias_bomb_in_services_is_refused() -> None:
    levels = "\n".join(f"x{n}: &x{n} {{a: *x{n - 1}, b: *x{n - 1}, c: *x{n - 1}, d: *x{n - 1}}}" for n in range(1, 20))
    with pytest.raises(TooLarge):
        read(f"x0: &x0 {{a: b}}\n{levels}\nservices: {{web: *x19}}")


def test_variables_that_grow_are_refused_without_harm() -> None:
    env = "A0=0123456789\n" + "\n".join(f"A{n}=" + f"${{A{n - 1}}}" * 10 for n in range(1, 12))
    imported = read("services: {web: {environment: {X_HOST: $A11, Y_HOST: db}}, db: {}}", env=env)
    assert edges(imported) == {"web -> db"}
    assert any("characters" in one.reason for one in imported.unmapped)


def test_a_deep_file_is_refused_with_its_place() -> None:
    with pytest.raises(InvalidArgument, match=r"compose\.yaml is nested more than 64 levels deep \(line 1\)"):
        read("a: " + "{a: " * 100 + "}" * 100)


def test_files_that_include_each_other_end() -> None:
    imported = read(
        "include: [one.yaml]\nservices: {web: {}}",
        beside={
            "one.yaml": "include: [two.yaml]\nservices: {one: {}}",
            "two.yaml": "include: [one.yaml]\nservices: {two: {}}",
        },
    )
    assert names(imported) == ["one", "two", "web"]
    assert any("includes itself" in one.reason for one in imported.unmapped)


def test_includes_that_branch_without_end_stop_at_a_number_of_files() -> None:
    beside = {f"f{n}.yaml": f"include: [f{n + 1}.yaml, f{n + 1}.yaml, f{n + 1}.yaml]" for n in range(12)}
    beside["f12.yaml"] = "services: {deep: {}}"
    imported = read("include: [f0.yaml]\nservices: {web: {}}", beside=beside)
    assert names(imported) == ["deep", "web"]
    assert any("more than 200 files" in one.reason for one in imported.unmapped)


def test_a_long_line_of_extends_ends() -> None:
    chain = ", ".join(f"s{n}: {{extends: {{service: s{n + 1}}}}}" for n in range(200))
    imported = read(f"services: {{{chain}, s200: {{environment: {{DB_HOST: db}}}}, db: {{}}}}")
    assert len(imported.systems) == 202
    assert "s180 -> db" in edges(imported)


def test_a_value_with_very_many_dollars_is_read_in_time() -> None:
    imported = read(f"services: {{web: {{image: '{'$$' * 50_000}', environment: {{X_HOST: db}}}}, db: {{}}}}")
    assert edges(imported) == {"web -> db"}


def test_an_env_file_with_an_open_quote_on_every_line_is_read() -> None:
    imported = read("services: {web: {environment: [DB_HOST]}, db: {}}", env="A='x\n" * 5_000 + "DB_HOST=db")
    assert names(imported) == ["db", "web"]
