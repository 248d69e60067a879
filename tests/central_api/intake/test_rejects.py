"""Bad rows: each is named with line, field and reason, and stops nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from central_api.intake import orders as order_rules
from tests.central_api.intake.conftest import LINES_CSV, NOW, ORDERS_CSV, Intake, found

HEAD = "order_id,line_no,sku,qty,gross\n"
ORDER_HEAD = "order_id,customer_id,placed_at,currency"
GOOD = "100,9,GOOD,1,1.00\n"


@pytest.mark.parametrize(
    ("qty", "reason"),
    [
        ("0", "is 0: expected 1 to 1000000"),
        ("-2", "is -2: expected 1 to 1000000"),
        ("1.5", "'1.5' is no whole number"),
        ("99999999", "is 99999999: expected 1 to 1000000"),
        ("9" * 50, f"'{'9' * 40}' is no whole number"),
        ("two", "'two' is no whole number"),
        ("1e3", "'1e3' is no whole number"),
        ("", "is empty"),
        ("٣", "'٣' is no whole number"),
    ],
)
def test_a_quantity_that_is_no_count_costs_its_line_only(
    intake: Intake, qty: str, reason: str
) -> None:
    summary = intake.run(lines=f"{HEAD}100,1,A,{qty},1.00\n{GOOD}")

    assert intake.rejects() == [("lines.csv", 2, "qty", reason)]
    order = found(intake.order())
    assert [line.line_id for line in order.lines] == ["9"]
    assert "lines=incomplete" in order.assumed
    assert summary.rejected == 1


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("gross", "-1.00", "'-1.00' is negative"),
        ("gross", '"12,50"', "'12,50' is no amount: digits and one point, like 12.50"),
        ("gross", "1.005", "1.005 has more decimals than EUR knows (2)"),
        ("gross", "99999999999999", "99999999999999 is more than any order: check the digits"),
        ("unit_price", "abc", "'abc' is no price: digits and one point, like 12.50"),
        ("unit_price", "-1", "'-1' is no price: digits and one point, like 12.50"),
        ("tax", "2.00", "tax is 200: expected 0 to 100"),
        ("delivered", "3", "is 3: expected 0 to 2"),
        ("returned_before", "3", "is 3: expected 0 to 2"),
        ("kind", "wish", "'wish': expected goods, service, gift_card or fee"),
        ("final_sale", "perhaps", "'perhaps': expected yes or no"),
        ("serials", "A;A", "names a serial twice"),
        ("serials", "A;B;C", "names 3 serials for 2 units"),
        ("warranty", "forever", "'forever': expected a length like `24 months`"),
        ("delivered_at", "soon", "'soon' is no time: expected one like 2026-11-20 14:05"),
        ("delivered_at", "2026-12-24", "2026-12-24 00:00 lies in the future"),
        (
            "delivered_at",
            "0001-01-01T00:00:00+05:00",
            "'0001-01-01T00:00:00+05:00' is no time: expected one like 2026-11-20 14:05",
        ),
        ("sku", "", "is empty"),
        ("line_no", " ", "is empty"),
        ("lot", "x" * 301, "has 301 characters: at most 300 are possible"),
    ],
)
def test_a_bad_cell_is_named_with_its_column(
    intake: Intake, column: str, value: str, reason: str
) -> None:
    cells = {"order_id": "100", "line_no": "1", "sku": "A", "qty": "2", "gross": "1.00"}
    if column == "unit_price":
        del cells["gross"]
    cells[column] = value
    intake.run(lines=f"{','.join(cells)}\n{','.join(cells.values())}\n")

    assert intake.rejects()[-1] == ("lines.csv", 2, column, reason)
    assert intake.order() is None


def test_a_line_without_a_price_is_rejected(intake: Intake) -> None:
    intake.run(lines="order_id,line_no,sku,qty,gross,unit_price\n100,1,A,1,,\n")

    assert intake.rejects()[-1][2:] == ("gross", "is empty, and so is unit_price")


def test_the_second_row_with_an_id_is_rejected_and_names_the_first(intake: Intake) -> None:
    intake.run(
        customers="customer_id,name\n7,Maria\n8,Jan\n7,Mary\n",
        orders=f"{ORDER_HEAD}\n100,7,2026-11-01,EUR\n100,8,2026-11-02,EUR\n",
        lines=f"{HEAD}100,1,A,1,1.00\n100,2,B,1,1.00\n100,1,C,1,1.00\n",
        products="sku,name\nA,Kettle\nA,Pot\n",
    )

    assert intake.rejects() == [
        ("products.csv", 3, "sku", "A stands already in line 2"),
        ("customers.csv", 4, "customer_id", "7 stands already in line 2"),
        ("orders.csv", 3, "order_id", "100 stands already in line 2"),
        ("lines.csv", 4, "line_no", "line 1 of the order stands already in file line 2"),
    ]
    customer, order = intake.customer(), found(intake.order())
    assert customer is not None
    assert customer.name == "Maria"
    assert [line.sku for line in order.lines] == ["A", "B"]
    assert "lines=incomplete" not in order.assumed


def test_an_order_of_an_unknown_customer_is_rejected_with_its_lines(intake: Intake) -> None:
    intake.run(
        orders=f"{ORDERS_CSV}200,99,2026-11-01,EUR\n", lines=f"{LINES_CSV}200,1,A,A,1,1.00\n"
    )

    assert intake.order("200") is None
    assert intake.order("100") is not None
    assert intake.rejects() == [
        ("orders.csv", 3, "customer_id", "there is no customer 99"),
        ("lines.csv", 3, "order_id", "its order is rejected (orders line 3)"),
    ]


def test_a_customer_of_an_earlier_import_is_known(intake: Intake) -> None:
    intake.run()
    summary = intake.run(
        customers="customer_id\n9\n",
        orders=ORDERS_CSV.replace("100,", "200,"),
        lines=LINES_CSV.replace("100,", "200,"),
    )

    assert summary.rejected == 0
    assert intake.order("200") is not None


def test_lines_of_an_unknown_order_are_rejected(intake: Intake) -> None:
    intake.run(lines=f"{LINES_CSV}300,1,A,A,1,1.00\n")

    assert intake.rejects() == [("lines.csv", 3, "order_id", "the orders file has no such order")]


def test_an_order_without_lines_is_rejected(intake: Intake) -> None:
    intake.run(orders=f"{ORDERS_CSV}200,7,2026-11-01,EUR\n")

    assert intake.rejects() == [
        ("orders.csv", 3, "order_id", "no line of the lines file belongs to it")
    ]


def test_two_currencies_in_one_order_reject_all_of_it(intake: Intake) -> None:
    lines = "order_id,line_no,sku,qty,gross,currency\n100,1,A,1,1.00,EUR\n100,2,B,1,1.00,USD\n"
    intake.run(lines=lines)

    reason = "is USD, but the order is in EUR: an order has one currency"
    assert intake.order() is None
    assert intake.rejects() == [
        ("orders.csv", 2, "currency", f"lines row 3: {reason}"),
        ("lines.csv", 2, "order_id", "its order is rejected (orders line 2)"),
        ("lines.csv", 3, "currency", reason),
    ]


@pytest.mark.parametrize(
    ("currency", "reason"),
    [
        ("", "currency: is empty: give --currency for orders that name none"),
        ("EURO", "currency: 'EURO' is no currency code: three capital letters, like EUR"),
    ],
)
def test_an_order_needs_a_currency(intake: Intake, currency: str, reason: str) -> None:
    intake.run(orders=f"{ORDER_HEAD}\n100,7,2026-11-01,{currency}\n")

    assert intake.reason() == reason


def test_orders_from_the_future_are_rejected_but_a_shop_clock_may_be_a_day_ahead(
    intake: Intake,
) -> None:
    near, far = NOW + timedelta(hours=23), NOW + timedelta(hours=25)
    intake.run(
        orders=f"{ORDER_HEAD}\n100,7,{near:%Y-%m-%d %H:%M},EUR\n200,7,{far:%Y-%m-%d %H:%M},EUR\n",
        lines=f"{LINES_CSV}200,1,A,A,1,1.00\n",
    )

    assert intake.order("100") is not None
    assert intake.reason() == f"placed_at: {far:%Y-%m-%d %H:%M} lies in the future"


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        (
            "tenders",
            "klarna:5.00",
            "'klarna' is no kind of payment: expected one of card, paypal, bank, cash, gift_card, store_credit, unknown",
        ),
        ("tenders", "card", "'' is no amount: digits and one point, like 12.50"),
        ("tenders", "card:-5.00", "'-5.00' is negative"),
        (
            "tenders",
            '"[{""kind"": ""card"""',
            "is no JSON list: Expecting ',' delimiter: line 1 column 17 (char 16)",
        ),
        ("tenders", "[5]", 'expected entries like {"kind": "card", "amount": "40.00"}'),
        ("shipping_tax", "1.00", "is more than shipping, which contains it"),
        (
            "discount",
            "26.00",
            "line 1 carries more of it than its gross, less its tax and refunds, allows",
        ),
        ("discount", "[{}]", 'expected entries like {"discount_id": "X", "amount": "5.00"}'),
    ],
)
def test_a_bad_order_cell_rejects_the_order(
    intake: Intake, column: str, value: str, reason: str
) -> None:
    intake.run(orders=f"{ORDER_HEAD},{column}\n100,7,2026-11-01,EUR,{value}\n")

    assert intake.order() is None
    assert intake.reason() == f"{column}: {reason}"


