"""What a desk says of itself, what waits on it, and what happens to its files."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from csr_tui.__main__ import main
from tests.csr_tui.shell import Result, fresh_order, wanted_return
from tests.keys import decrypted, key_of


def findings(result: Result) -> dict[str, str]:
    return {each["area"]: each["level"] for each in result.tree["findings"]}


def said(result: Result, area: str) -> str:
    (found,) = (each for each in result.tree["findings"] if each["area"] == area)
    return f"{found['said']} {found['do']}"


def make_return(desk: str, tmp_path: Path) -> str:
    """A return that waits; gives its number."""
    document = tmp_path / "return.json"
    document.write_text(wanted_return(fresh_order(desk)))
    assert main(["return", "create", "--file", str(document), "--data", desk]) in (0, 3)
    with decrypted(Path(desk) / "work.db", key_of(Path(desk))) as work:
        (number,) = work.execute("SELECT number FROM outbox WHERE state = 'ready'").fetchone()
    return str(number)


def damage(path: Path, offset: int) -> None:
    """One bit of a database is another."""
    content = bytearray(path.read_bytes())
    content[offset] ^= 1
    path.write_bytes(content)


def page_of(desk: str, table: str) -> int:
    """An offset in the page where this table of work.db begins."""
    with decrypted(Path(desk) / "work.db", key_of(Path(desk))) as work:
        (page,) = work.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)
        ).fetchone()
    return (int(page) - 1) * 4096 + 100


def out_of_reach(path: Path) -> None:
    """SQLite cannot open the database: a folder stands where its log should be."""
    path.with_name(f"{path.name}-wal").unlink(missing_ok=True)
    path.with_name(f"{path.name}-wal").mkdir()


def fill(disk: Path, leaving: int = 0) -> None:
    """Nothing more fits on the disk but so many bytes."""
    with (disk / "filling").open("wb", buffering=0) as file:
        with suppress(OSError):
            while True:
                file.write(bytes(4096))
        if leaving:
            file.truncate(file.tell() - leaving)
