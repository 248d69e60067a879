"""Make the pictures of the README with the program itself: a demo shop, driven by keys.

uv run python docs/pictures/make.py
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from pathlib import Path

from textual.pilot import Pilot

from csr_tui.app import DeskApp
from csr_tui.bootstrap import open_desk, sync_once
from csr_tui.demo.central import Central
from csr_tui.demo.session import prepare
from csr_tui.desk_program import open_session

FOLDER = Path(__file__).parent
SIZE = (100, 26)


def main() -> None:
    """Prepare a shop, drive the desk, write the SVG files."""
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        central = Central(folder)
        try:
            prepare(folder, central, customers=200)
            desk = folder / "desks" / "agent"
            order = _order_to_show(desk)
            asyncio.run(_draw(desk, order))
        finally:
            central.stop()


def _order_to_show(desk: Path) -> str:
    """A recent order of several lines with something that costs a restocking fee."""
    opened = open_desk(desk)
    try:
        asyncio.run(sync_once(opened))
        for number in range(100_000, 102_000):
            order = opened.reference.order(str(number))
            if order is None or (opened.clock.now() - order.placed_at).days > 12:
                continue
            first = order.lines[0]
            if len(order.lines) >= 3 and first.category == "electronics" and not first.serials:
                return order.number
    finally:
        opened.close()
    raise SystemExit("the demo shop has no order to show: raise the number of customers")


async def _draw(desk: Path, order: str) -> None:
    app = DeskApp(lambda: open_session(desk))
    async with app.run_test(size=SIZE) as pilot:
        await _until(pilot, "ONLINE")
        await _type(pilot, order)
        await _until(pilot, "ORDERS")
        _save(app, "lookup")
        await pilot.press("enter")
        await _until(pilot, f"Order {order}")
        _save(app, "customer")
        await pilot.press("enter")
        await _until(pilot, "1 Lines")
        await _type(pilot, "1\nchanged_mind\nopened\n\n12")
        await _until(pilot, "ESTIMATE")
        await pilot.pause(0.3)
        _save(app, "return")
        await pilot.press("f9")
        await _until(pilot, "Next call")
        _save(app, "number")


async def _type(pilot: Pilot[None], text: str) -> None:
    for character in text:
        await pilot.press("enter" if character == "\n" else _NAMES.get(character, character))


_NAMES = {"_": "underscore"}


async def _until(pilot: Pilot[None], text: str) -> None:
    for _ in range(400):
        shown = re.sub(r"<[^>]*>|&#160;", " ", pilot.app.export_screenshot())
        if text.replace(" ", "") in re.sub(r"\s", "", shown):
            return
        await pilot.pause(0.05)
    raise SystemExit(f"{text!r} did not appear")


def _save(app: DeskApp, name: str) -> None:
    svg = app.export_screenshot(title="csr-tui")
    # The exporter names a font on the web; a picture of ours loads nothing from anywhere.
    svg = re.sub(r"@font-face\s*{.*?}\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.DOTALL)
    svg = svg.replace("Fira Code, monospace", "monospace").replace(
        "font-family: Fira Code", "font-family: monospace"
    )
    (FOLDER / f"{name}.svg").write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
