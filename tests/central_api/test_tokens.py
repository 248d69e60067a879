"""Tokens: what gets one, what does not, and how soon it is over."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from central_api.database import reading, writing
from central_api.errors import TokenRefused
from central_api.people import Caller, revoke
from central_api.tables import ACCESS_TOKEN, USED_ASSERTION
from central_api.tokens import TOKEN_LASTS, grant_token
from rma.request import Role
from sync.credentials import Credentials
from sync.device_key import DeviceKey, new_seed
from sync.protocol.envelopes import TokenRequest
from sync.protocol.signing import FOR_A_TOKEN, as_text
from tests.central_api.branch import Branch, Desk


def grant(branch: Branch, asked: TokenRequest) -> str:
    """A token for an assertion."""
    with writing(branch.engine) as connection:
        return grant_token(connection, asked, branch.now).token


def changed(desk: Desk, **values: object) -> TokenRequest:
    """An assertion with other contents, signed as it should be."""
    told = json.loads(desk.who.assertion(desk.now).assertion) | values
    text = json.dumps(told)
    signature = as_text(desk.key.sign(FOR_A_TOKEN + text.encode()))
    return TokenRequest(assertion=text, signature=signature)


def test_a_token_is_for_its_device_and_person_and_over_after_a_quarter_of_an_hour(
    branch: Branch,
) -> None:
    desk = branch.desk("Sue", Role.SUPERVISOR)
    token = desk.token

    branch.now += TOKEN_LASTS - timedelta(seconds=1)
    assert branch.caller(token) == Caller(desk.caller.device, "Sue", Role.SUPERVISOR)
    assert branch.caller(token + "x") is None
    branch.now += timedelta(seconds=2)
    assert branch.caller(token) is None


def test_tokens_are_stored_as_hashes_only(branch: Branch) -> None:
    token = branch.desk().token
    with reading(branch.engine) as connection:
        assert token not in str(connection.execute(select(ACCESS_TOKEN)).all())


def test_an_assertion_is_good_for_one_token(branch: Branch) -> None:
    desk = branch.desk()
    asked = desk.who.assertion(branch.now)
    grant(branch, asked)

    with pytest.raises(TokenRefused, match="used before"):
        grant(branch, asked)


def test_what_is_over_is_not_kept(branch: Branch) -> None:
    desk = branch.desk()
    for _ in range(3):
        assert desk.token
        branch.now += timedelta(hours=1)
    with reading(branch.engine) as connection:
        for table in (ACCESS_TOKEN, USED_ASSERTION):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 1


FORGED: dict[str, Callable[[Desk], TokenRequest]] = {
    "no signature": lambda desk: replace(desk.who.assertion(desk.now), signature=""),
    "another key": lambda desk: Credentials(
        desk.who.device, desk.who.server_id, DeviceKey(new_seed()), lambda: "Ada"
    ).assertion(desk.now),
    "signed for something else": lambda desk: TokenRequest(
        assertion=(told := desk.who.assertion(desk.now).assertion),
        signature=as_text(desk.key.sign(told.encode())),
    ),
    "another device": lambda desk: changed(desk, device="another device"),
    "another server": lambda desk: changed(desk, audience="another server"),
    "another person": lambda desk: changed(desk, person="Sue"),
    "no json": lambda desk: TokenRequest(assertion="x", signature="y"),
    "a name with NUL": lambda desk: changed(desk, person="Ada\0"),
    "for long": lambda desk: changed(
        desk, expires_at=(desk.now + timedelta(minutes=3)).isoformat()
    ),
    "over before it began": lambda desk: changed(
        desk, expires_at=(desk.now - timedelta(minutes=1)).isoformat()
    ),
    "without a time zone": lambda desk: changed(desk, issued_at="2026-11-20T10:00:00"),
}


@pytest.mark.parametrize("how", FORGED)
def test_a_forged_assertion_gets_none(branch: Branch, how: str) -> None:
    branch.desk("Sue", Role.SUPERVISOR)
    asked = FORGED[how](branch.desk("Ada"))

    with pytest.raises(TokenRefused) as caught:
        grant(branch, asked)
    assert not caught.value.by_the_clock


@pytest.mark.parametrize("minutes", [-4, 4])
def test_an_assertion_of_another_time_is_refused_by_the_clock(branch: Branch, minutes: int) -> None:
    asked = branch.desk().who.assertion(branch.now + timedelta(minutes=minutes))

    with pytest.raises(TokenRefused) as caught:
        grant(branch, asked)
    assert caught.value.by_the_clock


@pytest.mark.parametrize("what", ["person", "device"])
def test_a_revocation_counts_at_once_and_hands_in_however_late(branch: Branch, what: str) -> None:
    desk = branch.desk()
    token = desk.token
    name = "Ada" if what == "person" else desk.caller.device
    with writing(branch.engine) as connection:
        revoke(connection, name, branch.now)

    assert branch.caller(token) == replace(desk.caller, revoked=what)
    assert branch.caller(desk.token) == replace(desk.caller, revoked=what)
    branch.now += timedelta(days=4000)
    assert branch.caller(desk.token) == replace(desk.caller, revoked=what)
