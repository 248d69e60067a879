"""A return by questions and answers: everything the panel does, nothing typed is lost."""

from __future__ import annotations

import re
import unicodedata

from csr_tui.exit_codes import ExitCode
from rma.policy import ContactDuty, FinalSale
from rma.record import RmaRecord
from rma.request import Condition, Fact, Resolution
from rma.states import RmaState
from tests import shop
from tests.csr_tui.plain.talking import talk
from tests.screens.returning import kept, shop_with
from tests.screens.seat import Shop, small_shop

TO_THE_RETURN = ("100001", "1")
"""Look the order up, and return something of it."""
ONE_KETTLE = ("1", "changed", "", "opened", "", "1 4")
"""Quantity, reason, note, condition, remedy, what the caller said right."""


def plain_shop() -> Shop:
    tree = shop.reasons(shop.Reason(code="changed_mind", label="Changed mind", parent="preference"))
    of = shop_with()
    of.reference.reason_tree = tree
    return of


def only_record(of: Shop) -> RmaRecord:
    (made,) = of.work.records_since(of.clock.now().replace(year=2000), 9)
    return made.record


def test_a_return_from_the_order_number_to_the_spoken_rma_number() -> None:
    of = plain_shop()

    told = talk(of, *TO_THE_RETURN, *ONE_KETTLE, "give", "quit")

    record = only_record(of)
    number = f"{record.number[:3]} {record.number[3:7]} {record.number[7:]}"
    assert told.code is ExitCode.OK
    assert f"RMA number: {number}" in told.lines
    digits = ", ".join(" ".join(part) for part in number.split())
    assert f"Digit by digit: {digits}" in told.lines
    assert "Write the number on the parcel." in told.lines
    (line,) = record.lines
    assert (line.quantity, line.reason, line.condition) == (1, "changed_mind", Condition.OPENED)
    assert line.resolution is Resolution.REFUND
    assert record.request.verified == (Fact.NAME, Fact.POSTCODE)
    assert told.sync.woken == 1


def test_the_verdict_is_read_out_with_its_sentence_and_the_money_by_component() -> None:
    told = talk(plain_shop(), *TO_THE_RETURN, *ONE_KETTLE)

    assert "1 x Kettle: eligible." in told.lines
    said = [line for line in told.lines if line.startswith("Tell the caller: ")]
    assert any("it can come back until" in line for line in said)
    assert "Goods: 119.00." in told.lines
    assert "Estimate: 119.00 EUR." in told.lines
    assert "To card •••• 4242: 119.00." in told.lines


def test_nothing_but_lines_of_text_is_written() -> None:
    """No cursor movement, colour, box drawing or mark, whatever the data holds."""
    of = plain_shop()
    of.reference.customer_list[0] = shop.customer(name="Mad\x1b[2J\x9b1m \u202eevil")
    evil = shop.line(name="Kettle\x07\x1b]0;x\x07")
    of.reference.order_list[0] = shop.order(evil)

    told = talk(of, *TO_THE_RETURN, *ONE_KETTLE, "1", "4", "1", "1", "quit")

    assert {c for c in told.text if unicodedata.category(c) in ("Cc", "Cf", "Cs")} == {"\n"}
    assert not re.search("[\u2500-\u27bf·×…]", told.text)
    assert "RMA number: " in told.text


def test_every_answer_is_kept_before_the_next_question() -> None:
    """The answers end after each one in turn: what was typed so far is in the draft."""
    for count in range(1, len(ONE_KETTLE)):
        of = plain_shop()

        told = talk(of, *TO_THE_RETURN, *ONE_KETTLE[:count])

        assert told.code is ExitCode.UNFINISHED
        assert told.lines[-1] == "The return is kept as a draft."
        (line,) = kept(of).lines
        assert line.quantity == "1"
        assert line.reason == ("changed_mind" if count > 1 else "")
        assert line.condition == ("opened" if count > 3 else "")


def test_a_draft_goes_on_where_it_was_left() -> None:
    of = plain_shop()
    talk(of, *TO_THE_RETURN, "1", "changed")

    told = talk(of, "1", "1", "", "opened", "1 4", "give", "quit")

    assert "drafts: 1" in told.lines[1]
    assert "RMA number: " in told.text
    assert "Why does it come back" not in told.text
    assert of.work.draft_by_id == {}


def test_a_bad_answer_gets_a_message_and_the_question_again() -> None:
    told = talk(plain_shop(), *TO_THE_RETURN, "many", "0", "7", "1", "zzz", "99", "changed")

    assert "“many” is no quantity: a whole number from 1." in told.text
    assert "0 is no quantity: a whole number from 1." in told.text
    assert "Only 1 was delivered: no more than that can come back." in told.text
    assert "“zzz” is none of these: type a number from 1 to " in told.text
    assert "“99” is none of these" in told.text
    assert told.text.count("How many come back") == 4


