"""Whether the central API answers, and how far its clock is."""

from __future__ import annotations

from collections.abc import Iterator

from csr_tui.doctor.desk import CLOCK_IS_OFF
from csr_tui.doctor.finding import Finding, good, look
from rma.wording import _
from sync.client import CentralClient
from sync.errors import SyncError


async def ask_server(url: str) -> list[Finding]:
    """One question without a token."""
    try:
        client = CentralClient(url, None)
    except SyncError as error:
        return [look("server", str(error), _("Enroll again with the right address."))]
    try:
        await client.probe()
    except SyncError as error:
        return [look("server", str(error), _("Work goes on without it; nothing is lost."))]
    finally:
        await client.aclose()
    return [good("server", _("{url} is ready").format(url=url)), *_clock(client)]


def _clock(client: CentralClient) -> Iterator[Finding]:
    reading = client.take_clock_reading()
    if reading is not None and abs(reading.offset) > CLOCK_IS_OFF:
        seconds = abs(round(reading.offset.total_seconds()))
        said = _("This computer's clock is {seconds} s from the server's now.")
        yield look("clock", said.format(seconds=seconds), _("Set the clock of this computer."))
