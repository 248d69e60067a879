"""The central API as a child process on loopback, for the demo and the replay."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from rma.errors import RmaError
from rma.request import Role


class CentralFailed(RmaError):
    """The central API's program did not do as asked; the message holds its last words."""


class Central:
    """One central API with its own database in a folder, or with an empty one that is at `database`."""

    def __init__(self, folder: Path, database: str = "") -> None:
        self._folder = folder
        self._database = database or str(folder / "central.db")
        self._log = folder / "central.log"
        self._process: subprocess.Popen[str] | None = None
        self.url = ""

    def import_files(self, **files: Path | str) -> dict[str, object]:
        """Import a shop's files; `customers`, `orders`, `lines`, and further options of `csr-central import`.

        Raises:
            CentralFailed: if a row is rejected, or the import as a whole.
        """
        options = {"rejects": self._folder / "rejects.csv"} | files
        return self.command(
            "import",
            *(word for name, value in options.items() for word in (f"--{name}", str(value))),
        )

    def command(self, *arguments: str) -> dict[str, object]:
        """Run a `csr-central` command to its end and give back its JSON.

        Raises:
            CentralFailed: if it does not end well.
        """
        done = subprocess.run(  # noqa: S603 - our own program
            [*_PROGRAM, *arguments, "--database", self._database, "--json"],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise CentralFailed(_last_words(arguments, done.stderr or done.stdout))
        answer: dict[str, object] = json.loads(done.stdout.strip().splitlines()[-1])
        return answer

    def start(self, *, defaults: bool, port: int = 0) -> str:
        """Serve on a port of loopback, 0 for a free one; gives back the base URL.

        Raises:
            CentralFailed: if it ends before it listens.
        """
        arguments = ["serve", "--database", self._database, "--port", str(port), "--json"]
        arguments.append("--stop-with-stdin")  # it ends with us, even if we are killed
        if defaults:
            arguments.append("--with-defaults")
        with self._log.open("a") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                [*_PROGRAM, *arguments],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,  # ctrl+c belongs to the desk
            )
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            self.stop()
            raise CentralFailed(_last_words(arguments, self._log.read_text()))
        self.url = str(json.loads(line)["listening"])
        return self.url

    @property
    def is_serving(self) -> bool:
        """Whether it serves now."""
        return self._process is not None

    def start_again(self) -> None:
        """Serve where it served before.

        Raises:
            CentralFailed: if it ends before it listens.
        """
        self.start(defaults=False, port=int(self.url.rpartition(":")[2]))

    def enroll_code(self, name: str, role: Role) -> str:
        """A single-use enrollment code."""
        return str(self.command("enroll", "--name", name, "--role", role)["code"])

    def stop(self) -> None:
        """Stop serving; the database stays."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(timeout=5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    pipe.close()
            self._process = None


_PROGRAM = [sys.executable, "-m", "central_api"]


def _last_words(arguments: Sequence[str], output: str) -> str:
    lines = [line for line in output.strip().splitlines() if line.strip()]
    said = lines[-1] if lines else "it said nothing"
    return f"csr-central {arguments[0]} failed: {said}{os.linesep}"
