"""A disk with a cache: what was synced is safe, the rest may be there, in part, or not at all after a power cut.

As on the usual file systems: the names of a folder change in order, and a synced file has its name. Everything else is
taken as badly as it is allowed: writes since the last sync of their file are lost, kept up to some point, kept here and
there, or torn in the middle of a sector's worth of bytes.
"""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from random import Random
from typing import TypeAlias

from tests.power_cuts.recording import (
    Acknowledged,
    Created,
    Event,
    Removed,
    Renamed,
    Synced,
    Truncated,
    Written,
)

SECTOR = 512
"""Bytes that a disk writes as a whole."""

FATES = ("lost", "kept", "prefix", "subset", "torn")
"""What can become of the writes since a file's last sync."""

NOT_KEPT = "-shm"
"""Ends the name of what SQLite shares between processes in memory: it is built anew from the log."""

_Change: TypeAlias = Written | Truncated


class _File:
    """What is safe of one file, and what was done to it since."""

    def __init__(self, data: bytes = b"") -> None:
        self.safe = bytearray(data)
        self.since: list[_Change] = []

    def sync(self) -> None:
        for change in self.since:
            _apply(self.safe, change)
        self.since.clear()

    def after_cut(self, random: Random) -> bytes:
        data, since = bytearray(self.safe), list(self.since)
        fate = random.choice(FATES)
        if fate in ("prefix", "torn"):
            since = since[: random.randint(0, len(since))]
        elif fate == "subset":
            since = [change for change in since if random.random() < 0.5]
        elif fate == "lost":
            since = []
        if fate == "torn" and since and isinstance(since[-1], Written):
            since[-1] = _torn(since[-1], random)
        for change in since:
            _apply(data, change)
        return bytes(data)


class Disk:
    """The files of one folder, by name."""

    def __init__(self, folder: Path) -> None:
        """What is in `folder` now is safe."""
        files = {e.name: _File(e.read_bytes()) for e in folder.iterdir() if e.is_file()}
        self._now = files
        self._safe = dict(files)
        self._names: list[dict[str, _File]] = []
        """The names after each change since they were last safe."""
        self.acknowledged: list[str] = []

    def do(self, event: Event) -> None:
        """Something that the process did."""
        match event:
            case Acknowledged(text):
                self.acknowledged.append(text)
            case Synced(""):
                self._safe, self._names = dict(self._now), []
            case Synced(name):
                self._now[name].sync()
                self._keep_name(self._now[name])
            case Created(name):
                self._rename({**self._now, name: _File()})
            case Removed(name):
                self._rename({n: f for n, f in self._now.items() if n != name})
            case Renamed(old, new):
                others = {n: f for n, f in self._now.items() if n != old}
                self._rename({**others, new: self._now[old]})
            case Written(name) | Truncated(name):
                self._now[name].since.append(event)

    def after_cut(self, random: Random, target: Path) -> None:
        """Write into the empty folder `target` what is found after a cut at this moment."""
        names = random.choice([self._safe, *self._names])
        for name, file in names.items():
            if not name.endswith(NOT_KEPT):
                (target / name).write_bytes(deepcopy(file).after_cut(random))

    def _rename(self, names: dict[str, _File]) -> None:
        self._now = names
        self._names.append(dict(names))

    def _keep_name(self, file: _File) -> None:
        """A synced file has its name: so has everything that happened to names before it got it."""
        for index, names in enumerate(self._names):
            if file in names.values() and file not in self._safe.values():
                self._safe, self._names = names, self._names[index + 1 :]
                return


def _apply(data: bytearray, change: _Change) -> None:
    if isinstance(change, Truncated):
        del data[change.length :]
        data.extend(bytes(change.length - len(data)))
        return
    end = change.offset + len(change.data)
    if len(data) < end:
        data.extend(bytes(end - len(data)))
    data[change.offset : end] = change.data


def _torn(change: Written, random: Random) -> Written:
    sectors = (len(change.data) + SECTOR - 1) // SECTOR
    kept = random.randint(0, max(sectors - 1, 0)) * SECTOR
    return Written(change.name, change.offset, change.data[:kept])
