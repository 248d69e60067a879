"""Enrollment codes, devices with several people, and number blocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import select

from central_api.database import reading, writing
from central_api.enrolling import enroll
from central_api.errors import EnrollmentRefused, NobodySuch
from central_api.numbers import lease
from central_api.people import Caller, create_code, revoke
from central_api.tables import ENROLLMENT_CODE
from rma.request import Role
from sync.credentials import Credentials, enrollment
from sync.device_key import DeviceKey, new_seed
from sync.protocol.envelopes import EnrollRequest, EnrollResponse
from tests.central_api.branch import Branch

KEY = DeviceKey(new_seed())


def code_for(branch: Branch, name: str = "Ada", role: Role = Role.AGENT) -> str:
    """A fresh code."""
    with writing(branch.engine) as connection:
        return create_code(connection, name, role, branch.now)


def use(
    branch: Branch, code: str, device: str = "", key: DeviceKey | None = None
) -> EnrollResponse:
    """Enroll a device; one that is not named is new, with a key of its own."""
    key = key or (KEY if device else DeviceKey(new_seed()))
    return send(branch, enrollment(code, device or str(uuid4()), "test", key))


def send(branch: Branch, asked: EnrollRequest) -> EnrollResponse:
    """Enroll with any request."""
    with writing(branch.engine) as connection:
        return enroll(connection, asked, branch.now)


def caller(branch: Branch, device: str, name: str, key: DeviceKey = KEY) -> Caller | None:
    """Who the server takes somebody for who signs in on a device; refused where it gives no token."""
    server_id = use(branch, code_for(branch, "Nobody", Role.ADMIN)).server_id
    return branch.caller(branch.token(Credentials(device, server_id, key, lambda: name)))


def test_a_code_gives_a_place_for_its_person_and_role(branch: Branch) -> None:
    device = str(uuid4())

    answer = use(branch, code_for(branch, "Sue", Role.SUPERVISOR), device)

    assert (answer.person, answer.role, answer.server_time) == ("Sue", "supervisor", branch.now)
    assert caller(branch, device, "Sue") == Caller(device, "Sue", Role.SUPERVISOR)


def test_a_code_works_once(branch: Branch) -> None:
    code = code_for(branch)
    use(branch, code)

    with pytest.raises(EnrollmentRefused):
        use(branch, code)


def test_the_same_device_gets_the_same_answer_again_as_the_first_may_be_lost(
    branch: Branch,
) -> None:
    code, device = code_for(branch), str(uuid4())

    assert use(branch, code, device) == use(branch, code, device)
    with pytest.raises(EnrollmentRefused, match="used"):
        use(branch, code, device, DeviceKey(new_seed()))
    branch.now += timedelta(hours=25)
    with pytest.raises(EnrollmentRefused, match="used"):
        use(branch, code, device)


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


def test_codes_are_stored_as_hashes_only(branch: Branch) -> None:
    code = code_for(branch)

    with reading(branch.engine) as connection:
        stored = str(connection.execute(select(ENROLLMENT_CODE)).all())
    assert code.replace("-", "") not in stored


def test_a_key_that_the_device_does_not_have_is_refused_and_the_code_still_works(
    branch: Branch,
) -> None:
    code, other = code_for(branch), DeviceKey(new_seed())
    asked = enrollment(code, str(uuid4()), "test", other)

    for forged in (
        replace(asked, public_key=enrollment(code, asked.device, "test", KEY).public_key),
        replace(asked, device=str(uuid4())),
        replace(asked, signature=""),
        replace(asked, public_key="é"),
        replace(asked, public_key="", signature=""),
    ):
        with pytest.raises(EnrollmentRefused, match="signature"):
            send(branch, forged)
    assert use(branch, code).person == "Ada"


class TestSeveralPeople:
    """A device is one key; whoever has a code may be enrolled on it."""

    def test_a_second_person_works_beside_the_first(self, branch: Branch) -> None:
        device = str(uuid4())
        use(branch, code_for(branch, "Ada"), device)
        use(branch, code_for(branch, "Sue", Role.SUPERVISOR), device)

        assert caller(branch, device, "Ada") == Caller(device, "Ada", Role.AGENT)
        assert caller(branch, device, "Sue") == Caller(device, "Sue", Role.SUPERVISOR)

    def test_another_key_claims_no_device_and_the_code_still_works(self, branch: Branch) -> None:
        device = str(uuid4())
        use(branch, code_for(branch, "Ada"), device)
        code = code_for(branch, "Ben")

        with pytest.raises(EnrollmentRefused, match="another key"):
            use(branch, code, device, DeviceKey(new_seed()))
        assert use(branch, code).person == "Ben"

    def test_a_key_belongs_to_one_device(self, branch: Branch) -> None:
        use(branch, code_for(branch), str(uuid4()))

        with pytest.raises(EnrollmentRefused, match="key was used"):
            use(branch, code_for(branch, "Ben"), str(uuid4()))

    def test_who_works_there_may_give_a_new_key_and_the_others_enroll_again(
        self, branch: Branch
    ) -> None:
        device, new = str(uuid4()), DeviceKey(new_seed())
        use(branch, code_for(branch, "Ada"), device)
        use(branch, code_for(branch, "Sue", Role.SUPERVISOR), device)

        use(branch, code_for(branch, "Ada"), device, new)

        assert caller(branch, device, "Ada", new) == Caller(device, "Ada", Role.AGENT)
        sue = caller(branch, device, "Sue", new)
        assert sue == Caller(device, "Sue", Role.SUPERVISOR, "person")
        use(branch, code_for(branch, "Sue", Role.SUPERVISOR), device, new)
        assert caller(branch, device, "Sue", new) == Caller(device, "Sue", Role.SUPERVISOR)


def test_who_was_revoked_gets_no_code_until_that_is_undone(branch: Branch) -> None:
    code = code_for(branch)
    with writing(branch.engine) as connection:
        assert revoke(connection, "Ada", branch.now) == "person"

    with pytest.raises(EnrollmentRefused, match="revoked"):
        code_for(branch)
    with pytest.raises(EnrollmentRefused, match="no longer"):
        use(branch, code)
    with writing(branch.engine) as connection:
        revoke(connection, "Ada", branch.now, undo=True)
    assert use(branch, code).person == "Ada"


def test_a_revoked_device_is_enrolled_by_nobody(branch: Branch) -> None:
    device = str(uuid4())
    use(branch, code_for(branch), device)
    with writing(branch.engine) as connection:
        assert revoke(connection, device, branch.now) == "device"

    with pytest.raises(EnrollmentRefused, match="revoked"):
        use(branch, code_for(branch), device)


def test_nobody_unknown_is_revoked(branch: Branch) -> None:
    with pytest.raises(NobodySuch), writing(branch.engine) as connection:
        revoke(connection, "Zoe", branch.now)


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
