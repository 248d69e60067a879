"""A program in a pseudo-terminal, timed from outside. Linux and macOS; memory on Linux alone.

What the program writes is stamped as it arrives and kept. The screen is rebuilt from it afterwards, so that the
emulator's own time is in no figure. A frame counts from the moment at which its last byte arrived.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import pyte

ROOT = Path(__file__).resolve().parent.parent

KEYS = {
    "enter": "\r",
    "tab": "\t",
    "esc": "\x1b",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "space": " ",
    "backspace": "\x7f",
    "f1": "\x1bOP",
    "f2": "\x1bOQ",
    "f3": "\x1bOR",
    "f4": "\x1bOS",
    "f5": "\x1b[15~",
    "f8": "\x1b[19~",
    "f9": "\x1b[20~",
    "f12": "\x1b[24~",
    "ctrl+g": "\x07",
    "ctrl+p": "\x10",
    "ctrl+q": "\x11",
}
"""What xterm sends; any other name is the character itself."""

QUIET = 0.15
"""Seconds without a byte after which an answer is complete."""

_SLOWEST = 2.0
"""Seconds until the first byte of an answer; after that there is none."""
_SYNC_BEGIN, _SYNC_END = b"\x1b[?2026h", b"\x1b[?2026l"
_REPLIES = {b"\x1b[?2026$p": b"\x1b[?2026;2$y", b"\x1b[?2048$p": b"\x1b[?2048;0$y"}
"""Queries, and what a plain terminal of today says."""
_NOT_FOR_PYTE = re.compile(
    rb"\x1b[_P^X].*?(?:\x1b\\|\x07)|\x1b\[[<>=][0-9;:]*[a-zA-Z]|\x1b\[[?0-9;]*\$[a-z]"
    rb"|\x1b\[[0-9;]* [a-zA-Z]|\x1b\[[0-9;]*:[0-9;:]*m",
    re.DOTALL,
)
_CUT_SEQUENCE = re.compile(rb"\x1b[^a-zA-Z~]*$")

Lines = tuple[str, ...]
"""The screen's rows, without what is blank at their ends."""


class NotShown(Exception):
    """The program did not show what the measure waited for; the message holds its screen."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The screen after an update."""

    at: float
    """`time.perf_counter` when its last byte arrived."""
    lines: Lines


@dataclass(frozen=True, slots=True)
class Answer:
    """What a key press led to."""

    pressed: float
    written: int
    """Bytes."""
    cpu_ms: float
    """The program's processor time."""
    frames: tuple[Frame, ...]

    def first_ms(self, shows: Callable[[Lines], bool]) -> float:
        """Milliseconds from the key until the screen showed it for the first time.

        Raises:
            NotShown: if it never did.
        """
        for frame in self.frames:
            if shows(frame.lines):
                return (frame.at - self.pressed) * 1000
        raise NotShown("\n".join(self.frames[-1].lines) if self.frames else "no answer at all")

    def complete_ms(self, part: Callable[[Lines], Lines]) -> float:
        """Milliseconds from the key until that part of the screen was as it stayed.

        Raises:
            NotShown: if nothing was drawn at all.
        """
        if not self.frames:
            raise NotShown("no answer at all")
        last = part(self.frames[-1].lines)
        return self.first_ms(lambda lines: part(lines) == last)


