"""An outage as a newcomer tries it in the demo: the cable is pulled, work goes on, and everything arrives afterwards."""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy import select

from central_api.database import open_database, reading
from central_api.tables import RMA
from csr_tui.demo.central import Central
from csr_tui.exit_codes import ExitCode
from tests.demo_shop import simple_orders
from tests.terminal.desk import NUMBER, quit_desk
from tests.terminal.pty import Terminal


def told(shop: Path) -> set[str]:
    """The returns that the central API has."""
    engine = open_database(str(shop / "central.db"))
    with reading(engine) as connection:
        numbers = {str(number) for number in connection.execute(select(RMA.c.number)).scalars()}
    engine.dispose()
    return numbers


def cable(terminal: Terminal) -> None:
    terminal.press("ctrl+p")
    terminal.wait_for("Commands")
    terminal.type("cable")
    terminal.wait_for("▸ +Network cable")
    terminal.press("enter")


def test_the_cable_of_the_demo_is_pulled_a_return_is_made_and_arrives_when_it_is_back(
    own_shop: Path,
) -> None:
    order = simple_orders(own_shop)[0]
    command = [sys.executable, "-m", "csr_tui", "demo", "--keep", str(own_shop)]
    with Terminal(command) as terminal:
        terminal.wait_for("ONLINE", timeout=60)
        cable(terminal)
        terminal.wait_for("OFFLINE")
        terminal.type(order)
        terminal.wait_for(f"Order {order}")
        terminal.press("enter")
        terminal.wait_for(f"▸ Order {order}")
        terminal.press("enter")
        terminal.wait_for("1 Lines")
        terminal.type("1\rchanged_mind\ropened\r\r12")
        terminal.wait_for("complete: F9")
        terminal.press("f9")
        number = terminal.wait_for(NUMBER)[1].replace(" ", "")
        terminal.wait_for("OFFLINE 1 queued")
        cable(terminal)
        terminal.wait_for("The cable is in")
        terminal.press("f5")
        terminal.wait_for(r"ONLINE(?! \d+ queued)")
        assert quit_desk(terminal) == ExitCode.OK
    assert Central(own_shop).command("check")["faults"] == []
    assert told(own_shop) == {number}
