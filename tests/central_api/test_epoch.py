"""Every answer of the API names the history of its database; a push that counts on another one decides nothing."""

from __future__ import annotations

import pytest

from central_api import feed
from central_api.database import writing
from central_api.numbers import give_back, lease, leased_to
from central_api.people import revoke
from tests.central_api.branch import Branch, Desk, number_of
from tests.central_api.conftest import Served


def epoch_of(branch: Branch) -> str:
    with writing(branch.engine) as connection:
        return feed.epoch(connection)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/v1/bootstrap", 200),
        ("/v1/changes?cursor=old", 410),
        ("/v1/rmas/1", 400),
        ("/v1/nowhere", 404),
    ],
)
def test_every_answer_of_the_api_names_it_also_a_refusal(
    served: Served, path: str, status: int
) -> None:
    with served.client(served.branch.desk()) as client:
        answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["server-epoch"] == epoch_of(served.branch)


def test_a_stranger_hears_it_too(served: Served) -> None:
    with served.client() as client:
        assert client.get("/v1/bootstrap").headers["server-epoch"] == epoch_of(served.branch)


def test_what_is_not_the_api_does_not_name_it(served: Served) -> None:
    with served.client() as client:
        assert "server-epoch" not in client.get("/readyz").headers


def test_a_push_that_counts_on_another_history_decides_nothing(served: Served) -> None:
    desk = served.branch.desk()
    operation = desk.returning()
    with served.client(desk) as client:
        refused = client.post(
            "/v1/ops", content=desk.line(operation), headers={"Server-Epoch": "another"}
        )
        assert refused.status_code == 412
        assert refused.json()["type"] == "/problems/epoch-changed"
        assert refused.headers["server-epoch"] == epoch_of(served.branch)
        assert served.branch.rma(number_of(operation)) is None
        known = {"Server-Epoch": epoch_of(served.branch)}
        assert client.post("/v1/ops", content=desk.line(operation), headers=known).is_success
    assert served.branch.rma(number_of(operation)) is not None


def test_a_push_of_nothing_is_taken(served: Served) -> None:
    with served.client(served.branch.desk()) as client:
        answer = client.post("/v1/ops", content=b"")
    assert (answer.status_code, answer.json()) == (200, {"results": []})


def test_a_desk_gets_the_block_back_that_it_holds_by_a_lost_lease(branch: Branch) -> None:
    device = branch.desk().caller.device
    with writing(branch.engine) as connection:
        told = give_back(connection, device, "lost", 471203, branch.now)
        assert told == lease(connection, device, "lost", branch.now)
    assert told.block == 471203


def test_a_block_that_another_desk_got_meanwhile_stays_with_it(branch: Branch) -> None:
    mine, other = branch.desk().caller.device, branch.desk("Ben").caller.device
    with writing(branch.engine) as connection:
        taken = lease(connection, other, "new", branch.now).block
        assert give_back(connection, mine, "lost", taken, branch.now) is None
        assert leased_to(connection, other, [taken]) == {taken}


def test_a_lease_that_gave_another_block_since_gives_the_first_one_back_too(
    branch: Branch,
) -> None:
    device = branch.desk().caller.device
    with writing(branch.engine) as connection:
        since = lease(connection, device, "known", branch.now).block
        lost = since + 1 if since < 999_999 else since - 1
        for _again in range(2):
            told = give_back(connection, device, "known", lost, branch.now)
            assert told is not None
            assert (told.lease_id, told.block) == ("known", lost)
        assert lease(connection, device, "known", branch.now).block == since
        assert leased_to(connection, device, [since, lost]) == {since, lost}


def claimed(served: Served, desk: Desk, block: int | None) -> tuple[int, int | None]:
    """The status of asking for a block, and which one was given."""
    with served.client(desk) as client:
        answer = client.post("/v1/number-blocks", json={"lease_id": "lost", "block": block})
    return answer.status_code, answer.json().get("block")


def test_who_may_no_longer_work_gets_the_numbers_back_that_a_restore_lost_and_no_others(
    served: Served,
) -> None:
    desk, other = served.branch.desk(), served.branch.desk("Ben")
    with writing(served.branch.engine) as connection:
        taken = lease(connection, other.caller.device, "new", served.branch.now).block
        revoke(connection, desk.caller.device, served.branch.now)
    assert claimed(served, desk, 471203) == (403, None)  # nothing was lost

    with writing(served.branch.engine) as connection:
        feed.renew(connection, served.branch.now)
    assert claimed(served, desk, None) == (403, None)
    assert claimed(served, desk, taken) == (403, None)
    assert claimed(served, desk, 471203) == (200, 471203)


def test_a_working_desk_gets_other_numbers_where_its_own_are_taken(served: Served) -> None:
    desk, other = served.branch.desk(), served.branch.desk("Ben")
    with writing(served.branch.engine) as connection:
        taken = lease(connection, other.caller.device, "new", served.branch.now).block
        feed.renew(connection, served.branch.now)
    status, block = claimed(served, desk, taken)
    assert status == 200
    assert block not in (taken, None)


@pytest.mark.parametrize("block", [0, 99_999, 1_000_000])
def test_a_block_that_is_none_is_refused(served: Served, block: int) -> None:
    with served.client(served.branch.desk()) as client:
        answer = client.post("/v1/number-blocks", json={"lease_id": "x", "block": block})
    assert answer.status_code == 400