class TimedTerminal:
    """A program in a terminal of 80x24. Use it in a `with` block: the program is killed at its end."""

    def __init__(self, command: Sequence[str], *, columns: int = 80, rows: int = 24) -> None:
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self._chunks: list[tuple[float, bytes]] = []
        self._drawn = 0
        """Chunks that the screen knows of already."""
        self._pending = b""
        self.presses = 0
        """Keys pressed so far."""
        unwanted = ("NO_COLOR", "TMUX", "COLUMNS", "LINES", "PYTHONDONTWRITEBYTECODE")
        env = {name: value for name, value in os.environ.items() if name not in unwanted}
        env |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        self._fd, child = pty.openpty()
        fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, *command],
            stdin=child,
            stdout=child,
            stderr=child,
            env=env,
            cwd=ROOT,
            start_new_session=True,
        )
        os.close(child)

    def __enter__(self) -> TimedTerminal:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._fd)

    @property
    def lines(self) -> Lines:
        """What the screen shows now."""
        while self._read(0):
            pass
        self._frames()
        return self._rows()

    @property
    def rss_mib(self) -> float:
        """Resident memory of the program, in MiB."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024

    @property
    def cpu_ms(self) -> float:
        """Processor time of the program so far, in all its threads; what others do on the machine is not in it."""
        tasks = Path(f"/proc/{self._process.pid}/task").iterdir()
        return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e6

    def press(self, *names: str) -> float:
        """Press keys in one burst; gives the moment."""
        self.presses += len(names)
        at = time.perf_counter()
        os.write(self._fd, "".join(KEYS.get(name, name) for name in names).encode())
        return at

    def answer(self, *names: str, quiet: float = QUIET) -> Answer:
        """Press keys in one burst, and take in what follows until nothing has come for `quiet` seconds."""
        _ = self.lines
        before = len(self._chunks)
        cpu = self.cpu_ms
        pressed = self.press(*names)
        self._read(_SLOWEST)
        self.settle(quiet)
        written = sum(len(data) for _, data in self._chunks[before:])
        return Answer(pressed, written, self.cpu_ms - cpu, tuple(self._frames()))

    def settle(self, quiet: float = QUIET) -> None:
        """Take in what comes until nothing has come for `quiet` seconds, or for as long as a clock on it may tick."""
        deadline = time.perf_counter() + _SLOWEST
        while self._read(quiet) and time.perf_counter() < deadline:
            pass

    def wait_bytes(self, mark: bytes, timeout: float = 60.0) -> float:
        """The moment at which the program had written `mark` and the frame around it, from its start on.

        Raises:
            NotShown: if it does not within `timeout` seconds.
        """
        written = b""
        deadline = time.perf_counter() + timeout
        at = 0
        while True:
            while at < len(self._chunks):
                moment, data = self._chunks[at]
                written += data
                at += 1
                if mark in written and written.rfind(_SYNC_BEGIN) <= written.rfind(_SYNC_END):
                    return moment
            if not self._read(deadline - time.perf_counter()):
                raise NotShown("\n".join(self.lines))

    def wait_for(self, pattern: str, timeout: float = 60.0) -> float:
        """The moment at which the screen showed `pattern`, from now on.

        Raises:
            NotShown: if it does not within `timeout` seconds.
        """
        wanted = re.compile(pattern, re.MULTILINE)
        deadline = time.perf_counter() + timeout
        if wanted.search("\n".join(self.lines)):
            return time.perf_counter()
        while time.perf_counter() < deadline:
            self._read(0.5)
            for frame in self._frames():
                if wanted.search("\n".join(frame.lines)):
                    return frame.at
        raise NotShown(f"{pattern!r} did not appear:\n" + "\n".join(self.lines))

    def _rows(self) -> Lines:
        return tuple(line.rstrip() for line in self._screen.display)

    def _frames(self) -> list[Frame]:
        """What was drawn since the last look."""
        frames = []
        for at, data in self._chunks[self._drawn :]:
            self._pending += data
            whole = self._pending.rfind(_SYNC_BEGIN) <= self._pending.rfind(_SYNC_END)
            if whole and not _CUT_SEQUENCE.search(self._pending):
                self._stream.feed(_NOT_FOR_PYTE.sub(b"", self._pending))
                self._pending = b""
                frames.append(Frame(at, self._rows()))
        self._drawn = len(self._chunks)
        return frames

    def _read(self, timeout: float) -> bool:
        """Take in what is there; whether there was something."""
        if not select.select([self._fd], [], [], max(0.0, timeout))[0]:
            return False
        at = time.perf_counter()
        try:
            data = os.read(self._fd, 65536)
        except OSError:
            raise NotShown("the program has ended:\n" + "\n".join(self._rows())) from None
        for query, reply in _REPLIES.items():
            if query in data:
                os.write(self._fd, reply)
        self._chunks.append((at, data))
        return bool(data)
