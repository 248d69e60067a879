"""Enrollment codes, tokens and number blocks."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from central_api.database import reading, writing
from central_api.errors import EnrollmentRefused
from central_api.numbers import lease
from central_api.people import Caller, caller_of, create_code, enroll
from central_api.tables import DEVICE, ENROLLMENT_CODE
from rma.request import Role
from sync.protocol.envelopes import EnrollRequest, EnrollResponse
from tests.central_api.branch import Branch


def code_for(branch: Branch, name: str = "Ada", role: Role = Role.AGENT) -> str:
    """A fresh code."""
    with writing(branch.engine) as connection:
        return create_code(connection, name, role, branch.now)


def use(branch: Branch, code: str, device: str = "") -> EnrollResponse:
    """Enroll a device."""
    asked = EnrollRequest(code=code, device=device or str(uuid4()), platform="test")
    with writing(branch.engine) as connection:
        return enroll(connection, asked, branch.now)


def caller(branch: Branch, token: str) -> Caller | None:
    """Who is behind a token."""
    with reading(branch.engine) as connection:
        return caller_of(connection, f"Bearer {token}")


def test_a_code_gives_a_token_for_its_person_and_role(branch: Branch) -> None:
    device = str(uuid4())

    answer = use(branch, code_for(branch, "Sue", Role.SUPERVISOR), device)

    assert (answer.person, answer.role, answer.server_time) == ("Sue", "supervisor", branch.now)
    assert caller(branch, answer.token) == Caller(device, "Sue", Role.SUPERVISOR)
    assert caller(branch, answer.token + "x") is None


def test_a_code_works_once(branch: Branch) -> None:
    code = code_for(branch)
    use(branch, code)

    with pytest.raises(EnrollmentRefused):
        use(branch, code)


def test_a_code_may_be_typed_in_small_letters_without_dashes(branch: Branch) -> None:
    assert use(branch, code_for(branch).lower().replace("-", " ")).person == "Ada"


def test_a_code_expires(branch: Branch) -> None:
    code = code_for(branch)
    branch.now += timedelta(hours=24, seconds=1)

    with pytest.raises(EnrollmentRefused):
        use(branch, code)


@pytest.mark.parametrize("code", ["", "AAAA-AAAA-AAAA-AAAA", "x" * 10_000])
def test_a_guessed_code_is_refused(branch: Branch, code: str) -> None:
    with pytest.raises(EnrollmentRefused):
        use(branch, code)


def test_codes_and_tokens_are_stored_as_hashes_only(branch: Branch) -> None:
    code = code_for(branch)
    token = use(branch, code).token

    with reading(branch.engine) as connection:
        stored = str(connection.execute(select(ENROLLMENT_CODE)).all())
        stored += str(connection.execute(select(DEVICE)).all())
    assert code.replace("-", "") not in stored
    assert token not in stored


def test_a_device_that_enrolls_again_gets_a_new_token_and_keeps_its_numbers(branch: Branch) -> None:
    device = str(uuid4())
    old = use(branch, code_for(branch), device).token

    new = use(branch, code_for(branch), device).token

    assert caller(branch, old) is None
    assert caller(branch, new) == Caller(device, "Ada", Role.AGENT)


def test_a_device_of_somebody_else_is_refused_and_the_code_still_works(branch: Branch) -> None:
    device = str(uuid4())
    use(branch, code_for(branch, "Ada"), device)
    code = code_for(branch, "Ben")

    with pytest.raises(EnrollmentRefused, match="Ada"):
        use(branch, code, device)
    assert use(branch, code).person == "Ben"


@pytest.mark.parametrize("device", ["short", "x" * 81, "device\x00one", "device\none"])
def test_a_device_that_cannot_be_named_is_refused_and_the_code_still_works(
    branch: Branch, device: str
) -> None:
    code = code_for(branch)

    with pytest.raises(EnrollmentRefused):
        use(branch, code, device)
    assert use(branch, code).person == "Ada"


def test_a_person_has_one_role(branch: Branch) -> None:
    code_for(branch, "Ada", Role.AGENT)

    with pytest.raises(EnrollmentRefused, match="agent"):
        code_for(branch, "Ada", Role.ADMIN)


@pytest.mark.parametrize("name", ["", " Ada", "A\x1b[31mda", "a\nb", "x" * 81])
def test_a_name_that_cannot_be_shown_is_refused(branch: Branch, name: str) -> None:
    with pytest.raises(EnrollmentRefused):
        code_for(branch, name)


def test_the_same_lease_id_gives_the_same_block(branch: Branch) -> None:
    with writing(branch.engine) as connection:
        first = lease(connection, "device-1", "lease-1", branch.now)
        again = lease(connection, "device-1", "lease-1", branch.now)
        second = lease(connection, "device-1", "lease-2", branch.now)
        other = lease(connection, "device-2", "lease-1", branch.now)

    assert first == again
    assert len({first.block, second.block, other.block}) == 3
    assert all(100_000 <= each.block <= 999_999 for each in (first, second, other))
