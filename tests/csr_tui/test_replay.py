"""The replay of real orders and returns, through every floor."""

from __future__ import annotations

from pathlib import Path

import pytest

from csr_tui.replay.events import BadReplay, find_files, read_events
from csr_tui.replay.run import replay

HEADER = "seq,at,customer_id,sku,qty"


def test_sixty_real_customers_come_out_as_recorded(real_data: Path) -> None:
    report = replay(real_data / "online_retail" / "replay_small")

    assert report.differences == []
    assert (report.events, report.matches) == (291, 291)
    assert report.synced == report.returns > 0
    assert (report.attention, report.server_faults) == (0, [])
    assert report.clean


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_whole_real_year_comes_out_as_recorded(real_data: Path) -> None:
    report = replay(real_data / "online_retail" / "replay")

    assert report.differences == []
    assert (report.events, report.matches) == (9395, 9395)
    assert report.clean


def test_a_difference_is_found_and_named(tmp_path: Path) -> None:
    _write_shop(tmp_path)
    (tmp_path / "return_events.csv").write_text(
        f"{HEADER},outcome,accepted_qty,allocations,refund_at_purchase_price\n"
        "1,2010-01-02 10:00,C1,S1,2,accept,2,O1:1:2@1.50,3.00\n"
        "2,2010-01-02 11:00,C1,S1,2,accept,2,O1:1:2@1.50,3.00\n"
    )

    report = replay(tmp_path)

    assert (report.events, report.matches) == (2, 1)
    [difference] = report.differences
    assert difference["seq"] == 2
    assert "outcome partial, expected accept" in difference["what"]
    assert not report.clean


def test_without_the_expectation_columns_nothing_is_compared(tmp_path: Path) -> None:
    _write_shop(tmp_path)
    (tmp_path / "return_events.csv").write_text(f"{HEADER}\n1,2010-01-02 10:00,C1,S1,1\n")

    report = replay(tmp_path)

    assert (report.events, report.compared, report.returns) == (1, 0, 1)
    assert report.clean


def test_a_folder_that_is_no_replay_names_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadReplay, match=r"customers\.csv"):
        find_files(tmp_path)


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    path = tmp_path / "return_events.csv"
    path.write_text("seq,at,customer_id,qty\n")

    with pytest.raises(BadReplay, match="sku"):
        list(read_events(path))


def _write_shop(folder: Path) -> None:
    (folder / "customers.csv").write_text(
        "customer_id,country,first_seen\nC1,UK,2010-01-01 09:00\n"
    )
    (folder / "orders.csv").write_text(
        "order_id,customer_id,ordered_at,country\nO1,C1,2010-01-01 09:00,UK\n"
    )
    (folder / "order_lines.csv").write_text(
        "order_id,line_no,sku,description,qty,unit_price,kind\nO1,1,S1,CUP,3,1.50,product\n"
    )
