"""Looking up, deciding, syncing and settling, line by line."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from csr_tui.exit_codes import ExitCode
from csr_tui.plain.talk import Option, Talk
from rma.operations import AttentionItem, KnownRecord, OperationKind, Outcome
from rma.policy import FinalSale
from rma.record import RmaRecord
from rma.request import Role
from rma.states import RmaState
from tests import shop
from tests.csr_tui.plain.talking import talk
from tests.demo_shop import simple_orders
from tests.screens.seat import Shop, known, small_shop


def shop_with_waiting() -> tuple[Shop, RmaRecord]:
    """Maria's return waits for a supervisor."""
    of = small_shop()
    order = shop.order(shop.line(final_sale=True))
    record = shop.finalized(order=order, policy=shop.policy(final_sale=FinalSale.APPROVAL))
    of.reference.order_list = [order]
    of.reference.record_list = [known(record)]
    return of, record


def test_a_name_leads_to_the_customer_and_its_orders() -> None:
    told = talk(small_shop(), "maria", "quit")

    assert "Maria Müller, 10115 Berlin, +493012345678, maria@example.com, standard" in told.lines
    assert any(line.startswith("1. order 1000") and "returnable" in line for line in told.lines)


def test_several_hits_are_numbered_and_one_is_chosen() -> None:
    of = small_shop()
    of.reference.customer_list.append(shop.customer(customer_id="C-3", name="Maria Meyer"))

    told = talk(of, "maria", "2", "back", "back", "quit")

    assert "1. customer, Maria Müller, 10115 Berlin, +493012345678, maria@example.com" in told.lines
    assert "No order is known here: sync, or look up the order number." in told.lines
    assert told.code is ExitCode.OK


def test_nothing_found_says_what_to_try() -> None:
    told = talk(small_shop(), "qqqqqq")

    assert any(line.startswith("Nothing found. Try the order number") for line in told.lines)


def test_a_customer_called_like_a_word_of_command_can_be_found() -> None:
    of = small_shop()
    of.reference.customer_list.append(shop.customer(customer_id="C-3", name="Anna Back"))

    told = talk(of, "=back")

    assert any(line.startswith("Anna Back, ") for line in told.lines)


def test_an_rma_is_read_out_by_its_number_and_cancelled_with_a_reason() -> None:
    of, record = shop_with_waiting()

    told = talk(of, record.number, "cancel", "", "caller keeps it", "quit")

    assert f"RMA {record.number[:3]} {record.number[3:7]} {record.number[7:]}: needs approval." in (
        told.text
    )
    assert "This was a final sale; a supervisor decides about it." in told.lines
    assert "A reason is needed; back leaves everything as it is." in told.lines
    changed = of.work.record(record.number)
    assert changed is not None
    assert changed.record.state is RmaState.CANCELLED
    assert changed.record.history[-1].note == "caller keeps it"
    assert told.sync.woken == 1


def test_a_supervisor_approves_from_the_queue() -> None:
    of, record = shop_with_waiting()

    told = talk(of.as_role(Role.SUPERVISOR), "3", "1", "approve", "", "quit")

    assert "3. wait for approval: 1" in told.lines
    changed = of.work.record(record.number)
    assert changed is not None and changed.record.state is RmaState.AUTHORIZED


def test_declining_asks_for_a_reason_and_a_typed_y() -> None:
    of, record = shop_with_waiting()
    of.as_role(Role.SUPERVISOR)

    told = talk(of, "3", "1", "decline", "worn", "", "decline", "worn", "y", "quit")

    assert "Not declined." in told.lines
    changed = of.work.record(record.number)
    assert changed is not None and changed.record.state is RmaState.REJECTED


def test_an_agent_can_look_at_the_queue_but_not_decide() -> None:
    of, _ = shop_with_waiting()

    told = talk(of, "3", "1", "quit")

    assert "You can look, but not decide: approving needs a supervisor." in told.lines
    assert ". approve" not in told.text


def test_what_needs_attention_is_read_out_and_settled() -> None:
    of, record = shop_with_waiting()
    of.work.attention_items = [
        AttentionItem(
            op_id="1",
            kind=OperationKind.FINALIZE,
            number=record.number,
            outcome=Outcome.REJECTED,
            problem=None,
            decided_at=of.clock.now(),
        )
    ]

    told = talk(of, "2", "1", "customer called back", "he knows", "quit")

    assert "The server could not do this." in told.text
    assert "Do now: Open the return and check it with the caller." in told.lines
    assert of.work.attention() == []


def test_what_the_server_refused_is_edited_under_its_number() -> None:
    of, record = shop_with_waiting()
    of.work.attention_items = [troubled(record.number, of.clock.now())]

    told = talk(of, "2", "1", "edit", "quit")

    assert of.work.attention() != []
    (draft,) = of.work.drafts()
    assert draft.edited == record.number
    assert draft.lines[0].quantity == "1"
    assert "edit it, under the same number" in told.text


def test_what_the_server_refused_is_cancelled_with_a_reason() -> None:
    of, record = shop_with_waiting()
    of.work.attention_items = [troubled(record.number, of.clock.now())]

    talk(of, "2", "1", "cancel", "", "sold out", "quit")

    changed = of.work.record(record.number)
    assert changed is not None and changed.record.state is RmaState.CANCELLED
    assert of.work.attention() == []


