"""Run a process under strace, and read what it did to its folder, call by call.

Data that the process acknowledged stands between the writes as what it printed at that moment.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

CALLS = (
    "open,openat,creat,close,lseek,write,pwrite64,writev,pwritev,ftruncate,truncate,fallocate,"
    "fsync,fdatasync,rename,renameat,renameat2,unlink,unlinkat,link,linkat"
)
"""Everything by which a file's content or name can change, and what makes it durable."""


@dataclass(frozen=True, slots=True)
class Created:
    """A file that was not there before, under its name."""

    name: str


@dataclass(frozen=True, slots=True)
class Written:
    """Bytes into a file."""

    name: str
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncated:
    """A file cut, or filled with zeros, to a length."""

    name: str
    length: int


@dataclass(frozen=True, slots=True)
class Synced:
    """A file, or the folder's list of names where `name` is empty, is safe on the disk."""

    name: str


@dataclass(frozen=True, slots=True)
class Renamed:
    """A file under another name, in place of what was there."""

    name: str
    to: str


@dataclass(frozen=True, slots=True)
class Removed:
    """A name that is gone."""

    name: str


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """A line that the process printed: somebody may rely on it from here on."""

    text: str


Event: TypeAlias = Created | Written | Truncated | Synced | Renamed | Removed | Acknowledged

_LINE = re.compile(r"^(?:\d+ +)?(\w+)\((.*)\) += (-?\d+)(?: .*)?$")
_SPLIT = re.compile(r"^(\d+) +(.*) <unfinished \.\.\.>$")
_RESUMED = re.compile(r"^(\d+) +<\.\.\. \w+ resumed>(.*)$")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"(\.\.\.)?')


class Unreadable(Exception):
    """The record has something that this reader does not know."""


def available() -> bool:
    """Whether processes can be recorded here."""
    return sys.platform == "linux" and shutil.which("strace") is not None


def record(module: str, arguments: Sequence[str], folder: Path, trace: Path) -> list[Event]:
    """Run `python -m module arguments` and give back what it did to the files of `folder`.

    Raises:
        CalledProcessError: if the process failed.
        Unreadable: if something was done that the reader does not know.
    """
    lengths = {entry.name: entry.stat().st_size for entry in folder.iterdir()}
    subprocess.run(
        [
            *("strace", "-f", "-xx", "-s", "4194304", "-e", f"trace={CALLS}", "-o", str(trace)),
            *(sys.executable, "-m", module, *arguments),
        ],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    with trace.open(encoding="ascii") as lines:
        return list(_events(_whole(lines), os.path.realpath(folder), lengths))


def _whole(lines: Iterator[str]) -> Iterator[str]:
    """Calls of threads that were written in two halves, joined at their end."""
    begun: dict[str, str] = {}
    for line in lines:
        if (half := _SPLIT.match(line)) is not None:
            begun[half[1]] = half[2]
        elif (half := _RESUMED.match(line)) is not None:
            yield f"{half[1]} {begun.pop(half[1])}{half[2]}"
        else:
            yield line.rstrip("\n")


def _events(lines: Iterator[str], folder: str, lengths: dict[str, int]) -> Iterator[Event]:
    """What the calls did; `lengths` are those of the files that were there before."""
    names: dict[int, str] = {}
    """Open files by descriptor; the folder itself is the empty name."""
    at: dict[int, int] = {}
    appends: set[int] = set()

    def inside(path: str) -> str | None:
        """The name of a path in the folder; None elsewhere."""
        path = os.path.normpath(path)
        if path == folder:
            return ""
        head, name = os.path.split(path)
        return name if head == folder else None

    for line in lines:
        match = _LINE.match(line)
        if match is None:
            if "resumed" in line or "unfinished" in line:
                raise Unreadable(line[:200])
            continue
        call, text, result = match[1], match[2], int(match[3])
        if result < 0:
            continue
        texts = [bytes.fromhex(found[0].replace("\\x", "")) for found in _TEXT.findall(text)]
        paths = [inside(os.fsdecode(each)) for each in texts]
        numbers = [part.strip() for part in _TEXT.sub("", text).split(",")]
        match call:
            case "open" | "openat" | "creat":
                name = paths[0]
                names.pop(result, None)
                if name is None:
                    continue
                names[result], at[result] = name, 0
                appends.discard(result)
                if "O_APPEND" in text:
                    appends.add(result)
                if not name:
                    continue
                if name not in lengths:
                    lengths[name] = 0
                    yield Created(name)
                elif "O_TRUNC" in text or call == "creat":
                    lengths[name] = 0
                    yield Truncated(name, 0)
            case "close":
                names.pop(int(numbers[0]), None)
            case "lseek":
                at[int(numbers[0])] = result
            case "write" if numbers[0] == "1":
                for said in texts[0].decode().splitlines():
                    yield Acknowledged(said)
            case "write" | "pwrite64":
                handle = int(numbers[0])
                if names.get(handle):
                    name = names[handle]
                    known = lengths[name]
                    offset = at.get(handle, 0)
                    if call == "pwrite64":
                        offset = int(numbers[3])
                    elif handle in appends:
                        offset = known
                    if call == "write":
                        at[handle] = offset + result
                    lengths[name] = max(known, offset + result)
                    yield Written(name, offset, texts[0][:result])
            case "ftruncate":
                if name := names.get(int(numbers[0])):
                    lengths[name] = int(numbers[1])
                    yield Truncated(name, int(numbers[1]))
            case "fsync" | "fdatasync":
                if (synced := names.get(int(numbers[0]))) is not None:
                    yield Synced(synced)
            case "unlink" | "unlinkat":
                if paths[0]:
                    lengths.pop(paths[0], None)
                    yield Removed(paths[0])
            case "rename" | "renameat" | "renameat2":
                old, new = paths
                if old is None and new is None:
                    continue
                if not old or not new:
                    raise Unreadable(f"a file moved across folders: {line[:200]}")
                lengths[new] = lengths.pop(old)
                for handle, name in names.items():
                    if name == old:
                        names[handle] = new
                yield Renamed(old, new)
            case _:
                touched = names.get(int(numbers[0])) if numbers[0].isdigit() else None
                if touched or any(paths):
                    raise Unreadable(line[:200])
