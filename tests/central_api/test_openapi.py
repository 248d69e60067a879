"""Whatever is sent to the addresses of the OpenAPI document, the answer is one that the document names, and no 5xx."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from central_api.database import writing
from central_api.people import create_code
from rma.request import Role
from sync.credentials import enrollment
from sync.device_key import DeviceKey, new_seed
from sync.protocol.documents import to_tree
from tests.central_api.branch import number_of
from tests.central_api.conftest import Served

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
WHO = {
    "agent": Role.AGENT,
    "supervisor": Role.SUPERVISOR,
    "warehouse": Role.WAREHOUSE,
    "nobody": None,
}
BRIEF = settings(
    max_examples=20,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)


@schemathesis.serializer("application/x-ndjson")
def lines(ctx: object, value: object) -> bytes:
    """A batch of operations: the text that was made up, or one line of JSON where no text was wanted."""
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text.encode("utf-8", "surrogatepass")


@pytest.mark.slow
@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_documented(served: Served, who: str, mode: GenerationMode) -> None:
    headers = headers_of(served, WHO[who])
    schema = schemathesis.openapi.from_url(f"{served.url}/openapi.json")
    asked = 0
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        takes_anything = {"parameters", "requestBody"} & set(operation.definition.raw)
        if mode is GenerationMode.NEGATIVE and not takes_anything:
            continue

        @given(case=operation.as_strategy(generation_mode=mode))
        @BRIEF
        def ask(case: schemathesis.Case[Any]) -> None:
            nonlocal asked
            asked += 1
            if case.path == "/v1/changes":
                case.query = {**case.query, "wait": "0"}  # nobody waits for what does not come
            case.call_and_validate(headers=headers, checks=CHECKS, timeout=60)

        ask()
    assert asked >= 100


def test_good_answers_are_as_documented_too(served: Served) -> None:
    desk = served.branch.desk()
    made = desk.returning()
    with writing(served.branch.engine) as connection:
        code = create_code(connection, "Ada", Role.AGENT, served.branch.now)
    schema = schemathesis.openapi.from_url(f"{served.url}/openapi.json")

    def ask(method: str, path: str, **given: Any) -> schemathesis.Response:
        case = schema[path][method].Case(**given)
        headers = {"Authorization": f"Bearer {desk.token}"}
        answer = case.call_and_validate(headers=headers, checks=CHECKS)
        assert answer.status_code in (200, 201), (path, answer.text)
        return answer

    device = to_tree(enrollment(code, str(uuid4()), "test", DeviceKey(new_seed())))
    ask("post", "/v1/enroll", body=device, media_type="application/json")
    asked = to_tree(desk.who.assertion(served.branch.now))
    ask("post", "/v1/token", body=asked, media_type="application/json")
    lease = {"lease_id": "second"}
    ask("post", "/v1/number-blocks", body=lease, media_type="application/json")
    batch = desk.line(made).decode()
    ask("post", "/v1/ops", body=batch, media_type="application/x-ndjson")
    plan = ask("get", "/v1/bootstrap").json()
    ask("get", "/v1/changes", query={"cursor": plan["cursor"]})
    for kind in plan["counts"]:
        ask("get", "/v1/bootstrap/{kind}", path_parameters={"kind": kind})
    ask("get", "/v1/customers", query={"q": "Maria"})
    ask("get", "/v1/orders/{number}", path_parameters={"number": "100001"})
    ask("get", "/v1/rmas/{number}", path_parameters={"number": number_of(made)})
    ask("get", "/healthz")
    ask("get", "/readyz")


def test_the_document_names_the_problems_of_each_address_and_who_may_ask(served: Served) -> None:
    with served.client() as client:
        document = client.get("/openapi.json").json()
    push = document["paths"]["/v1/ops"]["post"]

    assert push["security"] == [{"device": []}]
    assert {"200", "400", "401", "408", "412", "413", "415", "503"} == set(push["responses"])
    assert "security" not in document["paths"]["/healthz"]["get"]
    assert "422" not in json.dumps(document["paths"])


def headers_of(served: Served, role: Role | None) -> dict[str, str]:
    """What a desk of this role sends along; nothing where nobody is enrolled."""
    if role is None:
        return {}
    return {"Authorization": f"Bearer {served.branch.desk('Somebody', role).token}"}
