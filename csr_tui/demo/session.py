"""Prepare the demo's shop, server and desks; open one desk; stop and clean everything afterwards.

A folder that is kept can be opened again, and by several people at once: who comes first serves.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from csr_tui.demo.central import Central, CentralFailed
from csr_tui.demo.shop import make_shop
from csr_tui.exit_codes import ExitCode
from rma.harmless import harmless, harmless_lines
from rma.request import Role
from rma.wording import _

PEOPLE: dict[str, tuple[str, Role]] = {
    "agent": ("Agent", Role.AGENT),
    "supervisor-1": ("Supervisor 1", Role.SUPERVISOR),
    "supervisor-2": ("Supervisor 2", Role.SUPERVISOR),
}
"""Who is enrolled, by the name that `--as` takes."""


CUSTOMERS = 2000
"""Size of the shop, where nobody names another."""

_ADDRESS = "address"
"""The file that names where the folder's server listened last."""


def run_demo(
    *,
    customers: int = CUSTOMERS,
    person: str = "agent",
    keep: str | None = None,
    open_screen: bool = True,
    as_json: bool = False,
    settings: str | None = None,
    screen_reader: bool = False,
) -> ExitCode:
    """Run the demo as one of its people; gives back how the desk ended. `settings` names a settings file.

    Raises:
        CentralFailed: if the central API does not start or import.
        AlreadyOpen: if this person's desk is open in another terminal.
    """
    folder = (
        Path(keep).expanduser().resolve() if keep else Path(tempfile.mkdtemp(prefix="csr-demo-"))
    )
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return _run_in(folder, customers, person, open_screen, as_json, settings, screen_reader)
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def _run_in(
    folder: Path,
    customers: int,
    person: str,
    open_screen: bool,
    as_json: bool,
    settings: str | None,
    screen_reader: bool,
) -> ExitCode:
    serving = FileLock(folder / "serving.lock")
    central = Central(folder)
    try:
        serving.acquire(timeout=0)
    except Timeout:
        if not (folder / "ready").exists():
            raise CentralFailed(
                _("The demo in this folder is still starting: try again.")
            ) from None
    else:
        known = (folder / "central.db").exists()
        said = _("Preparing the shop …")
        if not known:
            said = _("Preparing a shop with {count} customers …").format(count=customers)
        _say(said, as_json)
        prepare(folder, central, customers=customers, port=_last_port(folder))
    try:
        desk_folder = folder / "desks" / person
        if open_screen:
            from csr_tui.swift import make_swift

            make_swift()
            from csr_tui.demo.desk import desk_of
            from csr_tui.desk_program import run_desk

            return run_desk(
                desk_folder, settings, screen_reader=screen_reader, desk=desk_of(central)
            )
        _say_ready(folder, central, as_json)
        return ExitCode.OK
    finally:
        central.stop()
        if serving.is_locked:
            (folder / "ready").unlink(missing_ok=True)
            serving.release()


def prepare(folder: Path, central: Central, *, customers: int, port: int = 0) -> None:
    """Make the shop and enroll everybody where that has not happened yet; start serving.

    Where `port` is taken, another one is.

    Raises:
        CentralFailed: if the central API does not start or import.
    """
    fresh = not (folder / "central.db").exists()
    if fresh:
        files = make_shop(folder, customers=customers, now=datetime.now(UTC))
        central.import_files(
            customers=files.customers,
            orders=files.orders,
            lines=files.lines,
            products=files.products,
        )
    url = _serve(central, port)
    from csr_tui.bootstrap import open_desk
    from csr_tui.enrollment import enroll, move_server
    from csr_tui.unlocking import unlock_or_make
    from storage.errors import AlreadyOpen
    from storage.secrets import DEVICE_KEY
    from storage.secrets.kinds import Kind

    codes = {}
    if fresh:
        with ThreadPoolExecutor() as pool:  # each is a process of its own, and they start slowly
            made = pool.map(lambda who: central.enroll_code(*who), PEOPLE.values())
            codes = dict(zip(PEOPLE, made, strict=True))
    for key in PEOPLE:
        desk_folder = folder / "desks" / key
        if fresh:
            asyncio.run(
                enroll(desk_folder, url, codes[key], unlock_or_make(desk_folder, new=Kind.FILE))
            )
        else:
            try:
                opened = open_desk(desk_folder, secrets=unlock_or_make(desk_folder, new=Kind.FILE))
            except AlreadyOpen:
                if port and url.endswith(f":{port}"):
                    continue  # it is at work, and finds the server where it was
                raise
            try:
                move_server(opened, url)
                keyless = opened.secrets.get(DEVICE_KEY) is None
            finally:
                opened.close()
            if keyless:  # a demo of before desks had keys
                code = central.enroll_code(*PEOPLE[key])
                asyncio.run(enroll(desk_folder, url, code, opened.secrets))
    (folder / "ready").write_text(url)
    (folder / _ADDRESS).write_text(url)


def _serve(central: Central, port: int) -> str:
    if port:
        with suppress(CentralFailed):
            return central.start(defaults=True, port=port)
    return central.start(defaults=True)


def _last_port(folder: Path) -> int:
    """Where this folder's server listened last, so that a desk that is still open goes on; 0 for a new one."""
    known = folder / _ADDRESS
    return int(known.read_text().rpartition(":")[2]) if known.exists() else 0


def _say(text: str, as_json: bool) -> None:
    if not as_json:
        sys.stdout.write(harmless_lines(text) + "\n")
        sys.stdout.flush()


def _say_ready(folder: Path, central: Central, as_json: bool) -> None:
    desks = {key: str(folder / "desks" / key) for key in PEOPLE}
    if as_json:
        sys.stdout.write(json.dumps({"url": central.url, "desks": desks}) + "\n")
    else:
        said = _("Ready in {folder}: start it with csr-tui demo --keep {folder}")
        sys.stdout.write(harmless(said.format(folder=folder)) + "\n")
