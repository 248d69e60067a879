"""Whatever comes in over HTTP is answered below 500, every refusal is a problem, and the books stay straight."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from random import Random
from typing import Any

import httpx
import pytest
from sqlalchemy.exc import DataError

from central_api.app import create_app
from rma.request import Role
from rma.states import RmaState
from tests import shop
from tests.central_api.branch import Branch, Desk, number_of
from tests.central_api.conftest import Served
from tests.central_databases import SLOWLY_BOTH

PROBLEM = "application/problem+json"
RESULTS = {"accepted", "accepted_with_change", "rejected_needs_attention", "key_reused"}
RESULTS |= {"number_conflict", "held_for_review", "not_yet"}

VALUES: list[Any] = [
    None,
    True,
    -1,
    0,
    2**63,
    -(10**30),
    1.5,
    "",
    "x" * 5000,
    "\x00\x1b[2J",
    "²",
    "٣",
    "O-1",
    "authorized",
    "return.cancel",
    "2026-11-20T10:00:00",
    "9999-12-31T23:59:59Z",
    [],
    [[]],
    {},
    {"x": {}},
]
BYTES = [
    b"NaN",
    b"Infinity",
    b"1e999",
    b"-0",
    b"9" * 4500,
    b'"\\ud800"',
    b'"\xff"',
    b"[" * 300,
    b"",
    b"{}",
]


@pytest.fixture(params=SLOWLY_BOTH)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Hundreds of requests in each test."""
    kind: str = request.param
    return kind


def sound(response: httpx.Response) -> None:
    """An answer as we promise it."""
    assert response.status_code < 500, response.text[:500]
    if response.request.method == "HEAD":
        return
    if response.status_code >= 400:
        assert response.headers["content-type"] == PROBLEM
        assert {"type", "title", "status", "detail"} <= set(response.json())
    elif response.request.url.path == "/v1/ops":
        assert {result["outcome"] for result in response.json()["results"]} <= RESULTS


def places(tree: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON tree."""
    keys: list[Any] = list(tree) if isinstance(tree, dict) else []
    if isinstance(tree, list):
        keys = list(range(len(tree)))
    return [path] * bool(path) + [p for key in keys for p in places(tree[key], (*path, key))]


def bent(tree: Any, random: Random) -> bytes:
    """The tree with one or two values replaced, dropped or doubled, as bytes."""
    tree = json.loads(json.dumps(tree))
    raw: bytes | None = None
    for _ in range(random.randint(1, 2)):
        *way, last = random.choice(places(tree))
        try:
            parent = tree
            for key in way:
                parent = parent[key]
            match random.randrange(4):
                case 0 if isinstance(parent, dict):
                    del parent[last]
                case 1 if isinstance(parent, list):
                    parent.append(parent[last])
                case 2:
                    parent[last], raw = "@@@", random.choice(BYTES)
                case _:
                    parent[last] = random.choice(VALUES)
        except (KeyError, TypeError, IndexError):
            continue
    body = json.dumps(tree, separators=(",", ":")).encode()
    body = body.replace(b'"@@@"', raw) if raw is not None else body
    if random.random() < 0.1:
        body = body.replace(b"{", b'{"op_id":"00000000","op_id":1,', 1)
    return body if random.random() < 0.9 else body[: random.randrange(len(body))]


def operations(desk: Desk) -> list[Callable[[], bytes]]:
    """Sound operations to start from."""
    waiting = desk.returning(state=RmaState.NEEDS_APPROVAL)
    desk.push(waiting)
    number = number_of(waiting)
    return [
        lambda: desk.body(desk.returning(shop.wanted(note="as new", serials=("A",)))),
        lambda: desk.body(desk.cancel(number)),
        lambda: desk.body(desk.approve(number)),
        lambda: desk.body(desk.decline(number)),
    ]


@pytest.mark.parametrize("seed", range(3))
def test_bent_operations(served: Served, seed: int) -> None:
    random = Random(seed)
    agent, boss = served.branch.desk(), served.branch.desk("Sue", Role.SUPERVISOR)
    made = {desk.who: operations(desk) for desk in (agent, boss)}
    for desk in (agent, boss):
        with served.client(desk) as client:
            for _ in range(40):
                lines = [
                    desk.signed(bent(json.loads(random.choice(made[desk.who])()), random))
                    for _ in range(random.randint(1, 3))
                ]
                sound(client.post("/v1/ops", content=b"\n".join(lines)))
    assert served.branch.faults() == ()


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
