"""Ask every address of the OpenAPI document for what fits it, and for what does not: each answer has to be one of its."""

from __future__ import annotations

import json
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from tests.central_api.conftest import Served

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@schemathesis.serializer("application/x-ndjson")
def lines(ctx: object, value: object) -> bytes:
    """A batch of operations: the text that was made up, or one line of JSON where no text was wanted."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text.encode("utf-8", "surrogatepass")


def document(served: Served) -> Any:
    """The document, as the server gives it."""
    return schemathesis.openapi.from_url(f"{served.url}/openapi.json")


def ask_everything(
    served: Served,
    headers: dict[str, str],
    mode: GenerationMode,
    examples: int,
    *,
    derandomize: bool = True,
) -> dict[int, int]:
    """Ask each address `examples` times; how often each status was answered.

    Raises:
        schemathesis.errors.FailureGroup: with every answer that the document does not name.
    """
    answered: dict[int, int] = {}
    for found in document(served).get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        takes_anything = {"parameters", "requestBody"} & set(operation.definition.raw)
        if mode is GenerationMode.NEGATIVE and not takes_anything:
            continue

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(
            max_examples=examples,
            derandomize=derandomize,
            database=None,
            deadline=None,
            phases=(Phase.explicit, Phase.generate),
            suppress_health_check=list(HealthCheck),
        )
        def ask(case: schemathesis.Case[Any]) -> None:
            if case.path == "/v1/changes":
                case.query = {**case.query, "wait": "0"}  # nobody waits for what does not come
            # a method that the document does not have is a case of schemathesis, too
            checks = (
                CHECKS if case.method == case.operation.method.upper() else [unsupported_method]
            )
            answer = case.call_and_validate(headers=headers, checks=checks, timeout=60)
            answered[answer.status_code] = answered.get(answer.status_code, 0) + 1

        ask()
    return answered
