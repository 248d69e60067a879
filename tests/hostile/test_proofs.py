"""Over HTTP: assertions of another time, server or desk, tokens that are over, and the moment of a revocation."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta

import httpx
import pytest

from central_api.database import writing
from central_api.people import revoke
from central_api.rates import LEASES
from central_api.tokens import TOKEN_LASTS
from sync.protocol.documents import to_tree
from sync.protocol.envelopes import TokenRequest
from sync.protocol.signing import FOR_A_TOKEN, as_text
from tests import shop
from tests.central_api.branch import Desk
from tests.central_api.conftest import Served
from tests.hostile.answers import sound

YEARS = [
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59-14:00",
    "1969-12-31T23:59:59Z",
]


def assertion(desk: Desk, **values: object) -> TokenRequest:
    """An assertion with other contents, signed as it should be."""
    text = json.dumps(json.loads(desk.who.assertion(desk.now).assertion) | values)
    signature = as_text(desk.key.sign(FOR_A_TOKEN + text.encode()))
    return TokenRequest(assertion=text, signature=signature)


def asked_for(client: httpx.Client, request: TokenRequest) -> httpx.Response:
    """The answer to a wish for a token."""
    return sound(client.post("/v1/token", json=to_tree(request)))


def test_an_assertion_of_any_year_is_refused_and_breaks_nothing(served: Served) -> None:
    desk = served.branch.desk()
    with served.client() as client:
        for year in YEARS:
            for values in (
                {"issued_at": year, "expires_at": year},
                {"issued_at": year},
                {"expires_at": year},
                {"issued_at": year, "expires_at": year.replace(":59Z", ":59.9Z")},
                {"issued_at": year, "expires_at": year.replace("00:00:00", "00:01:00")},
            ):
                assert asked_for(client, assertion(desk, **values)).status_code == 401


def test_an_assertion_gets_one_token_however_many_ask_at_once(served: Served) -> None:
    request = served.branch.desk().who.assertion(served.branch.now)
    answered: list[int] = []

    def ask() -> None:
        with served.client() as client:
            answered.append(asked_for(client, request).status_code)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answered) == [200] + [401] * 7


def test_an_assertion_for_another_server_or_by_another_desk_gets_none(served: Served) -> None:
    ada, ben = served.branch.desk("Ada"), served.branch.desk("Ben")
    hers = ada.who.assertion(ada.now)
    by_ben = as_text(ben.key.sign(FOR_A_TOKEN + hers.assertion.encode()))
    with served.client() as client:
        for request in (
            assertion(ada, audience="another"),
            TokenRequest(assertion=hers.assertion, signature=by_ben),
            TokenRequest(assertion=hers.assertion, signature=hers.signature[:-4]),
            TokenRequest(assertion=hers.assertion + " ", signature=hers.signature),
            assertion(ben, device=ada.caller.device),
            assertion(ben, person="Ada"),
        ):
            assert asked_for(client, request).status_code == 401
        assert asked_for(client, hers).status_code == 200


def test_a_token_is_over_to_the_second_for_reads_and_pushes(served: Served) -> None:
    desk = served.branch.desk()
    with served.client(desk) as client:
        served.branch.now += TOKEN_LASTS - timedelta(seconds=1)
        before = client.get("/v1/bootstrap").status_code
        served.branch.now += timedelta(seconds=1)
        after = client.get("/v1/bootstrap").status_code
        pushed = client.post("/v1/ops", content=desk.line(desk.returning())).status_code

    assert (before, after, pushed) == (200, 401, 401)


@pytest.mark.parametrize("what", ["person", pytest.param("device", marks=pytest.mark.slow)])
def test_what_begins_after_a_revocation_is_refused_or_held(served: Served, what: str) -> None:
    orders = [shop.order(order_id=f"N-{index}", number=f"9{index:05}") for index in range(60)]
    served.branch.upsert(*orders)
    desk = served.branch.desk()
    lines = [desk.line(desk.returning(shop.wanted(), order=order)) for order in orders]
    revoked = threading.Event()
    wrong: list[object] = []

    def read(client: httpx.Client) -> None:
        over = revoked.is_set()
        status = client.get("/v1/orders/100001").status_code
        if status not in ((403,) if over else (200, 403)):
            wrong.append(status)

    def push(client: httpx.Client) -> None:
        over = revoked.is_set()
        outcome = client.post("/v1/ops", content=lines.pop()).json()["results"][0]["outcome"]
        if outcome not in (("held_for_review",) if over else ("accepted", "held_for_review")):
            wrong.append(outcome)

    def work(act: Callable[[httpx.Client], None], times: int) -> None:
        with served.client(desk) as client:
            for _ in range(times):
                act(client)

    threads = [threading.Thread(target=work, args=(read, 20)) for _ in range(2)]
    threads += [threading.Thread(target=work, args=(push, 20)) for _ in range(2)]
    for thread in threads:
        thread.start()
    while len(lines) > 45:
        revoked.wait(0.001)
    with writing(served.branch.engine) as connection:
        revoke(connection, "Ada" if what == "person" else desk.caller.device, served.branch.now)
    revoked.set()
    for thread in threads:
        thread.join()

    assert wrong == []
    assert served.branch.faults() == ()


def test_who_waits_for_changes_and_is_revoked_gets_none(served: Served) -> None:
    ada, ben = served.branch.desk("Ada"), served.branch.desk("Ben")
    answered: list[httpx.Response] = []
    with served.client(ada) as client, served.client(ben) as other:
        cursor = client.get("/v1/bootstrap").json()["cursor"]

        def wait() -> None:
            answered.append(client.get("/v1/changes", params={"cursor": cursor, "wait": 20}))

        waiting = threading.Thread(target=wait)
        waiting.start()
        with writing(served.branch.engine) as connection:
            revoke(connection, "Ada", served.branch.now)
        while waiting.is_alive() and not answered:
            other.post("/v1/ops", content=ben.line(ben.refusing(f"D-{shop.NOW}")))
            waiting.join(0.2)
        waiting.join()

    assert answered[0].status_code == 403
    assert "changes" not in answered[0].json()


@pytest.mark.slow
def test_a_stolen_token_takes_neither_all_numbers_nor_the_disk(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central_api.holding.MOST_BYTES_OF_A_DEVICE", 2_000_000)
    desk = served.branch.desk()
    with served.client(desk) as client:
        leased = [
            sound(client.post("/v1/number-blocks", json={"lease_id": str(index)})).status_code
            for index in range(LEASES.burst + 5)
        ]
        kept = [
            sound(client.post("/v1/ops", content=padded(desk))).json()["results"][0]["outcome"]
            for _ in range(4)
        ]

    assert leased == [200] * LEASES.burst + [429] * 5
    assert kept == ["held_for_review"] * 3 + ["not_yet"]


def padded(desk: Desk) -> bytes:
    """A large operation that nobody signed."""
    return desk.body(desk.returning(shop.wanted(note="x" * 900_000)))
