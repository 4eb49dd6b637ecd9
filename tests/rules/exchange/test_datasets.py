"""One name for one dataset."""

import pytest

from server.exchange.column_types import schema_of_type
from server.exchange.exports.naming import dataset_of
from server.model.base import JsonObject
from server.model.datasets import dataset_uri
from server.registry.resources import canonical_name


@pytest.mark.parametrize(
    ("namespace", "name", "resource"),
    [
        ("postgres://db:5432", "shop.public.orders", "postgresql://db:5432/shop#public.orders"),
        ("postgres://me:pw@db:5432", "shop.public.orders", "postgresql://db:5432/shop#public.orders"),
        ("mysql://db:3306", "shop.orders", "mysql://db:3306/shop#orders"),
        ("s3://lake", "/raw/orders", "s3://lake/raw/orders"),
        ("s3a://lake", "raw/orders", "s3://lake/raw/orders"),
        ("file", "/data/orders.csv", "/data/orders.csv"),
        ("file://host", "/data/orders.csv", "/data/orders.csv"),
        ("kafka://broker:9092", "orders", "kafka://broker:9092/orders"),
        ("snowflake://org-account", "DB.PUBLIC.ORDERS", "snowflake://org-account/DB.PUBLIC.ORDERS"),
        ("bigquery", "project.shop.orders", "bigquery://project.shop.orders"),
        ("food delivery", "public.orders", "dataset://food%20delivery/public.orders"),
    ],
)
def test_reg_11_a_dataset_has_the_name_that_its_readers_would_write(namespace: str, name: str, resource: str) -> None:
    assert dataset_uri(namespace, name) == resource


@pytest.mark.parametrize(
    "resource",
    [
        "postgresql://db:5432/shop#public.orders",
        "s3://lake/raw/orders",
        "/data/orders.csv",
        "kafka://broker:9092/orders",
        "bigquery://project.shop.orders",
        "https://api.example/v1/orders",
    ],
)
def test_reg_11_a_resource_keeps_its_name_through_an_export(resource: str) -> None:
    assert dataset_uri(*dataset_of(resource)) == resource


@pytest.mark.parametrize(
    ("text", "schema"),
    [
        ("varchar(20)", {"type": "string", "maxLength": 20}),
        ("NUMBER(38,0)", {"type": "integer"}),
        ("decimal(10, 2)", {"type": "number"}),
        ("timestamp(6) with time zone", {"type": "string", "format": "date-time"}),
        ("Nullable(Int64)", {"type": "integer"}),
        ("integer[]", {"type": "array", "items": {"type": ["integer", "null"]}}),
        ("map<string,double>", {"type": "object", "additionalProperties": {"type": "number"}}),
        (
            "array<struct<a:int,b:array<string>>>",
            {
                "type": "array",
                "items": {
                    "type": ["object", "null"],
                    "properties": {
                        "a": {"type": ["integer", "null"]},
                        "b": {"type": ["array", "null"], "items": {"type": ["string", "null"]}},
                    },
                },
            },
        ),
        ("json", {}),
        ("frobnicate", None),
    ],
)
def test_reg_11_types_of_columns_become_json_schemas(text: str, schema: JsonObject | None) -> None:
    assert schema_of_type(text) == schema


def test_reg_11_a_type_nested_without_end_is_read_as_far_as_it_makes_sense() -> None:
    found = schema_of_type("array<" * 40 + "int" + ">" * 40)
    assert found is not None
    assert found["type"] == "array"


@pytest.mark.parametrize("scheme", ["abfss", "wasbs"])
def test_containers_of_one_storage_account_stay_apart(scheme: str) -> None:
    raw, clean = (
        canonical_name(dataset_uri(f"{scheme}://{name}@shop.dfs.core.windows.net", "orders"), home="/home/ada")
        for name in ("raw", "clean")
    )
    assert raw != clean
    assert "hunter2" not in dataset_uri(f"{scheme}://raw:hunter2@shop.dfs.core.windows.net", "orders")
