"""Whatever is sent to the addresses of the OpenAPI document, the answer is one that the document names, and no 5xx."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest
import schemathesis
from schemathesis.generation import GenerationMode

from central_api.database import writing
from central_api.people import create_code
from rma.request import Role
from sync.credentials import enrollment
from sync.device_key import DeviceKey, new_seed
from sync.protocol.documents import to_tree
from tests.central_api.branch import number_of
from tests.central_api.conftest import Served
from tests.central_databases import SQLITE
from tests.hostile.documented import CHECKS, ask_everything, document
from tests.hostile.senders import EVERYBODY, headers_of


@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_to_an_agent_is_documented(served: Served, mode: GenerationMode) -> None:
    answered = ask_everything(served, headers_of(served.branch, "agent"), mode, examples=2)

    assert {200, 400} & set(answered)
    assert served.branch.faults() == ()


@pytest.mark.slow
@pytest.mark.parametrize("database_kind", [SQLITE], indirect=True)
@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_documented_whoever_asks(
    served: Served, who: str, mode: GenerationMode
) -> None:
    answered = ask_everything(served, headers_of(served.branch, who), mode, examples=8)

    assert sum(answered.values()) >= 50
    assert served.branch.faults() == ()


def test_good_answers_are_as_documented_too(served: Served) -> None:
    desk = served.branch.desk()
    made = desk.returning()
    with writing(served.branch.engine) as connection:
        code = create_code(connection, "Ada", Role.AGENT, served.branch.now)
    schema = document(served)

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
