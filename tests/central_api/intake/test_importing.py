"""Importing again, in the middle of a season, after a kill, and by the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlalchemy import select

from central_api.__main__ import main
from central_api.audit import audit
from central_api.catalog import Counts
from central_api.database import reading
from central_api.intake import writing
from central_api.tables import CUSTOMER, ORDERS, RMA
from rma.order import LineKind
from tests import shop
from tests.central_api.branch import Branch, number_of
from tests.central_api.intake.conftest import CUSTOMERS_CSV, LINES_CSV, ORDERS_CSV, Intake, found


def test_importing_twice_changes_nothing(intake: Intake) -> None:
    first = intake.run()
    heard = intake.changes()
    second = intake.run()

    assert first.files["orders"].counts == Counts(inserted=1)
    assert second.files["orders"].counts == Counts(unchanged=1)
    assert second.files["customers"].counts == Counts(unchanged=2)
    assert intake.changes() == heard


def test_a_changed_row_updates_its_order(intake: Intake) -> None:
    intake.run()
    summary = intake.run(lines=LINES_CSV.replace("12.50", "13.00"))

    assert summary.files["orders"].counts == Counts(updated=1)
    assert found(intake.order()).lines[0].gross == 2600


def test_a_changed_order_leaves_the_snapshot_of_a_return_as_it_was(
    branch: Branch, intake: Intake
) -> None:
    desk = branch.desk()
    made = desk.returning(shop.wanted())
    desk.push(made)
    with reading(branch.engine) as connection:
        before = connection.execute(select(RMA.c.number, RMA.c.document)).all()

    summary = intake.run(
        customers="customer_id,name\nC-1,Maria Müller\n",
        orders="order_id,customer_id,placed_at,currency\nO-1,C-1,2026-11-07 10:00,EUR\n",
        lines="order_id,line_no,sku,qty,gross\nO-1,1,SKU-1,50,999.00\n",
    )

    with reading(branch.engine) as connection:
        assert connection.execute(select(RMA.c.number, RMA.c.document)).all() == before
        assert audit(connection).faults == ()
    assert branch.rma(number_of(made)) is not None
    assert summary.files["orders"].counts == Counts(updated=1)
    assert found(intake.order("O-1")).lines[0].gross == 99900


def test_an_order_that_would_take_units_from_a_return_is_rejected(
    branch: Branch, intake: Intake
) -> None:
    desk = branch.desk()
    desk.push(desk.returning(shop.wanted()))
    intake.run(
        customers="customer_id,name\nC-1,Maria Müller\n",
        orders="order_id,customer_id,placed_at,currency\nO-1,C-1,2026-11-07 10:00,EUR\n",
        lines="order_id,line_no,sku,qty,gross\nO-1,other,SKU-1,1,9.00\n",
    )

    assert intake.reason() == (
        "order_id: the stored order stays: line 1 is gone, but a return holds 1 of its units"
    )


def test_an_import_that_stopped_in_the_middle_is_run_again(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "CHUNK_ROWS", 2)
    orders = ORDERS_CSV.splitlines()[0] + "\n"
    orders += "".join(f"{n},7,2026-11-01,EUR\n" for n in range(200, 210))
    lines = (
        LINES_CSV.splitlines()[0] + "\n" + "".join(f"{n},1,A,A,1,1.00\n" for n in range(200, 210))
    )

    def stop_after_some(doing: str, rows: int) -> None:
        if doing == "writing orders" and rows == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        intake.run(orders=orders, lines=lines, progress=stop_after_some)
    summary = intake.run(orders=orders, lines=lines)

    assert summary.files["orders"].counts == Counts(inserted=6, unchanged=4)


def test_the_command_answers_in_json_and_leaves_with_3_when_rows_were_rejected(
    intake: Intake, capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(_arguments(intake, lines=f"{LINES_CSV}100,2,POT,Pot,0,1.00\n"))

    captured = capsys.readouterr()
    answer = json.loads(captured.out)
    assert code == 3
    assert captured.err == ""
    assert answer["rejected"] == 1
    assert answer["files"]["orders"]["inserted"] == 1
    assert answer["files"]["lines"] == {
        "file": "lines.csv",
        "read": 2,
        "rejected": 1,
        "ignored_columns": [],
    }
    assert answer["assumed"]["tax=0"] == 1


def test_the_command_leaves_with_0_1_and_2(
    intake: Intake, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(_arguments(intake)) == 0
    assert main(_arguments(intake, orders="order_id\n")) == 1
    assert "orders.csv: the column `customer_id` is missing" in capsys.readouterr().err
    assert main([*_arguments(intake), "--currency", "euro"]) == 1
    assert "no currency code" in capsys.readouterr().err
    with pytest.raises(SystemExit) as left:
        main(["import", "--orders", "x.csv"])
    assert left.value.code == 2


def test_the_summary_for_people_names_rejects_and_assumptions(
    intake: Intake, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = _arguments(intake, lines=f"{LINES_CSV}100,2,POT,Pot,0,1.00\n")
    arguments.remove("--json")
    main(arguments)

    out = capsys.readouterr().out
    assert "orders             1 read, 1 new, 0 changed, 0 unchanged, 0 rejected" in out
    assert "orders with lines that do not say their tax: 0" in out
    assert "1 rows rejected" in out


def _arguments(intake: Intake, orders: str = ORDERS_CSV, lines: str = LINES_CSV) -> list[str]:
    files = {"customers": CUSTOMERS_CSV, "orders": orders, "lines": lines}
    named = [
        part
        for name, content in files.items()
        for part in (f"--{name}", str(intake.write(f"{name}.csv", content)))
    ]
    rejects = ["--rejects", str(intake.folder / "rejects.csv")]
    return [
        "import",
        *named,
        *rejects,
        "--database",
        intake.engine.url.render_as_string(hide_password=False),
        "--json",
    ]


def test_real_orders_are_imported_whole(intake: Intake, real_data: Path) -> None:
    folder = real_data / "online_retail" / "replay_small"
    files = {
        "customers": folder / "customers.csv",
        "orders": folder / "orders.csv",
        "lines": folder / "order_lines.csv",
    }
    summary = intake.run(**files, currency="GBP")
    again = intake.run(**files, currency="GBP")

    assert summary.rejected == 0
    assert {name: file.read for name, file in summary.files.items()} == {
        "customers": 60,
        "orders": 489,
        "lines": 11652,
    }
    assert again.files["orders"].counts == Counts(unchanged=489)
    with reading(intake.engine) as connection:
        order_ids = connection.execute(select(ORDERS.c.order_id)).scalars().all()
        names = connection.execute(select(CUSTOMER.c.customer_id)).scalars().all()
    imported = [found(intake.order(order_id)) for order_id in order_ids if order_id != "O-1"]
    assert sum(len(order.lines) for order in imported) == 11652
    assert len(names) == 61
    fees = {line.sku for order in imported for line in order.lines if line.kind is LineKind.FEE}
    assert "POST" in fees
