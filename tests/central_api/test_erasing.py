"""Erasing a customer on the server: what goes, what stays, and what comes of them later."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from threading import Thread
from typing import Any

import pytest
from sqlalchemy import func, inspect, select

from central_api import chain, erasing, lookups
from central_api.__main__ import main
from central_api.catalog import upsert_customers
from central_api.database import reading, writing
from central_api.errors import NobodySuch
from central_api.expiry import expire_over
from central_api.holding import waiting
from central_api.operations import Item, _decide_all, read_batch
from central_api.orphans import orphans
from central_api.people import revoke
from central_api.releasing import release
from central_api.signatures import place_of
from central_api.tables import CHANGE_LOG, MAIL, RMA
from rma import erasing as rules
from rma.erasing import ERASED
from rma.operations import MailSlip, Operation, Outcome
from rma.order import Customer
from rma.record import RmaRecord
from rma.request import Role
from rma.return_slip import return_slip
from rma.states import RmaState
from tests import shop, typed
from tests.central_api.branch import Branch, Desk, number_of
from tests.central_api.test_typed_orders import LATER, imported, telling

PERSONAL = ("maria", "müller", "@example.com", "12345678", "• 4242", "crm-77", "sister")
"""What nobody may find any more, whatever the case."""


def noted(desk: Desk, **more: Any) -> Operation:
    """A return with everything personal that one can hold."""
    return desk.returning(
        shop.wanted(note="Maria's sister called"),
        asking={
            "reference": "CRM-77",
            "goodwill_reason": "Maria was upset",
            "verification_skipped": "Maria is here",
        },
        **more,
    )


def erase(branch: Branch, customer_id: str = "C-1", **more: Any) -> erasing.Erased:
    return erasing.erase_for_ever(
        branch.engine, customer_id, by="ops", reason="", now=branch.now, **more
    )


def texts(branch: Branch) -> Iterator[str]:
    """Every value of every table."""
    with reading(branch.engine) as connection:
        for table in inspect(connection).get_table_names():
            for row in connection.exec_driver_sql(f'SELECT * FROM "{table}"'):
                for value in row:
                    is_bytes = isinstance(value, bytes)
                    text = value.decode(errors="replace") if is_bytes else str(value)
                    yield f"{table}: {text}"


def left(branch: Branch) -> list[str]:
    return [each for each in texts(branch) if any(word in each.lower() for word in PERSONAL)]


def all_faults(branch: Branch) -> list[str]:
    with reading(branch.engine) as connection:
        found = [*orphans(connection), *chain.faults(connection), *erasing.faults(connection)]
    return [*branch.faults(), *found]


def mailed(desk: Desk, record: RmaRecord) -> Operation:
    slip = return_slip(record, shop.order(), shop.customer())
    command = MailSlip(
        number=record.number,
        to="maria@example.com",
        slip=slip,
        state=record.state,
        edition=0,
        at=desk.now,
    )
    return desk.operation(command)


def booked(branch: Branch, operation: Operation) -> RmaRecord:
    known = branch.rma(number_of(operation))
    assert known is not None
    return known.record


def test_no_table_holds_anything_personal_and_the_books_agree(branch: Branch) -> None:
    ada = branch.desk()
    told = noted(ada)
    ada.push(told, ada.refusing(told="Maria was told so", refusal_id="D-1"))
    ada.push(mailed(ada, booked(branch, told)), ada.cancel(number_of(told), "Maria changed mind"))
    before = booked(branch, told)
    assert {each.split(":")[0] for each in left(branch)} >= {
        "customer",
        "orders",
        "rma",
        "mail",
        "refusal",
    }

    erased = erase(branch)

    assert left(branch) == []
    assert all_faults(branch) == []
    assert not erased.again
    after = booked(branch, told)
    assert (after.number, after.state, after.quote) == (before.number, before.state, before.quote)
    assert after.lines[0].note == ERASED
    assert after.history[-1].note == ERASED


def test_an_erasure_is_found_by_nothing_but_the_customers_id(branch: Branch) -> None:
    erase(branch)
    with reading(branch.engine) as connection:
        for query in ("maria", "maria@example.com", "+493012345678", "12345678"):
            assert lookups.customers(connection, query).customers == ()
        (found,) = lookups.customers(connection, "C-1").customers
    assert found == Customer(customer_id="C-1", name="", country="DE", tier="standard", erased=True)


def test_a_second_erasure_finds_nothing_and_tells_no_desk(branch: Branch) -> None:
    ada = branch.desk()
    ada.push(noted(ada))
    first = erase(branch)
    with reading(branch.engine) as connection:
        told = connection.execute(select(func.count()).select_from(CHANGE_LOG)).scalar_one()

    second = erase(branch)

    assert (second.again, second.changed, second.erased_at) == (True, {}, first.erased_at)
    with reading(branch.engine) as connection:
        count = connection.execute(select(func.count()).select_from(CHANGE_LOG)).scalar_one()
    assert count == told


def test_nobody_is_erased_by_a_name(branch: Branch) -> None:
    with pytest.raises(NobodySuch, match="give the id"):
        erase(branch, "Maria Müller")


def test_a_return_that_comes_late_is_booked_and_its_words_are_not_kept(branch: Branch) -> None:
    ada, sue = branch.desk(), branch.desk("Sue", Role.SUPERVISOR)
    late, refused = noted(ada), ada.refusing(told="Maria was told so")
    erase(branch)

    results = ada.push(late, refused)

    assert [each.outcome for each in results] == [Outcome.ACCEPTED, Outcome.ACCEPTED]
    assert booked(branch, late).state is RmaState.AUTHORIZED
    assert branch.consumed() == 1
    assert sue.push_one(sue.cancel(number_of(late), "Maria again")).outcome is Outcome.ACCEPTED
    assert left(branch) == []
    assert all_faults(branch) == []


def test_what_comes_late_and_breaks_is_held_without_its_words(
    branch: Branch, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, sue = branch.desk(), branch.desk("Sue", Role.SUPERVISOR)
    told = noted(ada)
    ada.push(told)
    erase(branch)
    with writing(branch.engine) as connection:
        revoke(connection, "Ada", branch.now)
    cancel = ada.cancel(number_of(told), "Maria changed her mind")
    body = ada.body(cancel)

    assert ada.send(body)[0].outcome is Outcome.HELD_FOR_REVIEW
    assert left(branch) == []
    with reading(branch.engine) as connection:
        (held,) = waiting(connection)
    assert release(branch.engine, held.op_id, sue.caller.person, branch.now).outcome
    assert booked(branch, told).state is RmaState.CANCELLED
    assert ada.send(body)[0].outcome is Outcome.ACCEPTED
    assert left(branch) == []
    assert all_faults(branch) == []


def test_what_waits_for_a_supervisor_waits_on_without_its_words(branch: Branch) -> None:
    ada, sue = branch.desk(), branch.desk("Sue", Role.SUPERVISOR)
    unproven = noted(ada)
    assert ada.send_lines(ada.body(unproven))[0].outcome is Outcome.HELD_FOR_REVIEW
    assert left(branch) != []

    assert erase(branch).changed["held_operation"] == 1

    assert left(branch) == []
    assert release(branch.engine, unproven.op_id, "Sue", branch.now).outcome is Outcome.ACCEPTED
    assert sue.caller.person == "Sue"
    assert booked(branch, unproven).state is RmaState.AUTHORIZED
    assert ada.push_one(unproven).outcome is Outcome.ACCEPTED
    assert left(branch) == []
    assert all_faults(branch) == []


def test_a_resend_gets_the_same_answer_without_the_person(branch: Branch) -> None:
    ada = branch.desk()
    forged = noted(ada, total=1)
    first = ada.push_one(forged)
    assert first.outcome is Outcome.REJECTED and first.record is not None

    erase(branch)
    again = ada.push_one(forged)

    assert (again.outcome, again.problem, again.row_version) == (
        first.outcome,
        first.problem,
        first.row_version,
    )
    assert again.record is not None and again.record.lines[0].note == ERASED


def test_nothing_is_mailed_to_who_was_erased(branch: Branch) -> None:
    ada = branch.desk()
    told = noted(ada)
    ada.push(told)
    late = mailed(ada, booked(branch, told))
    erase(branch)

    result = ada.push_one(late)

    assert result.outcome is Outcome.REJECTED
    with reading(branch.engine) as connection:
        assert connection.execute(select(func.count()).select_from(MAIL)).scalar_one() == 0
    assert left(branch) == []


def test_an_import_that_brings_them_again_leaves_them_erased(branch: Branch) -> None:
    erase(branch)
    other = Customer(customer_id="C-2", name="Other")
    with writing(branch.engine) as connection:
        counts = upsert_customers(connection, [shop.customer(), other])
    assert (counts.erased, counts.inserted, counts.updated) == (1, 1, 0)
    again = branch.upsert(shop.order())
    assert (again.unchanged, again.updated) == (1, 0)
    assert branch.upsert(shop.order(order_id="O-2", number="100002")).inserted == 1
    assert left(branch) == []


def test_what_the_server_does_by_itself_brings_nothing_back(branch: Branch) -> None:
    ada = branch.desk()
    told = noted(ada)
    ada.push(told)
    erase(branch)
    record = booked(branch, told)
    assert record.expires_at is not None
    assert expire_over(branch.engine, record.expires_at) == 1
    assert left(branch) == []
    assert all_faults(branch) == []


def test_the_check_names_what_an_erasure_has_missed(branch: Branch) -> None:
    ada = branch.desk()
    told = noted(ada)
    ada.push(told)
    kept = booked(branch, told)
    erase(branch)
    with writing(branch.engine) as connection:
        from central_api.documents import digest_of
        from sync.protocol.documents import write_document

        document = write_document(kept).decode()
        connection.execute(RMA.update().values(document=document, digest=digest_of(document)))

    assert all_faults(branch) == ["customer C-1: erased, but 1 documents are not: erase them again"]
    assert erase(branch).changed == {"rma": 1}
    assert all_faults(branch) == []


def test_the_chain_says_who_and_when_but_not_whom(branch: Branch) -> None:
    erase(branch)
    with reading(branch.engine) as connection:
        rows = connection.exec_driver_sql(
            "SELECT person, entity, digest, command FROM audit_entry WHERE command = 'customer.erase'"
        ).all()
    ((person, entity, digest, _),) = rows
    assert (person, entity, len(digest)) == ("ops", "customer", 64)


def test_a_caller_who_is_no_customer_yet_is_erased_when_the_order_turns_out_to_be_theirs(
    branch: Branch,
) -> None:
    ada = branch.desk()
    told = typed_return(ada)
    ada.push(told)
    erase(branch)
    assert left(branch) != []  # nobody can know yet whose it is

    assert imported(branch) == 1

    assert left(branch) == []
    assert booked(branch, told).order_id == "O-2"
    assert all_faults(branch) == []


def test_a_caller_who_is_no_customer_is_erased_by_the_number_that_they_told(
    branch: Branch,
) -> None:
    ada = branch.desk()
    told = typed_return(ada)
    ada.push(told)
    erase(branch)

    assert erase(branch, f"typed:{LATER}").changed["rma"] == 1

    assert left(branch) == []
    assert all_faults(branch) == []


def typed_return(desk: Desk) -> Operation:
    """Of an order that nobody knows yet, by somebody who is no customer."""
    order = typed.order(number=LATER, caller="Maria Müller")
    return telling(desk, asking={"customer_id": "", "typed": order, "reference": "CRM-77"})


@pytest.mark.parametrize(
    "database_kind", [pytest.param("postgresql", marks=pytest.mark.second_database)]
)
def test_a_booking_and_an_erasure_at_the_same_time_leave_nothing(
    branch: Branch, database_kind: str
) -> None:
    ada = branch.desk()
    told = noted(ada)
    ada.push(told)
    branch.upsert(rules.erase(shop.order()))  # nothing of the order itself is to be waited for
    cancel = ada.cancel(number_of(told), "Maria changed her mind")
    with reading(branch.engine) as connection:
        place = place_of(connection, ada.caller)
    items = [item for item in read_batch([ada.line(cancel)], place) if isinstance(item, Item)]
    asked = Thread(target=erase, args=(branch,))
    with writing(branch.engine) as connection:
        _decide_all(connection, ada.caller, items, branch.now)
        asked.start()
        while asked.is_alive() and not waits(branch):
            pass  # it ends or it is blocked: both come by themselves
    asked.join()
    assert booked(branch, told).state is RmaState.CANCELLED
    assert left(branch) == []
    assert all_faults(branch) == []


def waits(branch: Branch) -> bool:
    """Whether something waits for a lock."""
    with reading(branch.engine) as connection:
        asked = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted)"
        return bool(connection.exec_driver_sql(asked).scalar_one())


class TestCommand:
    def test_a_dry_run_changes_nothing(
        self, branch: Branch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        ada = branch.desk()
        ada.push(noted(ada))
        before = list(texts(branch))
        assert run(branch, "C-1", "--dry-run", "--json") == 0
        told = json.loads(capsys.readouterr().out)
        assert told["dry_run"] and told["erased"][0]["changed"]["rma"] == 1
        assert list(texts(branch)) == before

    def test_the_id_has_to_be_typed_once_more(
        self, branch: Branch, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        monkeypatch.setattr("sys.stdin", io.StringIO("C-2\n"))
        assert run(branch, "C-1") == 1
        assert left(branch) != []
        monkeypatch.setattr("sys.stdin", io.StringIO("C-1\n"))
        assert run(branch, "C-1", "--reason", "asked by letter") == 0
        assert left(branch) == []
        capsys.readouterr()
        assert run(branch, "--list", "--json") == 0
        (listed,) = json.loads(capsys.readouterr().out)["erased"]
        assert (listed["customer_id"], listed["reason"]) == ("C-1", "asked by letter")

    def test_several_are_erased_again_after_a_restore(
        self, branch: Branch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        with writing(branch.engine) as connection:
            upsert_customers(connection, [shop.customer(customer_id="C-2")])
        assert run(branch, "C-1", "C-2", "--yes") == 0
        assert "C-2 is erased" in capsys.readouterr().out
        assert main(["check", "--database", branch.url]) == 0

    def test_without_an_id_it_is_a_wrong_argument(self, branch: Branch) -> None:
        with pytest.raises(SystemExit) as ended:
            run(branch)
        assert ended.value.code == 2


def run(branch: Branch, *arguments: str) -> int:
    return main(["erase", *arguments, "--database", branch.url])
