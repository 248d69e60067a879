"""What is around the desk: versions, the terminal, the disk."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

from csr_tui.doctor.finding import Finding, good, look, wrong
from rma.wording import _, mark
from screens.widgets.too_small import MIN_HEIGHT, MIN_WIDTH
from storage.work_schema import SPARE_BYTES

GOOD_WIDTH, GOOD_HEIGHT = 80, 24
"""Cells that every screen was made for."""

_MEBI = 1 << 20


def versions() -> Iterator[Finding]:
    """What runs here."""
    import sqlcipher3

    said = _("csr-tui {program}, Python {python}, Textual {textual}, SQLite {sqlite} on {system}")
    yield good(
        "versions",
        said.format(
            program=version("csr-tui"),
            python=platform.python_version(),
            textual=version("textual"),
            sqlite=sqlcipher3.sqlite_version,
            system=platform.system(),
        ),
    )


def terminal(environment: Mapping[str, str] = os.environ) -> Iterator[Finding]:
    """What the terminal can do."""
    if not sys.stdout.isatty():
        yield good("terminal", _("not looked at: the output goes somewhere else"))
        return
    width, height = shutil.get_terminal_size()
    name = environment.get("TERM", "")
    encoding = (sys.stdout.encoding or "").lower().replace("-", "")
    if name in ("", "dumb"):
        yield wrong(
            "terminal",
            _("It does not say what it is (TERM is {term}).").format(term=name or "-"),
            _("Start csr-tui in another terminal, or use csr-tui plain."),
        )
    elif encoding != "utf8":
        yield wrong(
            "terminal",
            _("It speaks {encoding}, not UTF-8.").format(encoding=sys.stdout.encoding),
            _("Set a UTF-8 locale, such as LANG=C.UTF-8."),
        )
    elif width < MIN_WIDTH or height < MIN_HEIGHT:
        yield wrong(
            "terminal",
            _("{width}x{height}: too small to work in.").format(width=width, height=height),
            _("Make it {width}x{height} or larger.").format(width=GOOD_WIDTH, height=GOOD_HEIGHT),
        )
    elif width < GOOD_WIDTH or height < GOOD_HEIGHT:
        yield look(
            "terminal",
            _("{width}x{height}: some screens are cut.").format(width=width, height=height),
            _("Make it {width}x{height} or larger.").format(width=GOOD_WIDTH, height=GOOD_HEIGHT),
        )
    else:
        colours = _("no colours") if "NO_COLOR" in environment else _("colours")
        said = f"{name} {width}x{height}, UTF-8, {colours}"
        yield good("terminal", said + (", tmux" if "TMUX" in environment else ""))


def disk(folder: Path) -> Iterator[Finding]:
    """Whether the folder can be written, and has room."""
    free = shutil.disk_usage(folder).free
    said = _("{folder}: {free} MiB free").format(folder=folder, free=free // _MEBI)
    if not os.access(folder, os.W_OK | os.X_OK):
        yield wrong("folder", _("{folder} cannot be written.").format(folder=folder), _(_RIGHTS))
    elif free < SPARE_BYTES:
        yield wrong("folder", said, _("Free some space: nothing can be saved on a full disk."))
    elif os.name == "posix" and folder.stat().st_mode & 0o077:
        yield look(
            "folder",
            _("{folder} can be read by other users of this computer.").format(folder=folder),
            _("Take the rights away: chmod 700 {folder}").format(folder=folder),
        )
    else:
        yield good("folder", said)


_RIGHTS = mark("Check the rights of the folder.")
