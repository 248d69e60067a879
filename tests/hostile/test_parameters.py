"""What stands in addresses and their parameters: words of SQL, wildcards, controls, cursors of anywhere."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from central_api.database import reading
from central_api.tables import CUSTOMER, FEED, RMA
from tests.central_api.branch import Branch, number_of
from tests.central_api.conftest import Served
from tests.hostile.answers import sound

SQL = [
    "'; DROP TABLE rma; --",
    "' OR '1'='1",
    '" OR 1=1 --',
    "x' UNION SELECT document FROM customer --",
    "1; SELECT pg_sleep(10)",
    "$$; --",
    "%s %(q)s {0} :q ?",
    "\\'",
]
WILDCARDS = ["%%", "__", "%a%", "_a_", "\\%", "[a-z]", "**", "%@%", "_@_", "*:*", "^a OR b"]
CONTROLS = [
    "\x00\x00",
    "\x1b[2J",
    "\x9b2J",
    "a\r\nSet-Cookie: a=b",
    "\u202eabc",
    "\ufeff\u200b",
    "\x7f\x08",
]


def test_nothing_in_a_parameter_means_anything_to_the_database(served: Served) -> None:
    desk = served.branch.desk()
    before = rows(served.branch)
    with served.client(desk) as client:
        for text in (*SQL, *WILDCARDS, *CONTROLS):
            found = sound(client.get("/v1/customers", params={"q": text}))
            asked = [
                client.get("/v1/orders/" + quoted(text)),
                client.get("/v1/rmas/" + quoted(text)),
                client.get("/v1/bootstrap/" + quoted(text)),
                client.get("/v1/bootstrap/customer", params={"after": text}),
                client.get("/v1/changes", params={"cursor": text}),
            ]

            assert found.status_code == 400 or found.json()["customers"] == [], text
            for answer in asked:
                sound(answer)
                assert "set-cookie" not in answer.headers
                assert answer.text.replace("\n", "").isprintable()  # NDJSON ends its lines
    assert rows(served.branch) == before


def quoted(text: str) -> str:
    """A text as a part of a path."""
    return "".join(f"%{byte:02x}" for byte in text.encode())


def rows(branch: Branch) -> tuple[Any, ...]:
    """How much there is."""
    with reading(branch.engine) as connection:
        count = select(func.count())
        return tuple(
            connection.execute(count.select_from(table)).scalar_one() for table in (CUSTOMER, RMA)
        )


def test_a_cursor_that_is_not_of_this_feed_starts_anew(served: Served) -> None:
    desk = served.branch.desk()
    with reading(served.branch.engine) as connection:
        epoch = connection.execute(select(FEED.c.epoch)).scalar_one()
    with served.client(desk) as client:
        here = client.get("/v1/bootstrap").json()["cursor"]
        for cursor in (
            "",
            "x",
            "0.0.0",
            here + "9" * 40,
            here + "\n",
            "-" + here,
            here.replace(epoch, epoch[::-1] + "0"),
            f"{epoch}.999999999999999999.999999999999999999",
            f"{epoch}.-1.-1",
            f"{epoch}.٣.٣",
            f"{epoch}.1e3.0x1",
            f"{epoch}..",
        ):
            answer = sound(client.get("/v1/changes", params={"cursor": cursor}))
            assert answer.status_code == 410, cursor


OUT_OF_BOUNDS = [
    *({"limit": text} for text in ("0", "-1", "1001", "9" * 400, "1e3", "NaN", "", "1;2")),
    *({"wait": text} for text in ("-1", "26", "1e308", "nan", "inf", "-inf", "", "1,0")),
]


def test_a_number_out_of_its_bounds_is_a_bad_request(served: Served) -> None:
    desk = served.branch.desk()
    with served.client(desk) as client:
        cursor = client.get("/v1/bootstrap").json()["cursor"]
        for asked in OUT_OF_BOUNDS:
            answer = sound(client.get("/v1/changes", params={"cursor": cursor} | asked))
            assert answer.status_code == 400, asked


def test_a_page_of_a_download_after_nothing_known_is_what_follows_in_order(served: Served) -> None:
    desk = served.branch.desk()
    with served.client(desk) as client:
        for after in ("\U0010ffff", "￿" * 4000, "z'"):
            answer = sound(client.get("/v1/bootstrap/order", params={"after": after}))
            assert (answer.status_code, answer.content) == (200, b"")
        for limit in ("0", "5001", "-1"):
            answer = sound(client.get("/v1/bootstrap/order", params={"limit": limit}))
            assert answer.status_code == 400


def test_a_problem_tells_nothing_of_what_another_asked_for(served: Served) -> None:
    ada, ben = served.branch.desk("Ada"), served.branch.desk("Ben")
    made = ada.returning()
    with served.client(ada) as client:
        client.post("/v1/ops", content=ada.line(made))
        client.get("/v1/customers", params={"q": "Maria"})
    with served.client(ben) as client:
        told = [
            sound(client.post("/v1/ops", content=ada.line(made))).text,
            sound(client.post("/v1/ops", content=b"{" + ada.line(made))).text,
            sound(client.get("/v1/rmas/12")).text,
            sound(client.get("/v1/customers", params={"q": "Mari%"})).text,
        ]

    for text in told:
        assert number_of(made) not in text
        assert "Maria" not in text
        assert ada.caller.device not in text