def test_a_discount_is_not_shared_out_over_some_lines_only(intake: Intake) -> None:
    intake.run(
        orders=f"{ORDER_HEAD},discount\n100,7,2026-11-01,EUR,5.00\n",
        lines=f"{HEAD}100,1,A,0,50.00\n{GOOD}",
    )

    assert intake.order() is None
    assert [reject[1:] for reject in intake.rejects()] == [
        (2, "discount", "cannot be shared out: a line of the order is rejected"),
        (2, "qty", "is 0: expected 1 to 1000000"),
        (3, "order_id", "its order is rejected (orders line 2)"),
    ]


def test_a_bad_line_row_never_takes_the_line_from_a_stored_order(intake: Intake) -> None:
    intake.run(lines=f"{HEAD}100,1,A,2,5.00\n{GOOD}")
    intake.run(lines=f"{HEAD}100,1,A,x,5.00\n{GOOD}")

    assert [line.line_id for line in found(intake.order()).lines] == ["1", "9"]
    assert intake.rejects()[0] == (
        "orders.csv",
        2,
        "order_id",
        "the stored order stays: it has line 1, and a line row of the order is bad",
    )


def test_a_line_row_that_cannot_be_read_never_takes_the_line_from_a_stored_order(
    intake: Intake,
) -> None:
    intake.run(lines=f"{HEAD}100,1,A,2,5.00\n{GOOD}")
    intake.run(lines=f"{HEAD}100,1,A,2,5.00,surplus\n{GOOD}")

    assert [line.line_id for line in found(intake.order()).lines] == ["1", "9"]


