"""The status line says in words who works here and whether the desk is in touch."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from csr_tui.session import Session
from desk.ports import SyncStatus
from rma.operations import Identity, QueueState
from rma.request import Role
from screens.status_words import DeskStatus, age, connection, wanted, who
from tests.screens.seat import Shop, seated, small_shop
from tests.shop import NOW


def status(
    sync: SyncStatus | None,
    waiting: int = 0,
    minutes: int = 0,
    attention: int = 0,
    numbers: int = 900,
) -> DeskStatus:
    oldest = NOW - timedelta(minutes=minutes) if waiting else None
    queue = QueueState(waiting=waiting, oldest_at=oldest, attention=attention, numbers_left=numbers)
    return DeskStatus(queue=queue, sync=sync, now=NOW)


def test_online_with_nothing_to_send() -> None:
    assert connection(status(SyncStatus(online=True))) == "ONLINE"


def test_offline_says_how_much_waits_and_since_when() -> None:
    assert connection(status(SyncStatus(online=False), 3, 4)) == "OFFLINE 3 queued, oldest 4 min"


def test_what_was_queued_just_now_has_no_age() -> None:
    assert connection(status(SyncStatus(online=True), 1)) == "ONLINE 1 queued"


@pytest.mark.parametrize(
    ("online", "synced", "said"),
    [
        (None, None, ""),
        (True, None, ""),
        (False, None, "NO NUMBERS LEFT"),
        (True, NOW, "NO NUMBERS LEFT"),
    ],
)
def test_a_new_desk_that_fetches_its_first_numbers_raises_no_alarm(
    online: bool | None, synced: datetime | None, said: str
) -> None:
    assert wanted(status(SyncStatus(online=online, last_sync_at=synced), numbers=0)) == said


def test_the_first_download_shows_its_progress() -> None:
    assert connection(status(SyncStatus(online=True, bootstrap=0.42))) == "first download 42 %"


def test_before_the_first_try_it_is_connecting() -> None:
    assert connection(status(SyncStatus(online=None))) == "connecting"


@pytest.mark.parametrize(
    ("numbers", "said"),
    [
        (900, ""),
        (499, "499 numbers left"),
        (200, "RESERVE: 200 numbers left"),
        (0, "NO NUMBERS LEFT"),
    ],
)
def test_numbers_that_run_out_are_said(numbers: int, said: str) -> None:
    assert wanted(status(None, numbers=numbers)) == said


def test_attention_is_counted() -> None:
    assert wanted(status(None, attention=1)) == "1 needs attention"
    assert wanted(status(None, attention=2)) == "2 need attention"


def test_the_person_is_shown_as_plain_text() -> None:
    identity = Identity(
        device="d", person="Eve\x1b[2J", role=Role.AGENT, server="http://127.0.0.1:1"
    )
    assert who(DeskStatus(identity=identity)) == "Eve␛[2J, agent"


@pytest.mark.parametrize(
    ("minutes", "said"), [(0, "now"), (59, "59 min"), (119, "119 min"), (120, "2 h"), (2880, "2 d")]
)
def test_an_age_is_said_in_its_largest_unit(minutes: int, said: str) -> None:
    assert age(NOW - timedelta(minutes=minutes), NOW) == said


class InAVault(Shop):
    """A desk whose keys are in a vault."""

    async def open(self) -> Session:
        return replace(await super().open(), protection="keys: vault")


async def test_what_protects_the_keys_is_said_where_there_is_room() -> None:
    the_shop = InAVault(reference=small_shop().reference)
    the_shop.as_role(Role.SUPERVISOR, "Maximiliane Musterfrau-W")
    async with seated(the_shop) as seat:
        await seat.sees("ONLINE · keys: vault")
        the_shop.sync.state = SyncStatus(online=False)
        await seat.type("maria")
        await seat.sees(
            " Maximiliane Musterfrau-W, supervisor · OFFLINE nothing queued · call 0:00 "
        )
        assert "keys" not in seat.text
        await seat.resize(120, 40)
        await seat.sees("OFFLINE nothing queued · call 0:00 · keys: vault")
