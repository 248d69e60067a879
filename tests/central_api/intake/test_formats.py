"""Files: CSV, JSON Lines, packed, damaged, in other encodings, with broken quotes."""

from __future__ import annotations

import gzip
import lzma
from pathlib import Path

import pytest

from central_api.intake.errors import IntakeRefused
from central_api.intake.sources import MAX_LINE_BYTES
from tests.central_api.intake.conftest import CUSTOMERS_CSV, LINES_CSV, ORDERS_CSV, Intake, found

HEAD = "order_id,line_no,sku,name,qty,gross\n"


def test_gzip_and_xz_are_read(intake: Intake) -> None:
    summary = intake.run(
        customers=intake.write("customers.csv.gz", gzip.compress(CUSTOMERS_CSV.encode())),
        orders=intake.write("orders.csv.xz", lzma.compress(ORDERS_CSV.encode())),
    )

    assert summary.rejected == 0
    assert intake.order() is not None


def test_json_lines_are_read_with_exact_numbers(intake: Intake) -> None:
    lines = (
        '{"order_id": 100, "line_no": 1, "sku": "A", "qty": 3, "unit_price": 0.105, "serials": ["X", "Y"]}\n'
        '{"order_id": 100, "line_no": 2, "sku": "B", "qty": 1, "gross": 5, "final_sale": true, "name": null}\n'
    )
    summary = intake.run(lines=intake.write("lines.ndjson", lines))

    first, second = found(intake.order()).lines
    assert summary.rejected == 0
    assert (first.gross, first.serials) == (32, ("X", "Y"))
    assert (second.gross, second.final_sale) == (500, True)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[1]", "expected one JSON object in the line"),
        ('{"order_id"', "no JSON: Expecting ':' delimiter: line 1 column 12 (char 11)"),
        ("[" * 30_000, "the JSON is nested too deep"),
        ('{"order_id": "100", "qty": NaN}', "no JSON: NaN is no number"),
        ('{"sku": "A"}', "is empty"),
    ],
)
def test_a_bad_json_line_costs_that_line(intake: Intake, line: str, reason: str) -> None:
    good = '{"order_id": 100, "line_no": 2, "sku": "B", "qty": 1, "gross": 5}'
    intake.run(lines=intake.write("lines.jsonl", f"{line}\n\n{good}\n"))

    assert [(row, said) for _, row, _, said in intake.rejects()] == [(1, reason)]
    assert intake.order() is not None


def test_half_a_surrogate_in_json_does_no_harm(intake: Intake) -> None:
    line = '{"customer_id": "7", "name": "Ma\\ud800ria"}'
    intake.run(customers=intake.write("customers.jsonl", line))

    customer = intake.customer()
    assert customer is not None
    assert customer.name == "Ma\N{REPLACEMENT CHARACTER}ria"


def test_a_byte_order_mark_and_windows_line_ends_are_no_matter(intake: Intake) -> None:
    content = b"\xef\xbb\xbf" + CUSTOMERS_CSV.replace("\n", "\r\n").encode()
    summary = intake.run(customers=content)

    customer = intake.customer()
    assert summary.rejected == 0
    assert customer is not None
    assert customer.name == "Maria Müller"


def test_a_row_in_another_encoding_is_rejected_with_its_byte(intake: Intake) -> None:
    intake.run(customers=CUSTOMERS_CSV.encode() + "9,René\n".encode("latin-1"))

    assert intake.rejects() == [
        (
            "customers.csv",
            4,
            "",
            "byte 6 of the line (0xE9) is not UTF-8: save the file as UTF-8",
        )
    ]
    assert intake.customer("8") is not None


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            CUSTOMERS_CSV.encode("utf-16"),
            "line 1, byte 1: this is UTF-16 or UTF-32. Save it as UTF-8.",
        ),
        (CUSTOMERS_CSV.encode("utf-16-le"), "line 1: the line holds a NUL byte"),
        (
            "customer_id,naïve\n7,x\n".encode("latin-1"),
            "line 1: byte 15 of the line (0xEF) is not UTF-8",
        ),
        (b"", "the file is empty"),
        (b"customer_id,name\r7,Maria\r", "lines end in CR alone"),
        (b'customer_id,"name\n7,Maria\n', "line 1: broken quotes in the head line"),
        (b"customer_id,name,name\n", "the column `name` stands twice"),
        (b"x" * (MAX_LINE_BYTES + 1), "line 1: the line is longer than"),
    ],
)
def test_a_wholly_wrong_file_is_refused_and_nothing_is_written(
    intake: Intake, content: bytes, message: str
) -> None:
    before = intake.changes()
    with pytest.raises(IntakeRefused) as caught:
        intake.run(customers=content)

    assert "customers.csv: " + message in str(caught.value)
    assert intake.changes() == before


def test_missing_columns_are_named_for_every_file_before_anything_is_read(intake: Intake) -> None:
    with pytest.raises(IntakeRefused) as caught:
        intake.run(
            orders="order_id;customer_id\n1;2\n", lines="order_id,line_no,sku,qty\n1,1,A,1\n"
        )

    first, second = str(caught.value).splitlines()
    assert "orders.csv: the column `order_id` is missing" in first
    assert "lines.csv: the column `gross` or `net` or `unit_price` is missing" in second