def troubled(number: str, at: datetime) -> AttentionItem:
    return AttentionItem(
        op_id="1",
        kind=OperationKind.FINALIZE,
        number=number,
        outcome=Outcome.REJECTED,
        problem=None,
        decided_at=at,
    )


@pytest.mark.parametrize(
    ("doing", "state"),
    [(("approve", "fine"), RmaState.AUTHORIZED), (("decline", "worn", "y"), RmaState.REJECTED)],
)
def test_several_returns_are_decided_at_once(doing: tuple[str, ...], state: RmaState) -> None:
    of, record = shop_with_waiting()
    of.as_role(Role.SUPERVISOR)
    other = replace(record, number=shop.number(7), author="Supervisor Two")
    of.reference.record_list.append(KnownRecord(record=other, row_version=1))
    third = replace(record, number=shop.number(8), order_id="O-9")
    of.reference.record_list.append(KnownRecord(record=third, row_version=1))

    told = talk(of, "3", "several", "all", *doing, "quit")

    assert "2 returns decided." in told.lines
    assert any("stays: You made this return" in line for line in told.lines)
    for number, expected in ((record.number, state), (third.number, state)):
        changed = of.work.record(number)
        assert changed is not None and changed.record.state is expected
    assert of.work.record(other.number) is None


@pytest.mark.parametrize(
    ("online", "said"),
    [(True, "Synced: everything here is up to date."), (False, "No connection.")],
)
def test_sync_says_how_it_went(online: bool, said: str) -> None:
    told = talk(small_shop(), "5", "quit", online=online)

    assert said in told.lines
    assert told.sync.asked == 1


def test_a_long_list_is_read_out_in_parts() -> None:
    out = io.StringIO()
    options = [Option(n, f"line {n}") for n in range(1, 31)]

    chosen = Talk(io.StringIO("more\n15\n"), out).choose("Which", options)

    assert chosen == 15
    assert "9. line 9\n21 more: type more.\nWhich: more\n10. line 10\n" in out.getvalue()


def test_digits_that_are_too_long_for_a_choice_choose_nothing() -> None:
    options = [Option(n, f"line {n}") for n in (1, 2)]
    out = io.StringIO()

    assert Talk(io.StringIO("0000020000\n02\n"), out).choose("Which", options) == 2
    assert "“0000020000” is none of these" in out.getvalue()


def test_digits_that_are_too_long_for_a_choice_are_looked_up_at_the_main_question() -> None:
    told = talk(small_shop(), "0000012345", "quit")

    assert any(line.startswith("Nothing found. ") for line in told.lines)
    assert told.code is ExitCode.OK


def test_an_equals_sign_makes_a_dash_an_answer() -> None:
    conversation = Talk(io.StringIO("=-\n-\n"), io.StringIO())

    assert conversation.ask("Note", kept="old") == "-"
    assert conversation.ask("Note", kept="old") == ""


def test_an_equals_sign_makes_more_an_answer() -> None:
    options = [Option(n, f"line {n}") for n in range(1, 31)] + [Option(31, "More of it")]

    assert Talk(io.StringIO("=more\n"), io.StringIO()).choose("Which", options) == 31


@pytest.mark.parametrize("stop", ["quit", "back", None])
def test_the_end_of_the_answers_at_the_main_question_is_a_good_end(stop: str | None) -> None:
    assert talk(small_shop(), *([stop] if stop else [])).code is ExitCode.OK


def run_plain(desk: Path, answers: bytes) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "csr_tui", "plain", "--data", str(desk)]
    return subprocess.run(command, input=answers, capture_output=True, timeout=60, check=False)


def test_a_return_through_a_pipe_while_the_central_api_is_down(own_shop: Path) -> None:
    number = simple_orders(own_shop)[0]
    answers = f"{number}\n1\n1\nchanged\n\nopened\n\n1 4\ngive\nquit\n"

    ended = run_plain(own_shop / "desks" / "agent", answers.encode())

    assert ended.returncode == 0, ended.stderr
    assert b"RMA number: " in ended.stdout
    assert b"\x1b" not in ended.stdout
    assert ended.stderr == b""


def test_a_pipe_that_ends_in_a_return_ends_with_7_and_its_draft_goes_on(own_shop: Path) -> None:
    desk = own_shop / "desks" / "agent"
    number = simple_orders(own_shop)[0]

    ended = run_plain(desk, f"{number}\n1\n1\nchanged\n\xff\xfe".encode("latin-1"))
    again = run_plain(desk, b"1\n1\nopened\n1 4\ngive\nquit\n")

    assert ended.returncode == ExitCode.UNFINISHED
    assert b"The return is kept as a draft." in ended.stdout
    assert b"RMA number: " in again.stdout, again.stdout


def test_plain_mode_loads_no_screen() -> None:
    code = (
        "import sys, csr_tui.plain.run;"
        "print([m for m in sys.modules if m.partition('.')[0] == 'textual'])"
    )

    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert shown.stdout == "[]\n"