def test_an_order_with_absurdly_many_lines_is_rejected_whole(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central_api.intake.writing.MAX_LINES", 3)
    assert order_rules.MAX_LINES == 10_000
    many = "".join(f"100,{n},A,1,1.00\n" for n in range(1, 6))
    intake.run(lines=HEAD + many)

    assert intake.order() is None
    assert len(intake.rejects()) == 6


def test_an_order_whose_lines_are_too_long_together_is_rejected_whole(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("central_api.intake.writing.MAX_ORDER_CHARACTERS", 60)
    many = "".join(f"100,{n},A,1,1.00\n" for n in range(1, 6))
    intake.run(orders=f"{ORDERS_CSV}200,7,2026-11-01,EUR\n", lines=f"{HEAD}{many}200,1,A,1,1.00\n")

    assert intake.order() is None
    assert intake.order("200") is not None
    assert {line for _, line, _, _ in intake.rejects() if line != 2} == {3, 4, 5, 6}
    assert "or 60 characters of them" in intake.reason()


def test_a_quoted_row_that_goes_on_for_too_long_costs_its_first_line_only(intake: Intake) -> None:
    wide = "x" * 40_000
    intake.run(lines=f'{HEAD}100,1,"{wide}\n{wide}\n",1,1.00\n{GOOD}')

    assert intake.rejects()[0][1:] == (2, "", "a quote opens in this row and is never closed")
    assert [line.line_id for line in found(intake.order()).lines] == ["9"]


def test_the_reject_file_shows_control_characters_and_formulas_harmless(intake: Intake) -> None:
    intake.run(lines=f"{HEAD}=1+1\x1b[31m\u202e,1,A,2,5.00\n")

    text = (intake.folder / "rejects.csv").read_text("utf-8")
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert text.splitlines()[-1].endswith('"\'=1+1\\x1b[31m\\u202e,1,A,2,5.00"')


def test_control_characters_and_terminal_escapes_do_not_reach_the_records(intake: Intake) -> None:
    name = "Ma\x07ria \x1b[31mMül\u202eler\x1b]0;title\x07\x9b2J\tLtd"
    intake.run(customers=f"customer_id,name\n7,{name}\n")

    customer = intake.customer()
    assert customer is not None
    assert customer.name == "Maria Müller Ltd"
