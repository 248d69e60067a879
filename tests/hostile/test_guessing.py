"""Enrollment codes cannot be tried out: the answer tells nothing, and there are only so many tries."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import httpx
import pytest

from central_api.database import writing
from central_api.people import CODE_LASTS, create_code
from central_api.rates import GUESSES, Rate, Rates, TooFast, source_of
from rma.request import Role
from sync.credentials import enrollment
from sync.device_key import DeviceKey, new_seed
from sync.protocol.documents import to_tree
from tests.central_api.conftest import Served
from tests.hostile.answers import sound


class Clock:
    """Seconds that tests move."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


def code_for(served: Served, name: str) -> str:
    """A code that is good."""
    with writing(served.branch.engine) as connection:
        return create_code(connection, name, Role.AGENT, served.branch.now)


def tried(client: httpx.Client, code: str, source: str = "") -> httpx.Response:
    """The answer to a new desk that comes with this code."""
    asked = to_tree(enrollment(code, str(uuid4()), "test", DeviceKey(new_seed())))
    headers = {"X-Forwarded-For": source} if source else {}  # believed of this machine alone
    return sound(client.post("/v1/enroll", json=asked, headers=headers))


def test_the_answer_is_the_same_to_an_unknown_a_used_and_an_expired_code(served: Served) -> None:
    expired = code_for(served, "Ada")
    served.branch.now += CODE_LASTS + timedelta(seconds=1)
    used, good = code_for(served, "Ben"), code_for(served, "Cem")
    with served.client() as client:
        assert tried(client, used).status_code == 201
        refused = [
            tried(client, code)
            for code in (
                expired,
                used,
                "2222-2222-2222-2222",
                "",
                "x",
                "\0",
                "%",
                good[:-1],
                "é" * 99,
            )
        ]
        right = tried(client, f" {good.lower()} ")

    assert {answer.status_code for answer in refused} == {403}
    assert len({answer.content for answer in refused}) == 1
    assert right.status_code == 201


def test_whoever_tries_codes_out_has_to_wait_and_others_have_not(served: Served) -> None:
    good = code_for(served, "Ada")
    with served.client() as client:
        answers = [
            tried(client, "2222-2222-2222-2222", "203.0.113.7") for _ in range(GUESSES.burst + 1)
        ]
        even_the_right_one = tried(client, good, "203.0.113.7")
        elsewhere = tried(client, good, "203.0.113.8")

    assert [answer.status_code for answer in answers] == [403] * GUESSES.burst + [429]
    assert (even_the_right_one.status_code, elsewhere.status_code) == (429, 201)


def test_enrolling_many_desks_from_one_office_is_no_guessing(served: Served) -> None:
    with served.client() as client:
        for index in range(GUESSES.burst + 5):
            assert tried(client, code_for(served, f"Person {index}")).status_code == 201


def test_a_network_of_addresses_counts_as_one() -> None:
    assert source_of("2001:db8::1") == source_of("2001:db8::ffff:1") == "2001:db8::/64"
    assert source_of("2001:db8:0:1::1") != source_of("2001:db8::1")
    assert source_of("203.0.113.7") == "203.0.113.7"
    assert source_of("no address") == "no address"


def test_who_did_nothing_for_long_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("central_api.rates._MOST_KNOWN", 3)
    clock, rate = Clock(), Rate(burst=2, per_second=1)
    rates = Rates(clock)
    for who in "abc":
        rates.take(who, rate)
    clock.at = 0.5
    for _ in range(2):
        rates.take("busy", rate)
    clock.at = 1.1
    rates.take("d", rate)

    assert {who for who, _ in rates._left} == {"busy", "d"}
    with pytest.raises(TooFast):
        rates.take("busy", Rate(burst=0, per_second=1))


def test_what_is_given_back_never_is_more_than_there_was() -> None:
    rates, rate = Rates(Clock()), Rate(burst=1, per_second=0)
    rates.take("a", rate)
    rates.give_back("a", rate)
    rates.give_back("a", rate)
    rates.take("a", rate)
    with pytest.raises(TooFast):
        rates.take("a", rate)
