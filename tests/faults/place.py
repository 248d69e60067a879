"""A server's database with a small shop, desks that are enrolled there, and what is between them; everything of one run."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from unittest.mock import patch

from central_api.catalog import upsert_customers, upsert_orders, upsert_products
from central_api.database import open_database, writing
from central_api.people import create_code
from central_api.policies import publish_policy, publish_reasons
from central_api.schema import migrate
from csr_tui.enrollment import enroll
from rma.order import Order
from rma.request import Role
from sync.protocol.policies import default_policy, default_reasons
from tests import shop
from tests.faults.programs import Desk, Server
from tests.faults.proxy import Proxy
from tests.faults.shift import Shift

ORDERS = 300
UNITS = 12
"""Of each of the two lines of an order."""

PATIENCE = 1.0
"""Seconds that the desks of most scenarios wait for an answer; the program waits for thirty."""

QUIET_SECONDS = 600.0
"""After the last trouble, by when nothing may wait any more: a desk may have thousands of returns to send."""

END_SECONDS = 30.0


def order(index: int, units: int = UNITS) -> Order:
    """Two lines of kettles, delivered ten days ago."""
    now = datetime.now(UTC)
    lines = (
        shop.line(line_id, units=units, gross=1100 * units, delivered_at=now - timedelta(days=10))
        for line_id in ("1", "2")
    )
    return shop.order(
        *lines,
        order_id=f"K-{index}",
        number=f"2{index:05}",
        placed_at=now - timedelta(days=13),
    )


@dataclass
class Place:
    """Where a scenario happens. `prepared` gives one."""

    folder: Path
    seed: str
    database: str
    proxy: Proxy
    draw: Random = field(init=False)
    desks: list[Path] = field(default_factory=list)
    """Their folders."""
    server: Server | None = None
    told: dict[str, str] = field(default_factory=dict)
    """Numbers that callers were told, each with the desk that told it."""
    told_again: list[str] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    refusals: Counter[str] = field(default_factory=Counter)
    """Sentences that agents read instead of a number."""

    _at_work: dict[int, Desk] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.draw = Random(self.seed)

    @property
    def log(self) -> Path:
        """The server's."""
        return self.folder / "server.log"

    def start_server(self) -> Server:
        """Serve, and let the desks find it.

        Raises:
            AssertionError: if it does not come up.
        """
        server = self.server_beside()
        assert server.url, f"the server did not start: {self.log.read_text()[-2000:]}"
        self.server, self.proxy.servers = server, [server.url]
        return server

    def server_beside(self) -> Server:
        """One more process of the API; the desks do not know it yet."""
        return Server(self.database, self.log)

    def stop_server(self) -> None:
        """Kill the server."""
        self.proxy.servers = []
        if self.server:
            self.server.kill()

    def start_desk(self, index: int, **shift: object) -> Desk:
        """Let somebody work at a desk."""
        given = {"patience": PATIENCE, "orders": self.order_ids} | shift
        desk = Desk(self.desks[index], Shift(**given))  # type: ignore[arg-type]
        self._at_work[index] = desk
        return desk

    def close(self) -> None:
        """End whatever still runs."""
        for desk in self._at_work.values():
            desk.kill()
        self.stop_server()

    @property
    def order_ids(self) -> tuple[str, ...]:
        """What the shop sold."""
        return tuple(f"K-{index}" for index in range(ORDERS))

    def hear(self, index: int, said: list[dict[str, str]]) -> None:
        """Write down what was said at a desk."""
        name = self.desks[index].name
        for line in said:
            ((what, text),) = line.items()
            self.counts[what] += 1
            if what == "told":
                if text in self.told:
                    self.told_again.append(text)
                self.told[text] = name
            elif what == "broke":
                self.surprises.append(f"{name}: {text}")
            elif what in ("refused", "closed"):
                self.refusals[text] += 1

    def listen(self, desk: Desk, index: int, what: str, seconds: float) -> list[str]:
        """Hear what is said at a desk until it says this; gives the texts, none where it did not in time."""
        deadline = time.monotonic() + seconds
        while (left := deadline - time.monotonic()) > 0:
            said = desk.said(left)
            self.hear(index, said)
            found = [line[what] for line in said if what in line]
            if found or (not said and desk.has_ended):
                return found
        return []

    def comes(self, what: str, seconds: float) -> bool:
        """Wait until the proxy counts one more of this; whether it did in time."""
        before = self.proxy.counts[what]
        deadline = time.monotonic() + seconds
        while self.proxy.counts[what] == before:
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True

    def a_push_is_taken(self, seconds: float) -> bool:
        """Wait until the server took a push from now on; where it took none, that is a surprise."""
        taken = self.comes("pushes taken", seconds)
        if not taken:
            self.surprises.append(f"no push went through for {seconds:.0f} seconds")
        return taken

    def settle(self) -> float | None:
        """Let every desk send everything, and then hear everything; the seconds that took, None where it did not end."""
        began = time.monotonic()
        resting = [
            self.start_desk(index, orders=(), until_quiet=True, patience=None)
            for index in range(len(self.desks))
        ]
        return time.monotonic() - began if self.come_to_rest(resting) else None

    def come_to_rest(self, desks: Sequence[Desk]) -> bool:
        """Wait until nobody has anything to send, then let all hear the rest, and end; whether they did in time."""
        quiet = [
            bool(self.listen(desk, index, "quiet", QUIET_SECONDS))
            for index, desk in enumerate(desks)
        ]
        for desk in desks:
            desk.go_on()
        heard = [
            self.listen(desk, index, "heard", QUIET_SECONDS) == [""]
            for index, desk in enumerate(desks)
        ]
        for index, desk in enumerate(desks):
            with suppress(TimeoutError):
                self.hear(index, desk.wait(END_SECONDS))
            self.hear(index, desk.kill())
        return all(quiet) and all(heard)

    async def enroll(self, names: list[str]) -> None:
        """Make desks known, one for each name."""
        engine = open_database(self.database)
        for name in names:
            with writing(engine) as connection:
                code = create_code(connection, name, Role.AGENT, datetime.now(UTC))
            folder = self.folder / "desks" / name
            folder.mkdir(parents=True)
            await enroll(folder, self.proxy.url, code)
            self.desks.append(folder)
        engine.dispose()


