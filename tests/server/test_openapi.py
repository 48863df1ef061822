"""The published document describes every route, and its schemas are named after the contracts."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

from flask import Flask

from neurox_server import contracts
from neurox_server.app import document

HTTP = {"get", "post", "delete", "put", "patch"}


def references(node: Any) -> Iterator[str]:
    """Every $ref in a document."""
    if isinstance(node, dict):
        if "$ref" in node:
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for value in node:
            yield from references(value)


def test_every_reference_leads_somewhere() -> None:
    found = document()
    assert found["openapi"].startswith("3.1")
    names = set(found["components"]["schemas"])
    for reference in references(found):
        assert reference.removeprefix("#/components/schemas/") in names


def test_schemas_are_named_after_contracts() -> None:
    classes = {
        name
        for name, value in inspect.getmembers(contracts, inspect.isclass)
        if issubclass(value, contracts.Contract) and value is not contracts.Contract
    }
    published = set(document()["components"]["schemas"])
    assert published <= classes
    # Queries are described as parameters, not as schemas.
    assert {name for name in classes - published if not name.endswith("Query")} == set()


def test_every_route_is_described(shared: Flask) -> None:
    described = {
        (method.upper(), path) for path, item in document()["paths"].items() for method in item
    }
    served = {
        (method, re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(rule)))
        for rule in shared.url_map.iter_rules()
        for method in rule.methods or ()
        if method in ("GET", "POST", "DELETE")
        and rule.endpoint.partition(".")[0] in ("api", "root")
    }
    assert described == served


def test_operations_are_complete() -> None:
    for path, item in document()["paths"].items():
        for method, operation in item.items():
            assert method in HTTP
            named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))
            assert "default" in operation["responses"]
            assert ("requestBody" in operation) == (method == "post")


def test_answers_have_all_their_fields_and_requests_may_leave_some_out() -> None:
    schemas = document()["components"]["schemas"]
    assert "result" in schemas["Job"]["required"]
    assert schemas["TranslateRequest"]["required"] == ["project", "model"]


def test_the_document_is_served(shared: Flask) -> None:
    answer = shared.test_client().get("/openapi.json")
    assert answer.status_code == 200
    assert answer.get_json() == document()
