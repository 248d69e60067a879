"""The sign-in of people who share a desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from desk.errors import NotReady
from desk.sign_in import SignIn, UnfitPin, WrongPin
from rma.operations import EnrolledPerson
from rma.request import Role
from storage.pin_verifiers import PinVerifiers
from tests import shop
from tests.desk.memory import FixedClock, MemoryReference, MemoryWork

ADA, SUE = "Agent One", "Sue Park"
PIN = "480215"


@pytest.fixture
def work() -> MemoryWork:
    clock = FixedClock()
    return MemoryWork(clock=clock)


@pytest.fixture
def desk(work: MemoryWork) -> SignIn:
    reference = MemoryReference(policy_list=[replace(shop.policy(), offline_hours=72)])
    return SignIn(reference, work, work.clock, PinVerifiers())


def shared(work: MemoryWork) -> None:
    work.enrolled = [EnrolledPerson(ADA, Role.AGENT), EnrolledPerson(SUE, Role.SUPERVISOR)]


def test_a_desk_of_one_asks_for_nothing_until_a_pin_is_chosen(desk: SignIn) -> None:
    assert not desk.is_asked_for()
    desk.choose_pin(PIN)
    assert desk.is_asked_for()


def test_a_desk_of_two_asks(desk: SignIn, work: MemoryWork) -> None:
    shared(work)
    assert desk.is_asked_for()
    assert [(each.name, each.has_pin, each.signed_in) for each in desk.people()] == [
        (ADA, False, True),
        (SUE, False, False),
    ]


def test_the_right_pin_makes_somebody_the_person_of_what_follows(
    desk: SignIn, work: MemoryWork
) -> None:
    shared(work)
    desk.set_enrolled_pin(SUE, PIN)
    identity = desk.sign_in(SUE, PIN)
    assert (identity.person, identity.role) == (SUE, Role.SUPERVISOR)
    assert work.identity() == identity


def test_what_is_kept_is_not_the_pin(desk: SignIn, work: MemoryWork) -> None:
    desk.choose_pin(PIN)
    kept = work.pins[ADA].verifier
    assert PIN not in kept
    assert kept.startswith("$argon2id$")


def test_a_composed_letter_fits_however_it_was_typed(desk: SignIn) -> None:
    desk.choose_pin("käsekuchen")
    assert desk.sign_in(ADA, "ka\u0308sekuchen").person == ADA


def test_a_wrong_pin_is_refused_counted_and_noted(desk: SignIn, work: MemoryWork) -> None:
    desk.choose_pin(PIN)
    with pytest.raises(WrongPin, match="2 more tries"):
        desk.sign_in(ADA, "480216")
    assert work.pins[ADA].tries == 1
    assert work.refused_pins == [ADA]


def test_after_three_wrong_ones_not_even_the_right_one_is_taken_until_the_wait_is_over(
    desk: SignIn, work: MemoryWork
) -> None:
    desk.choose_pin(PIN)
    for _ in range(2):
        with pytest.raises(WrongPin):
            desk.sign_in(ADA, "000000")
    with pytest.raises(WrongPin, match="Next try in 30 seconds"):
        desk.sign_in(ADA, "000000")
    with pytest.raises(WrongPin, match="Next try in 30 seconds") as refused:
        desk.sign_in(ADA, PIN)
    assert refused.value.wait == timedelta(seconds=30)
    assert work.pins[ADA].tries == 3
    work.clock.move(seconds=30)
    assert desk.sign_in(ADA, PIN).person == ADA
    assert work.pins[ADA].tries == 0


def test_whoever_shares_a_desk_without_a_pin_needs_a_new_code(
    desk: SignIn, work: MemoryWork
) -> None:
    shared(work)
    with pytest.raises(NotReady, match="new code"):
        desk.sign_in(SUE, PIN)
    with pytest.raises(NotReady, match="new code"):
        desk.choose_pin(PIN)


def test_another_pin_needs_the_one_before(desk: SignIn) -> None:
    desk.choose_pin(PIN)
    with pytest.raises(WrongPin):
        desk.choose_pin("739201", before="480216")
    desk.choose_pin("739201", before=PIN)
    assert desk.sign_in(ADA, "739201").person == ADA


def test_a_pin_that_is_guessed_first_is_not_taken(desk: SignIn) -> None:
    with pytest.raises(UnfitPin, match="guessed first"):
        desk.choose_pin("123456")


def test_sign_in_works_without_a_network_within_the_allowance(
    desk: SignIn, work: MemoryWork
) -> None:
    desk.choose_pin(PIN)
    work.contact = work.clock.now()
    work.clock.move(hours=72)
    assert desk.sign_in(ADA, PIN).person == ADA


def test_nobody_begins_to_work_beyond_the_allowance(desk: SignIn, work: MemoryWork) -> None:
    desk.choose_pin(PIN)
    work.contact = work.clock.now()
    work.clock.move(hours=73)
    with pytest.raises(NotReady, match="for 73 hours, and 72 are allowed"):
        desk.sign_in(ADA, PIN)
    work.contact = work.clock.now()
    assert desk.sign_in(ADA, PIN).person == ADA


def test_a_clock_set_back_makes_no_allowance_longer(desk: SignIn, work: MemoryWork) -> None:
    desk.choose_pin(PIN)
    work.contact = work.clock.now()
    work.clock.move(hours=-25)
    with pytest.raises(NotReady, match="25 hours behind what was already done here: connect"):
        desk.sign_in(ADA, PIN)
    work.clock.move(hours=2)
    assert desk.sign_in(ADA, PIN).person == ADA


def test_what_was_done_since_the_last_contact_shows_how_much_time_passed(
    desk: SignIn, work: MemoryWork
) -> None:
    desk.choose_pin(PIN)
    work.contact = work.clock.now()
    work.newest = work.contact + timedelta(hours=73)
    work.clock.move(hours=72)
    with pytest.raises(NotReady, match="for 73 hours, and 72 are allowed"):
        desk.sign_in(ADA, PIN)
    work.clock.move(hours=-48)
    with pytest.raises(NotReady, match="49 hours behind what was already done here"):
        desk.sign_in(ADA, PIN)
    work.newest = None
    assert desk.sign_in(ADA, PIN).person == ADA


def test_a_clock_set_back_before_the_policy_began_makes_no_allowance_longer(
    desk: SignIn, work: MemoryWork
) -> None:
    desk.choose_pin(PIN)
    work.contact = work.clock.now()
    work.clock.move(days=-3650)
    with pytest.raises(NotReady, match="hours behind what was already done here"):
        desk.sign_in(ADA, PIN)


def test_whom_the_central_api_turned_away_cannot_sign_in_not_even_alone(
    desk: SignIn, work: MemoryWork
) -> None:
    desk.choose_pin(PIN)
    work.enrolled = [EnrolledPerson(ADA, Role.AGENT, revoked=True)]
    with pytest.raises(NotReady, match="Agent One may no longer work here"):
        desk.sign_in(ADA, PIN)
    work.pins.clear()
    assert desk.is_asked_for()
