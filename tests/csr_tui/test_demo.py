"""The demo's shop and its desks."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from csr_tui.bootstrap import open_desk
from csr_tui.demo.session import PEOPLE, run_demo
from csr_tui.demo.shop import make_shop

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def test_the_same_seed_and_day_give_the_same_shop(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()

    first = make_shop(tmp_path / "a", customers=50, now=NOW)
    second = make_shop(tmp_path / "b", customers=50, now=NOW)

    assert first.orders.read_bytes() == second.orders.read_bytes()
    assert first.lines.read_bytes() == second.lines.read_bytes()


def test_what_was_paid_is_what_the_lines_charges_and_discounts_add_up_to(tmp_path: Path) -> None:
    files = make_shop(tmp_path, customers=200, now=NOW)
    lines: dict[str, int] = {}
    for row in map(json.loads, files.lines.read_text().splitlines()):
        lines[row["order_id"]] = lines.get(row["order_id"], 0) + _minor(row["gross"])

    for order in map(json.loads, files.orders.read_text().splitlines()):
        due = lines[order["order_id"]] + _minor(order.get("shipping", "0.00"))
        due -= _minor(order.get("discount", "0.00"))
        assert sum(_minor(tender["amount"]) for tender in order["tenders"]) == due


def test_one_agent_and_two_supervisors_are_enrolled(shop: Path) -> None:
    people = {}
    for key in PEOPLE:
        opened = open_desk(shop / "desks" / key)
        identity = opened.work.identity()
        opened.close()
        assert identity is not None
        people[key] = (identity.person, identity.role)

    assert people == PEOPLE


def test_without_keep_nothing_is_left_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    run_demo(customers=5, person="agent", keep=None, open_screen=False, as_json=True)

    assert set(json.loads(capsys.readouterr().out)["desks"]) == set(PEOPLE)
    assert list(tmp_path.iterdir()) == []


def _minor(text: str) -> int:
    whole, _, cents = text.partition(".")
    return int(whole) * 100 + int(cents)


def test_the_central_api_ends_with_the_program_that_started_it(own_shop: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from csr_tui.demo.central import Central;"
        f"c = Central(Path({str(own_shop)!r})); print(c.start(defaults=False), flush=True);"
        "time.sleep(600)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    port = int(parent.stdout.readline().rsplit(":", 1)[1])
    socket.create_connection(("127.0.0.1", port), timeout=5).close()

    parent.kill()
    parent.wait()
    parent.stdout.close()

    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            return
        except OSError:  # it is just closing
            continue
    raise AssertionError("the central API still listens")
