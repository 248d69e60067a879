"""A desk that is killed between F9 and the number: nothing told is lost, nothing is made twice.

Real processes in a real terminal; the central API is down while the returns are made.
"""

from __future__ import annotations

import asyncio
import random
import re
import sys
from pathlib import Path

import pytest

from csr_tui.bootstrap import OpenedDesk, open_desk, sync_once
from csr_tui.demo.central import Central
from csr_tui.demo.session import prepare
from tests.terminal.pty import Terminal

ROUNDS = 50
LONGEST_WAIT = 0.5
"""Seconds after F9; by then the number stands on the screen."""


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_desk_killed_at_any_moment_after_f9_loses_nothing_and_doubles_nothing(
    tmp_path: Path,
) -> None:
    central = Central(tmp_path)
    desk = tmp_path / "desks" / "agent"
    try:
        prepare(tmp_path, central, customers=400)
        orders = _orders_to_return(desk)
    finally:
        central.stop()
    moments = random.Random(50)
    told: dict[str, str] = {}
    for order in orders:
        number = _make_and_kill(desk, order, moments.uniform(0, LONGEST_WAIT))
        if number is not None:
            told[order] = number
    assert 0 < len(told) < ROUNDS, "the moments lie on both sides of the number"

    made = _what_the_desk_kept(desk, orders)
    assert told.items() <= made.items()

    central = Central(tmp_path)
    try:
        prepare(tmp_path, central, customers=0)
        opened = open_desk(desk)
        try:
            _sync(opened)
            queue = opened.work.queue()
            assert (queue.waiting, queue.attention) == (0, 0)
            for order in orders:
                known = [r.record.number for r in opened.reference.records_of_order(order)]
                assert known == ([made[order]] if order in made else [])
        finally:
            opened.close()
        assert central.command("check")["faults"] == []
    finally:
        central.stop()


def _make_and_kill(desk: Path, order: str, after: float) -> str | None:
    """Make a return by keys, kill the desk that long after F9; gives the number that the screen showed."""
    command = [sys.executable, "-m", "csr_tui", "--data", str(desk)]
    with Terminal(command) as terminal:
        terminal.wait_for("Agent, agent")
        terminal.type(order)
        terminal.wait_for("ORDERS")
        terminal.press("enter")
        terminal.wait_for(f"▸ Order {order}")
        terminal.press("enter")
        terminal.wait_for("1 Lines")
        terminal.type("1\rchanged_mind\ropened\r\r12")
        terminal.wait_for("ESTIMATE")
        terminal.wait_gone("still open")
        terminal.press("f9")
        terminal.read_for(after)
        terminal.kill()
        shown = re.search(r"\b(\d{3}) (\d{4}) (\d{4})\b", terminal.text)
    return "".join(shown.groups()) if shown else None


def _what_the_desk_kept(desk: Path, orders: list[str]) -> dict[str, str]:
    """The RMA number by order; every order has one RMA or still its draft, and the audit chain holds."""
    made = {}
    opened = open_desk(desk)
    try:
        drafts = [draft.order_id for draft in opened.work.drafts()]
        for order in orders:
            numbers = [entry.record.number for entry in opened.work.records_of_order(order)]
            assert len(numbers) + drafts.count(order) == 1, f"order {order}"
            if numbers:
                made[order] = numbers[0]
        assert opened.work.verify_audit() is None
    finally:
        opened.close()
    return made


def _orders_to_return(desk: Path) -> list[str]:
    """Orders that the general policy takes back without a question, once the desk knows the shop."""
    opened = open_desk(desk)
    try:
        _sync(opened)
        found = []
        for number in range(100_000, 103_000):
            order = opened.reference.order(str(number))
            if order is None or (opened.clock.now() - order.placed_at).days > 25:
                continue
            line = order.lines[0]
            if line.category == "home" and line.units > 1:
                found.append(order.order_id)
    finally:
        opened.close()
    assert len(found) >= ROUNDS
    return found[:ROUNDS]


def _sync(opened: OpenedDesk) -> None:
    assert asyncio.run(sync_once(opened)).trouble == ""
