"""One box finds the caller by anything the caller says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desk.desk import Desk, build_desk
from desk.lookup import HitKind
from rma.operations import KnownRecord
from rma.request import Role
from rma.states import RmaState
from storage.pin_verifiers import PinVerifiers
from tests.desk.memory import FixedClock, MemoryReference, MemoryWork
from tests.shop import customer, draft, finalized, number, order, policy, reasons


@pytest.fixture
def reference() -> MemoryReference:
    return MemoryReference(
        customer_list=[
            customer(),
            customer(
                customer_id="C-2",
                name="John Smith",
                email="j.smith@example.org",
                phone="+441174960123",
                postcode="SW1A 2AA",
            ),
        ],
        order_list=[order(), order(order_id="O-2", number="100002", customer_id="C-2")],
        policy_list=[policy()],
        reason_tree=reasons(),
    )


@pytest.fixture
def work() -> MemoryWork:
    return MemoryWork()


@pytest.fixture
def desk(reference: MemoryReference, work: MemoryWork) -> Desk:
    return build_desk(reference, work, FixedClock(), PinVerifiers())


@pytest.mark.parametrize(
    ("said", "matched"),
    [
        ("smith john", "name"),
        ("J.Smith@example", "e-mail"),
        ("0123", "phone"),
        ("496-0123", "phone"),
        ("sw1a", "postcode"),
    ],
)
def test_a_customer_is_found_by_what_the_caller_says(desk: Desk, said: str, matched: str) -> None:
    hits = desk.lookup.search(said).hits

    assert [(hit.customer_id, hit.matched) for hit in hits] == [("C-2", matched)]


def test_an_order_is_found_by_its_number(desk: Desk) -> None:
    hit = desk.lookup.search("100002").hits[0]

    assert (hit.kind, hit.key, hit.customer_id) == (HitKind.ORDER, "O-2", "C-2")


@pytest.mark.parametrize("text", ["C-2", "c-2"])
def test_a_customer_is_found_by_their_number(desk: Desk, text: str) -> None:
    (hit,) = desk.lookup.search(text).hits

    assert (hit.kind, hit.key, hit.matched) == (HitKind.CUSTOMER, "C-2", "customer number")


def test_a_part_of_an_rma_number_says_to_type_it_all(desk: Desk) -> None:
    assert "type all 11 digits" in desk.lookup.search("471 2030").hint


@pytest.mark.parametrize("typed", ["{0}", "{1}", "{2}"])
def test_an_rma_is_found_by_its_number_however_it_is_grouped(
    desk: Desk, reference: MemoryReference, typed: str
) -> None:
    told = number()
    reference.record_list.append(KnownRecord(record=finalized(), row_version=1))
    shapes = (told, f"{told[:3]} {told[3:7]} {told[7:]}", f"{told[:3]}-{told[3:7]}-{told[7:]}")

    hit = desk.lookup.search(typed.format(*shapes)).hits[0]

    assert (hit.kind, hit.key) == (HitKind.RMA, told)


def test_a_mistyped_rma_number_is_told_apart_from_an_unknown_one(desk: Desk) -> None:
    told = number()
    wrong = told[:-1] + str((int(told[-1]) + 1) % 10)

    assert "Check digits do not fit" in desk.lookup.search(wrong).hint
    assert "No return has this number" in desk.lookup.search(told).hint


@pytest.mark.parametrize("text", ["", "a", " ", "\x1b"])
def test_less_than_two_characters_finds_nothing_and_complains_about_nothing(
    desk: Desk, text: str
) -> None:
    found = desk.lookup.search(text)

    assert (found.hits, found.hint) == ((), "")


def test_an_empty_result_says_what_to_try(desk: Desk) -> None:
    assert "Try the order number" in desk.lookup.search("zzzz").hint


def test_home_shows_drafts_todays_returns_and_what_waits(
    desk: Desk, reference: MemoryReference, work: MemoryWork
) -> None:
    work.save_draft(draft())
    made = desk.returns.finalize(draft(draft_id="D-2"))

    home = desk.lookup.home()

    assert [waiting.customer_name for waiting in home.drafts] == ["Maria Müller"]
    assert list(home.today) == [made]
    assert home.queue.waiting == 1


class Asked(MemoryReference):
    """Counts the questions about single returns."""

    singles = 0

    def record(self, number: str) -> KnownRecord | None:
        self.singles += 1
        return super().record(number)


def waiting(count: int) -> list[KnownRecord]:
    records = [finalized(rma_number=number(n)) for n in range(count)]
    return [
        KnownRecord(record=replace(record, state=RmaState.NEEDS_APPROVAL), row_version=1)
        for record in records
    ]


@pytest.mark.parametrize(("role", "counted"), [(Role.SUPERVISOR, 50), (Role.AGENT, 0)])
def test_what_waits_for_approval_is_counted_for_those_who_approve_without_a_question_for_each(
    work: MemoryWork, role: Role, counted: int
) -> None:
    reference = Asked(record_list=waiting(50))
    assert work.who is not None
    work.who = replace(work.who, role=role)

    home = build_desk(reference, work, FixedClock(), PinVerifiers()).lookup.home()

    assert (home.approvals, reference.singles) == (counted, 0)


def test_a_decision_that_is_not_sent_yet_no_longer_waits(
    desk: Desk, reference: MemoryReference, work: MemoryWork
) -> None:
    reference.record_list += waiting(3)
    assert work.who is not None
    work.who = replace(work.who, role=Role.SUPERVISOR, person="Supervisor Two")

    desk.rmas.approve(number(1))

    assert desk.lookup.home().approvals == 2


def test_a_phone_number_of_eleven_digits_is_not_only_called_a_wrong_rma_number(desk: Desk) -> None:
    hint = desk.lookup.search("01174969999").hint

    assert hint.endswith("No phone number ends so either.")


def test_too_many_hits_say_how_many_are_shown(reference: MemoryReference, desk: Desk) -> None:
    reference.customer_list += [customer(customer_id=f"C-{n + 10}") for n in range(60)]

    assert desk.lookup.search("müller").hint == "More than 50 match: type more of it."
