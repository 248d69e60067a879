"""Types bursts into a watched desk: at once, or slowly, key by key; and reads what came of it in work.db."""

from __future__ import annotations

import json
import re
import socket
import sys
import tempfile
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

from tests.keys import decrypted, key_of
from tests.terminal.pty import KEYS, Terminal

Burst: TypeAlias = list[str]
"""Names of keys, and texts; a text that starts with `paste:` is pasted."""
Place: TypeAlias = dict[str, Any]
"""Where a desk stands, as `tests.terminal.watched` says it."""

LONGEST_REST_SECONDS = 60.0

_NOT_COMPARED = re.compile(r"_at$|^(at|keys|draft_id|op_id|call_id)$")
"""Moments, ids, and the keys counted so far: what two desks differ in that did the same."""


class Typist:
    """A desk in a terminal, with somebody at it. Use it in a `with` block."""

    def __init__(self, folder: Path, *wishes: str) -> None:
        """`wishes` are options of `tests.terminal.watched`."""
        self.folder = folder
        self._socket_folder = tempfile.TemporaryDirectory(prefix="desk")
        path = f"{self._socket_folder.name}/watch"
        command = [sys.executable, "-m", "tests.terminal.watched", str(folder), path, *wishes]
        self.terminal = Terminal(command)
        self._sent = 0
        self._questions: set[float] = set()
        """Screens that take no key from before they were seen, by that moment; those that came up by now."""
        try:
            self.terminal.wait_for(r"OFFLINE|ONLINE|connecting", timeout=60)
        except BaseException:
            self.terminal.kill()
            raise
        self._watch = socket.socket(socket.AF_UNIX)
        self._watch.connect(path)
        self._answers = self._watch.makefile()

    def __enter__(self) -> Typist:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.terminal.kill()
        self._answers.close()
        self._watch.close()
        self._socket_folder.cleanup()

    def send(self, *keys: str) -> None:
        """Send keys, all of them at once."""
        data = b"".join(_bytes(key) for key in keys)
        self.terminal.send(data)
        self._sent += len(data)

    def rest(self) -> Place:
        """Wait until the desk has done all that was typed; says where it stands."""
        return self._ask(f"rest {self._sent}")

    def place(self) -> Place:
        """Where the desk stands right now."""
        return self._ask("still")

    def at_once(self, burst: Burst) -> Place:
        """A burst at full speed."""
        self.send(*burst)
        return self.rest()

    def slowly(self, burst: Burst) -> Place:
        """The same burst, each key after the one before is done.

        A question for something irreversible, and the number of a return, take no key that was typed before they
        could be seen: what is left of the burst is dropped, as it is where it was typed at once.
        """
        place = self.rest()
        for key in burst:
            for each in [key] if key in KEYS or key.startswith("paste:") else key:
                self.send(each)
                place = self.rest()
                if self._is_new_question(place):
                    return place
        return place

    def _is_new_question(self, place: Place) -> bool:
        since = float(place["seen_from"])
        new = since > 0 and since not in self._questions
        self._questions.add(since)
        return new

    def _ask(self, what: str) -> Place:
        self._watch.sendall(f"{what}\n".encode())
        if not self.terminal.read_until(self._watch, LONGEST_REST_SECONDS):
            raise AssertionError(f"the desk did not come to rest:\n{self.terminal.text}")
        answer = self._answers.readline()
        if not answer:
            raise AssertionError(f"the desk ended:\n{self.terminal.text}")
        place: Place = json.loads(answer)
        return place


def _bytes(key: str) -> bytes:
    if key.startswith("paste:"):
        return b"\x1b[200~" + key[len("paste:") :].encode() + b"\x1b[201~"
    return KEYS.get(key, key).encode()


def work(folder: Path) -> list[dict[str, object]]:
    """Returns and drafts in a desk's work.db, without what two desks always differ in."""
    connection = decrypted(folder / "work.db", key_of(folder))
    try:
        rows = [
            *connection.execute("SELECT document FROM rma ORDER BY number"),
            *connection.execute("SELECT document FROM draft ORDER BY draft_id"),
        ]
    finally:
        connection.close()
    return [json.loads(text, object_hook=_compared) for (text,) in rows]


def _compared(document: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in document.items() if not _NOT_COMPARED.search(name)}
