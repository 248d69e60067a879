"""The lock of a shared desk, driven by keys."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from rma.errors import RmaError
from rma.operations import EnrolledPerson
from rma.request import Role
from storage.pin_verifiers import PinVerifiers
from tests import shop
from tests.desk.memory import MemoryWork
from tests.screens.seat import Seat, Shop, seated, small_shop

ADA, SUE = "Agent One", "Sue Park"
PIN, HERS = "480215", "739204"


def shared_shop() -> Shop:
    """A desk of an agent and a supervisor, each with a PIN."""
    of = small_shop()
    of.work.enrolled = [EnrolledPerson(ADA, Role.AGENT), EnrolledPerson(SUE, Role.SUPERVISOR)]
    of.work.set_pin(ADA, PinVerifiers().make(PIN))
    of.work.set_pin(SUE, PinVerifiers().make(HERS))
    return of


async def sign_in(seat: Seat, pin: str) -> None:
    await seat.sees("This desk is locked")
    await seat.type(pin)
    await seat.press("enter")


async def test_a_shared_desk_begins_locked_and_opens_with_the_pin() -> None:
    async with seated(shared_shop(), opened=False) as seat:
        await seat.sees("This desk is locked", ADA, SUE, "supervisor")
        assert "Look up" not in seat.text
        await sign_in(seat, PIN)
        await seat.sees("Look up", "Agent One, agent")
        await seat.type("mar")
        await seat.sees("Maria Müller")


async def test_the_pin_is_shown_as_dots() -> None:
    async with seated(shared_shop(), opened=False) as seat:
        await seat.sees("This desk is locked")
        await seat.type(PIN)
        await seat.sees("••••••")
        assert PIN not in seat.text


async def test_a_wrong_pin_is_said_and_the_field_is_empty_again() -> None:
    async with seated(shared_shop(), opened=False) as seat:
        await sign_in(seat, "480216")
        await seat.sees("That is not the PIN of Agent One. 2 more tries")
        assert "•" not in seat.text
        await sign_in(seat, PIN)
        await seat.sees("Look up")


async def test_after_three_wrong_ones_the_desk_waits() -> None:
    async with seated(shared_shop(), opened=False) as seat:
        for _ in range(3):
            await sign_in(seat, "480216")
            await seat.sees("That is not the PIN")
        await sign_in(seat, PIN)
        await seat.sees("Too many wrong ones. Next try in 30 seconds.")


async def test_the_arrows_choose_who_and_the_role_follows() -> None:
    async with seated(shared_shop(), opened=False) as seat:
        await seat.sees("This desk is locked")
        await seat.press("down")
        await sign_in(seat, HERS)
        await seat.sees("Look up", "Sue Park, supervisor")
        await seat.press("f8")
        await seat.sees("Approvals", "Sue Park, supervisor")


async def test_no_key_of_the_desk_acts_while_it_is_locked() -> None:
    async with seated(shared_shop(), opened=False) as seat:
        await seat.sees("This desk is locked")
        for key in ("f1", "f2", "f5", "f7", "f8", "ctrl+p", "ctrl+g", "ctrl+l", "ctrl+n"):
            await seat.press("escape", key)
            await seat.sees("Sign in first: the desk is locked.")
        assert "Look up" not in seat.text


async def test_f7_locks_and_the_same_person_finds_everything_as_it_was() -> None:
    async with seated(shared_shop(), opened=False) as seat:
        await sign_in(seat, PIN)
        await seat.sees("Look up")
        await seat.type("maria")
        await seat.press("enter")
        await seat.sees("Order 100001")
        await seat.press("f7")
        await seat.sees("This desk is locked")
        assert "100001" not in seat.text
        assert "Maria" not in seat.text
        await sign_in(seat, PIN)
        await seat.sees("Order 100001")


async def test_another_person_gets_an_empty_desk_and_the_draft_waits() -> None:
    of = shared_shop()
    async with seated(of, opened=False) as seat:
        await sign_in(seat, PIN)
        await seat.sees("Look up")
        await seat.type("maria")
        await seat.press("enter")
        await seat.sees("Order 100001")
        await seat.press("enter")
        await seat.sees("1 Lines")
        await seat.press("enter", "n", "enter")
        await seat.press("f7", "down")
        await sign_in(seat, HERS)
        await seat.sees("Look up", "DRAFTS", "Sue Park, supervisor")
        assert "1 Lines" not in seat.text
    assert len(of.work.draft_by_id) == 1


async def test_a_desk_that_is_left_locks_itself() -> None:
    async with seated(shared_shop(), opened=False) as seat:
        await sign_in(seat, PIN)
        await seat.sees("Look up")
        seat.app.lock_after_seconds = 0.01  # type: ignore[attr-defined]
        await seat.sees("This desk is locked")


async def test_a_desk_of_one_without_a_pin_never_locks() -> None:
    async with seated(small_shop()) as seat:
        await seat.press("f7")
        await seat.sees("Nobody signs in on this desk: choose a PIN first")


async def test_a_pin_is_chosen_twice_alike_and_then_asked_for() -> None:
    of = small_shop()
    async with seated(of) as seat:
        await seat.press("shift+f7")
        await seat.sees("PIN of Agent One on this desk")
        await seat.type("123456")
        await seat.press("enter")
        await seat.sees("that is guessed first")
        await seat.press(*["backspace"] * 6)
        await seat.type(PIN)
        await seat.press("enter")
        await seat.type("480216")
        await seat.press("enter")
        await seat.sees("the two differ")
        await seat.press(*["backspace"] * 6)
        await seat.type(PIN)
        await seat.press("enter")
        await seat.sees("The new PIN counts from now on")
        await seat.press("f7")
        await sign_in(seat, PIN)
        await seat.sees("Look up")


async def test_another_pin_needs_the_one_before() -> None:
    of = shared_shop()
    async with seated(of, opened=False) as seat:
        await sign_in(seat, PIN)
        await seat.sees("Look up")
        await seat.press("shift+f7")
        await seat.sees("PIN so far", "New PIN", "Once more")
        for typed in ("480216", "558013", "558013"):
            await seat.type(typed)
            await seat.press("enter")
        await seat.sees("That is not the PIN of Agent One")
        await seat.press(*["backspace"] * 6)
        await seat.type(PIN)
        await seat.press("enter", "enter", "enter")
        await seat.sees("The new PIN counts from now on")


async def test_beyond_the_offline_allowance_nobody_signs_in() -> None:
    of = shared_shop()
    of.reference.policy_list = [replace(shop.policy(), offline_hours=72)]
    of.work.contact = of.clock.now()
    of.clock.move(hours=100)
    async with seated(of, opened=False) as seat:
        await sign_in(seat, PIN)
        await seat.sees("has not reached the central API for 100 hours", "72 are allowed")


async def test_the_lock_fits_the_smallest_terminal() -> None:
    async with seated(shared_shop(), (60, 20), opened=False) as seat:
        await seat.sees("This desk is locked", "Enter signs in", "Ctrl+Q quits")


async def test_what_was_typed_before_the_lock_was_seen_is_no_pin_and_stays_nowhere() -> None:
    of = shared_shop()
    of.gate = asyncio.Event()
    async with seated(of, opened=False) as seat:
        await seat.type("abc")
        of.gate.set()
        await sign_in(seat, PIN)
        await seat.sees("Look up")
        assert "abc" not in seat.text


class Troubled(MemoryWork):
    """work.db cannot be read, from a moment on."""

    broken = False

    def people(self) -> tuple[EnrolledPerson, ...]:
        if self.broken:
            raise RmaError("The database cannot be read: check the disk.")
        return super().people()


async def test_a_desk_that_cannot_read_who_works_there_stays_closed() -> None:
    of = small_shop()
    of.work = work = Troubled()
    work.broken = True
    async with seated(of, opened=False) as seat:
        await seat.sees("The database cannot be read: check the disk.", "Ctrl+Q quits")
    assert of.closed == 1


async def test_a_lock_that_cannot_read_who_works_there_says_so_and_work_goes_on() -> None:
    of = small_shop()
    of.work = work = Troubled()
    work.set_pin(ADA, PinVerifiers().make(PIN))
    async with seated(of, opened=False) as seat:
        await sign_in(seat, PIN)
        await seat.sees("Look up", "Agent One, agent")
        work.broken = True
        await seat.press("f7")
        await seat.sees("The database cannot be read: check the disk.", "Look up")


async def test_a_desk_locks_itself_when_the_server_turns_away_who_works_there() -> None:
    of = small_shop()
    async with seated(of) as seat:
        await seat.type("mar")
        await seat.sees("Maria Müller")
        of.work.enrolled = [EnrolledPerson(ADA, Role.AGENT, revoked=True)]
        of.sync.state = replace(of.sync.state, revoked=ADA)
        await seat.sees("This desk is locked", "revoked")
        assert "Maria Müller" not in seat.text
        await seat.type(PIN)
        await seat.press("enter")
        await seat.sees("✗ Agent One may no longer work here")


async def test_a_desk_of_one_without_a_pin_opens_again_when_the_server_takes_them_again() -> None:
    of = small_shop()
    async with seated(of) as seat:
        of.work.enrolled = [EnrolledPerson(ADA, Role.AGENT, revoked=True)]
        of.sync.state = replace(of.sync.state, revoked=ADA)
        await seat.sees("This desk is locked")
        of.work.enrolled = [EnrolledPerson(ADA, Role.AGENT)]
        of.sync.state = replace(of.sync.state, revoked="")
        await seat.sees("Look up")
        await seat.press("f7")
        await seat.sees("Nobody signs in on this desk")