def test_a_file_of_another_sort_is_refused(intake: Intake) -> None:
    with pytest.raises(IntakeRefused, match=r"orders\.xlsx: the name has to end in \.csv"):
        intake.run(orders=intake.write("orders.xlsx", b"PK"))
    with pytest.raises(IntakeRefused, match="cannot be read: No such file"):
        intake.run(orders=intake.folder / "missing.csv")
    with pytest.raises(IntakeRefused, match="cannot be read: Is a directory"):
        intake.run(orders=_folder(intake.folder / "folder.csv"))


@pytest.mark.parametrize("packing", ["gz", "xz"])
def test_a_packed_file_that_is_cut_off_is_refused_and_nothing_is_written(
    intake: Intake, packing: str
) -> None:
    rows = "".join(f"100,{n},SKU-{n * 7919 % 1000},Thing,1,1.00\n" for n in range(5000))
    packed = (gzip if packing == "gz" else lzma).compress((HEAD + rows).encode())
    before = intake.changes()
    with pytest.raises(IntakeRefused, match="damaged or cut off"):
        intake.run(lines=intake.write(f"lines.csv.{packing}", packed[: len(packed) // 2]))

    assert intake.changes() == before


def test_an_unclosed_quote_costs_its_row_and_not_the_rest_of_the_file(intake: Intake) -> None:
    rows = '100,1,A,"Kettle,1,1.00\n100,2,B,Pot,1,1.00\n100,3,C,"Pan, small",1,1.00\n'
    intake.run(lines=HEAD + rows + "100,4,D,Mug,1,1.00\n")

    assert intake.rejects() == [
        ("lines.csv", 2, "", "a quote opens in this row and is never closed")
    ]
    order = found(intake.order())
    assert [line.line_id for line in order.lines] == ["2", "3", "4"]
    assert "lines=incomplete" in order.assumed


@pytest.mark.parametrize(
    "following", ['100,2,B,"Pot",1,1.00\n', '"100",2,B,Pot,1,1.00\n', '100,2,B,"P ""x""",1,1.00\n']
)
def test_quotes_behind_an_unclosed_one_are_not_taken_for_its_end(
    intake: Intake, following: str
) -> None:
    intake.run(lines=f'{HEAD}100,1,A,"Kettle,1,1.00\n{following}100,3,C,Pan,1,1.00\n')

    assert [line.line_id for line in found(intake.order()).lines] == ["2", "3"]


def test_an_unclosed_quote_in_the_last_row_costs_that_row(intake: Intake) -> None:
    intake.run(lines=f'{HEAD}100,1,A,Kettle,1,1.00\n100,2,B,"Pot,1,1.00')

    assert [reject[1] for reject in intake.rejects()] == [3]
    assert intake.order() is not None


def test_text_behind_a_closing_quote_is_rejected(intake: Intake) -> None:
    intake.run(lines=f'{HEAD}100,1,A,"Kettle" big,1,1.00\n100,2,B,Pot,1,1.00\n')

    assert intake.reason() == ": broken quotes: ',' expected after '\"'"
    assert intake.order() is not None


def test_a_quoted_text_may_span_lines(intake: Intake) -> None:
    intake.run(lines=f'{HEAD}100,1,A,"Kettle,\nred ""new""\n",1,1.00\n100,2,B,7" frame,1,1.00\n')

    assert intake.rejects() == []
    names = [line.name for line in found(intake.order()).lines]
    assert names == ['Kettle, red "new"', '7" frame']


def test_a_row_with_another_number_of_fields_is_rejected(intake: Intake) -> None:
    intake.run(lines=f"{HEAD}100,1,A,Kettle,1\n100,2,B,Pot,1,1.00\n")

    assert intake.reason() == ": the row has 5 fields, the head line has 6"


def test_nul_bytes_and_endless_lines_cost_their_row(intake: Intake) -> None:
    endless = "100,2,B," + "x" * (5 * MAX_LINE_BYTES) + ",1,1.00\n"
    intake.run(lines=f"{HEAD}100,1,A,Ket\0tle,1,1.00\n{endless}\n100,3,C,Pan,1,1.00\n")

    assert [(line, said) for _, line, _, said in intake.rejects()] == [
        (2, "the line holds a NUL byte"),
        (3, f"the line is longer than {MAX_LINE_BYTES} bytes"),
    ]
    assert [line.line_id for line in found(intake.order()).lines] == ["3"]


def test_the_rejects_never_overwrite_an_input_file(intake: Intake) -> None:
    with pytest.raises(IntakeRefused, match="would overwrite an input file"):
        intake.run(rejects=intake.write("orders.csv", ORDERS_CSV))

    assert (intake.folder / "orders.csv").read_text() == ORDERS_CSV


def test_a_reject_file_that_cannot_be_written_is_refused_first(intake: Intake) -> None:
    with pytest.raises(IntakeRefused, match="Name another one with --rejects"):
        intake.run(rejects=intake.folder / "nowhere" / "rejects.csv")


def test_an_unused_column_is_reported(intake: Intake) -> None:
    summary = intake.run(lines=LINES_CSV.replace("name", "colour").replace("Kettle", "red"))

    assert summary.files["lines"].ignored == ("colour",)


def _folder(path: Path) -> Path:
    path.mkdir()
    return path