def fill(database: str, more: Sequence[Order]) -> None:
    """Make the shop: policies, reasons, one customer and the orders."""
    engine = open_database(database)
    migrate(engine)
    now = datetime.now(UTC) - timedelta(days=20)
    with writing(engine) as connection:
        publish_policy(connection, default_policy("no_limits"), now)
        publish_reasons(connection, default_reasons(), now)
        upsert_products(connection, [shop.product()])
        upsert_customers(connection, [shop.customer()])
        upsert_orders(connection, [*map(order, range(ORDERS)), *more])
    engine.dispose()


@contextmanager
def prepared(
    seed: str,
    *,
    desks: int = 1,
    database: str = "",
    folder: Path | None = None,
    more: Sequence[Order] = (),
) -> Iterator[Place]:
    """A place with a running server and desks that know the shop; everything is gone at the end.

    `database` is an empty one, else a file; `folder` holds everything, else a new one. `more` orders are sold beside the usual.
    """
    made = folder or Path(tempfile.mkdtemp(prefix="csr-faults-"))
    try:
        with patch.dict(os.environ, {"CSR_TUI_SECRETS": "file"}), Proxy(seed) as proxy:
            place = Place(made, seed, database or str(made / "central.db"), proxy)
            fill(place.database, more)
            place.start_server()
            try:
                asyncio.run(place.enroll([f"Agent {index + 1}" for index in range(desks)]))
                assert place.settle() is not None, place.surprises
                yield place
            finally:
                place.close()
    finally:
        if folder is None:
            shutil.rmtree(made, ignore_errors=True)
