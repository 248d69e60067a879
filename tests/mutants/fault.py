"""A planted fault: one small change of one file that a test has to notice."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


class AnchorLost(Exception):
    """The text that a fault replaces does not stand exactly once in its file."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One named fault, and the tests that should turn red with it."""

    name: str
    """What an agent or a customer would suffer, in a few words."""
    file: str
    """Path below the project's folder."""
    old: str
    new: str
    tests: tuple[str, ...]
    """Files or node ids of pytest, the likeliest first; the run stops at the first failure."""

    def edited(self, source: str) -> str:
        """The file's text with the fault in it.

        Raises:
            AnchorLost: if the old text does not stand there exactly once, or nothing would change.
        """
        found = source.count(self.old)
        if found != 1:
            raise AnchorLost(
                f"“{self.name}”: its text stands {found} times in {self.file}, not once"
            )
        if self.old == self.new:
            raise AnchorLost(f"“{self.name}” changes nothing in {self.file}")
        return source.replace(self.old, self.new)

    def plant(self, folder: Path) -> str:
        """Put the fault into a copy of the project; gives the file's text as it was.

        Raises:
            AnchorLost: as `edited`.
        """
        path = folder / self.file
        before = path.read_text(encoding="utf-8")
        path.write_text(self.edited(before), encoding="utf-8")
        return before