def test_letters_that_fit_several_choices_name_them() -> None:
    told = talk(plain_shop(), *TO_THE_RETURN, "1", "wrong", "wrong s")

    assert "2 fit:" in told.lines
    assert any(line.endswith(". Quality > Wrong item") for line in told.lines)


def test_back_asks_the_question_before_again_with_its_answer() -> None:
    of = plain_shop()

    told = talk(of, *TO_THE_RETURN, "1", "changed", "soft box", "back", "", "opened")

    assert "Note, or Enter for none [soft box]: " in told.text
    assert kept(of).lines[0].note == "soft box"
    assert kept(of).lines[0].condition == "opened"


def test_back_at_the_first_question_leaves_the_return_and_keeps_no_empty_draft() -> None:
    of = plain_shop()

    told = talk(of, *TO_THE_RETURN, "back", "quit")

    assert "Nothing was typed: no draft is kept." in told.lines
    assert of.work.draft_by_id == {}
    assert told.code is ExitCode.OK


def test_a_word_of_command_can_be_an_answer() -> None:
    of = plain_shop()

    talk(of, *TO_THE_RETURN, "1", "changed", "=back", "opened")

    assert kept(of).lines[0].note == "back"


def test_help_says_what_can_be_typed_and_asks_again() -> None:
    told = talk(plain_shop(), *TO_THE_RETURN, "1", "changed", "help")

    assert "What the caller says about it." in told.lines
    assert any(line.startswith("back goes to the question before") for line in told.lines)
    assert told.text.count("Note, or Enter for none: ") == 2


def test_quit_in_the_middle_keeps_the_draft() -> None:
    of = plain_shop()

    told = talk(of, *TO_THE_RETURN, "1", "quit")

    assert told.code is ExitCode.OK
    assert told.lines[-1] == "The return is kept as a draft."
    assert kept(of).lines[0].quantity == "1"


def test_an_answer_can_be_changed_at_the_end() -> None:
    of = plain_shop()
    talk(of, *TO_THE_RETURN, *ONE_KETTLE, "change", "what condition", "sealed", "give", "quit")

    assert only_record(of).lines[0].condition is Condition.SEALED


def test_what_is_missing_is_said_and_asked_for() -> None:
    of = plain_shop()
    of.reference.policy_list = [shop.policy(contact=ContactDuty.EMAIL)]
    of.reference.customer_list = [shop.customer(email="")]

    told = talk(of, *TO_THE_RETURN, *ONE_KETTLE, "give", "nobody", "me@example.com", "give", "quit")

    assert "Still open: Ask for an e-mail address." in told.lines
    assert "This is no e-mail address: name@shop.com." in told.text
    assert only_record(of).contact.email == "me@example.com"


def test_a_line_too_many_is_taken_off_and_another_added() -> None:
    of = small_shop()

    told = talk(
        of, "100001", "1", "kettle", "2", "no longer", "", "opened", "", "toaster",
        "1", "broken", "", "used", "", "1 2", "give", "quit",
    )  # fmt: skip

    assert "no other line" in told.text
    assert [(li.name, li.quantity) for li in only_record(of).lines] == [
        ("Kettle", 2),
        ("Toaster", 1),
    ]


def test_units_with_serials_come_back_one_by_one() -> None:
    of = plain_shop()
    of.reference.order_list[0] = shop.order(shop.line(units=2, serials=("SN-1", "SN-2")))

    talk(
        of, *TO_THE_RETURN, "SN-2", "changed", "", "opened", "", "no other", "1 2", "give", "quit"
    )  # fmt: skip

    (line,) = only_record(of).lines
    assert (line.quantity, line.serials) == (1, ("SN-2",))


def test_what_needs_approval_says_so_with_the_number() -> None:
    of = plain_shop()
    of.reference.policy_list = [shop.policy(final_sale=FinalSale.APPROVAL)]
    of.reference.order_list[0] = shop.order(shop.line(final_sale=True))

    told = talk(of, *TO_THE_RETURN, *ONE_KETTLE, "give", "quit")

    assert only_record(of).state is RmaState.NEEDS_APPROVAL
    assert "State: needs approval. The number is final." in told.lines
    assert any(line.startswith("Please wait for our approval") for line in told.lines)


def test_without_a_number_left_the_draft_is_kept_and_said_so() -> None:
    of = plain_shop()
    of.work.numbers = []

    told = talk(of, *TO_THE_RETURN, *ONE_KETTLE, "give", "4", "quit")

    assert "No RMA number is left here." in told.text
    assert "The return is kept as a draft." in told.lines
    assert kept(of).lines


def test_throwing_a_return_away_asks_for_a_typed_y() -> None:
    of = plain_shop()

    told = talk(of, *TO_THE_RETURN, *ONE_KETTLE, "throw", "", "throw", "y", "quit")

    assert "The draft is thrown away." in told.lines
    assert of.work.draft_by_id == {}


def test_the_keys_of_all_answers_are_counted() -> None:
    of = plain_shop()

    talk(of, *TO_THE_RETURN, "1", "changed", "soft box")

    assert kept(of).keys == len("1\nchanged\nsoft box\n")
