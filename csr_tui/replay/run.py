"""Set up a fresh central API with the recorded year, sync a desk, play every event, and report."""

from __future__ import annotations

import asyncio
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from csr_tui.bootstrap import OpenedDesk, open_desk, sync_once
from csr_tui.demo.central import Central, CentralFailed
from csr_tui.enrollment import enroll
from csr_tui.replay.events import Event, ReplayFiles, find_files, read_events
from csr_tui.replay.player import EventClock, Player, differs
from csr_tui.swift import all_is_loaded
from csr_tui.unlocking import unlock_or_make
from rma.errors import RmaError
from rma.request import Role
from storage.secrets.kinds import Kind

SYNC_EVERY = 100
"""Queued operations after which the desk syncs: one full push."""

LONGEST_QUEUE = 4 * SYNC_EVERY
"""Queued operations at which playing waits for the sync: a desk's numbers are leased with it."""


@dataclass(kw_only=True)
class Report:
    """What a replay found."""

    events: int = 0
    compared: int = 0
    matches: int = 0
    differences: list[dict[str, Any]] = field(default_factory=list)
    returns: int = 0
    synced: int = 0
    attention: int = 0
    server_faults: object = None
    """What `csr-central check` found; an empty list when the books agree."""
    seconds: float = 0.0
    """Playing and syncing the events, without import and first download."""
    events_per_second: float = 0.0
    setup_seconds: float = 0.0
    assumed: dict[str, Any] = field(default_factory=dict)
    """What the import had to assume."""
    bytes: dict[str, int] = field(default_factory=dict)

    @property
    def clean(self) -> bool:
        """Whether everything came out as recorded and reached the server."""
        arrived = self.synced == self.returns and not self.attention
        return arrived and not self.differences and not self.server_faults


def replay(folder: Path, *, database: str = "", most: int | None = None) -> Report:
    """Play the events of `folder`, at most so many, in a temporary place.

    `database` is the URL of an empty PostgreSQL database for the central API, which otherwise has an SQLite file.

    Raises:
        BadReplay: if the folder is no replay.
        CentralFailed: if the central API does not start or import.
    """
    files = find_files(folder)
    with tempfile.TemporaryDirectory(prefix="csr-replay-") as place:
        return _replay_in(Path(place), files, database, most)


def _replay_in(place: Path, files: ReplayFiles, database: str, most: int | None) -> Report:
    report = Report()
    central = Central(place, database)
    began = time.perf_counter()
    imported = central.import_files(
        customers=files.customers, orders=files.orders, lines=files.lines, currency="GBP"
    )
    report.assumed = {"import": imported.get("assumed", imported)}
    _publish_no_limits(central, place)
    central.start(defaults=False)
    try:
        folder = place / "desk"
        code = central.enroll_code("Replay desk", Role.AGENT)
        asyncio.run(enroll(folder, central.url, code, unlock_or_make(folder, new=Kind.FILE)))
        clock = EventClock(datetime.now(UTC))
        opened = open_desk(folder, clock)
        try:
            _sync(opened)
            all_is_loaded()  # as a desk is while its agent works
            report.setup_seconds = round(time.perf_counter() - began, 2)
            _play(opened, clock, islice(read_events(files.events), most), report)
        finally:
            opened.close()
        report.server_faults = central.command("check")["faults"]
        report.bytes = {
            path.name: path.stat().st_size
            for path in (place / "central.db", folder / "work.db", folder / "ref.db")
            if path.exists()
        }
    finally:
        central.stop()
    return report


def _publish_no_limits(central: Central, place: Path) -> None:
    from sync.protocol.policies import default_policy, default_reasons

    for command, text in (("policy", default_policy("no_limits")), ("reasons", default_reasons())):
        path = place / f"{command}.toml"
        path.write_text(text, encoding="utf-8")
        central.command(command, "publish", str(path))


def _play(opened: OpenedDesk, clock: EventClock, events: Iterable[Event], report: Report) -> None:
    player = Player(opened, clock)
    began = time.perf_counter()
    numbers: set[str] = set()
    sent = 0
    # The desk syncs while the agent works on: so does the replay, one full push after the other.
    with ThreadPoolExecutor(max_workers=1) as behind:
        syncing: Future[None] | None = None
        for event in events:
            _play_one(player, event, report, numbers)
            if report.returns - sent < SYNC_EVERY:
                continue
            if syncing is not None and (syncing.done() or report.returns - sent >= LONGEST_QUEUE):
                syncing.result()
                syncing = None
            if syncing is None:
                syncing = behind.submit(_sync, opened)
                sent = report.returns
        if syncing is not None:
            syncing.result()
    _sync(opened)
    report.seconds = round(time.perf_counter() - began, 2)
    report.events_per_second = round(report.events / report.seconds, 1)
    queue = opened.work.queue()
    report.attention = queue.attention
    report.synced = sum(1 for n in numbers if opened.reference.record(n) is not None)
    if len(numbers) != report.returns:
        report.differences.append({"seq": 0, "what": ["an RMA number was told twice"]})


def _play_one(player: Player, event: Event, report: Report, numbers: set[str]) -> None:
    report.events += 1
    try:
        decided = player.play(event)
    except RmaError as error:
        report.differences.append({"seq": event.seq, "what": [f"error: {error}"]})
        return
    numbers.update(decided.numbers)
    report.returns += len(decided.numbers)
    if event.expected is None:
        return
    report.compared += 1
    found = differs(decided, event.expected)
    if found:
        report.differences.append({"seq": event.seq, "what": found})
    else:
        report.matches += 1


def _sync(opened: OpenedDesk) -> None:
    status = asyncio.run(sync_once(opened))
    if status.trouble:
        raise CentralFailed(status.trouble)


def as_tree(report: Report) -> dict[str, Any]:
    """The report for JSON."""
    return asdict(report)
