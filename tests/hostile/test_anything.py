"""Every address answers below 500 to whatever comes, and every refusal is a problem."""

from __future__ import annotations

import gzip

import httpx
from sqlalchemy.exc import DataError

from central_api.app import create_app
from tests.central_api.branch import Branch
from tests.central_api.conftest import Served
from tests.hostile.answers import sound

BODIES = [
    b"",
    b"null",
    b"[]",
    b"[" * 50_000,
    b"\xff\xfe",
    b'{"lease_id":"\\u0000"}',
    b'{"lease_id":"' + b"x" * 81 + b'"}',
    b'{"lease_id":"\\ud800"}',
    b'{"lease_id":NaN}',
    b'{"code":"\\u0000","device":"\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000\\u0000","platform":""}',
    b'{"code":"a","device":"' + b"x" * 9000 + b'","platform":"p"}',
    b"x" * 70_000,
    b"x" * (2 << 20),
    gzip.compress(b"0" * (8 << 20)),
]
QUERIES = [
    "",
    "?cursor=",
    "?cursor=%00",
    "?cursor=%ff.1.1",
    "?cursor=x&limit=1e9",
    "?cursor=x&wait=nan",
]
QUERIES += [
    "?limit=-1",
    "?after=%00%ff",
    "?after=" + "x" * 9000,
    "?q=%00%00",
    "?q=%25_",
    "?q=a&q=b",
]
PATHS = ["/v1/ops", "/v1/changes", "/v1/bootstrap", "/v1/bootstrap/order", "/v1/bootstrap/%ff"]
PATHS += [
    "/v1/number-blocks",
    "/v1/enroll",
    "/v1/token",
    "/v1/customers",
    "/v1/orders/%00",
    "/v1/orders/%ed%a0%80",
]
PATHS += ["/v1/orders/", "/v1/rmas/%00", "/v1/rmas/" + "1" * 5000, "/v1/rmas/" + "%D9%A1" * 11]
PATHS += ["/healthz", "/readyz", "/openapi.json", "/", "/v1", "/..%2f..%2fetc"]


def test_every_address_with_anything(served: Served) -> None:
    desk = served.branch.desk()
    with served.client(desk) as client:
        for path in PATHS:
            for method in ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"):
                sound(client.request(method, path))
            for query in QUERIES:
                sound(client.get(path + query))
        for path in ("/v1/ops", "/v1/number-blocks", "/v1/enroll", "/v1/token"):
            for body in BODIES:
                for encoding in ("identity", "gzip", "br"):
                    sound(client.post(path, content=body, headers={"Content-Encoding": encoding}))
        for told in ("", "Bearer", "Bearer é", "Basic x", "bearer " + "x" * 5000):
            header = {"Authorization": told.encode("latin-1")}
            assert client.get("/v1/bootstrap", headers=header).status_code == 401
    assert served.branch.faults() == ()


async def test_a_text_that_the_database_cannot_store_is_a_bad_request(branch: Branch) -> None:
    app = create_app(branch.url)

    def refuse() -> None:
        raise DataError("INSERT", {}, ValueError("NUL"))

    app.add_api_route("/refuse", refuse)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        response = await client.get("/refuse")
    app.state.engine.dispose()
    sound(response)
    assert response.status_code == 400
