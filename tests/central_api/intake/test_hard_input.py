"""An import in a process of its own: endless lines, millions of rows, a full disk, a kill in the middle."""

from __future__ import annotations

import csv
import gzip
import json
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from central_api.database import open_database, reading
from central_api.tables import CHANGE_LOG, CUSTOMER, ORDER_LINE, ORDERS

MIB = 1024 * 1024
GIB = 1024 * MIB
CACHES = (64 + 16) * MIB
"""Pages of the database and of the temporary one that are kept in memory: they fill once, and no more."""
LINE_HEAD = b"order_id,line_no,sku,qty,gross,remark\n"
LINES_OF_AN_ORDER = 20


@dataclass(frozen=True, slots=True)
class Done:
    """What became of an import."""

    code: int
    answer: dict[str, Any]
    """The JSON answer; empty where there was none."""
    said: str
    """On stderr."""
    peak: int
    """Bytes of memory; 0 where it was killed."""


@dataclass(frozen=True, slots=True)
class Folder:
    """Input files, and where they are imported to."""

    path: Path
    database: str

    def fill(self, orders: int, broken: int = 0, remark: int = 0) -> None:
        """Customers, and orders of some lines each; the lines of an order stand far from each other.

        `broken` rows lack fields. A `remark` of so many characters stands in a column that means nothing.
        """
        with (self.path / "customers.csv").open("w") as file:
            file.write("customer_id,name\n")
            file.writelines(f"C{n},Customer {n}\n" for n in range(orders // 5 + 1))
        with (self.path / "orders.csv").open("w") as file:
            file.write("order_id,customer_id,placed_at,currency\n")
            file.writelines(f"O{n},C{n // 5},2026-11-01 09:00,EUR\n" for n in range(orders))
        with (self.path / "lines.csv").open("wb") as file:
            file.write(LINE_HEAD)
            for line in range(1, LINES_OF_AN_ORDER + 1):
                end = f",1,12.50,{'x' * remark}\n"
                rows = (f"O{n},{line},SKU-{n % 997}{end}".encode() for n in range(orders))
                file.writelines(rows)
            file.writelines(b"none,1,SKU\n" for _ in range(broken))

    def run(self, *more: str, rejects: str = "", **wishes: int) -> Done:
        """Import the files in a process of its own."""
        arguments = ["import", "--database", self.database, "--json", *more]
        for name in ("customers", "orders", "lines"):
            (found,) = self.path.glob(f"{name}.csv*")
            arguments += [f"--{name}", str(found)]
        arguments += ["--rejects", rejects or str(self.path / "rejects.csv")]
        module = "tests.central_api.intake.watched_import"
        done = subprocess.run(
            [sys.executable, "-m", module, json.dumps(wishes), *arguments],
            capture_output=True,
            text=True,
            check=False,
        )
        *said, peak = done.stderr.splitlines() or [""]
        if not peak.isdecimal():
            said, peak = [*said, peak], "0"
        answer = json.loads(done.stdout) if done.stdout else {}
        return Done(done.returncode, answer, "\n".join(said), int(peak))

    def rejects(self) -> list[tuple[str, str]]:
        """Line and reason of each rejected row."""
        with (self.path / "rejects.csv").open(newline="") as file:
            return [(row["line"], row["reason"]) for row in csv.DictReader(file)]

    def stored(self) -> dict[str, int]:
        """How many rows of each kind are in the database, and how many changes the desks heard of."""
        engine = open_database(self.database)
        try:
            with reading(engine) as connection:
                return {
                    table.name: connection.execute(
                        select(func.count()).select_from(table)
                    ).scalar_one()
                    for table in (CUSTOMER, ORDERS, ORDER_LINE, CHANGE_LOG)
                }
        finally:
            engine.dispose()


def all_of(orders: int) -> dict[str, int]:
    """What the database has when everything was imported, each thing once."""
    customers = orders // 5 + 1
    return {
        "customer": customers,
        "orders": orders,
        "order_line": orders * LINES_OF_AN_ORDER,
        "change_log": customers + orders,
    }


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    """An empty folder, for an SQLite database."""
    return Folder(tmp_path, str(tmp_path / "central.db"))


@pytest.fixture
def either(tmp_path: Path, central_database: str) -> Folder:
    """An empty folder, for each sort of database."""
    return Folder(tmp_path, central_database)


def test_an_import_that_is_killed_again_and_again_goes_on_and_brings_nothing_twice(
    either: Folder,
) -> None:
    either.fill(orders=100)
    kept = [0]
    statement = 20
    while (done := either.run(chunk_rows=300, die_at_statement=statement)).code == -signal.SIGKILL:
        kept.append(either.stored()["orders"])
        statement += 20

    assert done.code == 0
    assert kept == sorted(kept)
    assert any(0 < count < 100 for count in kept)
    assert done.answer["files"]["orders"]["unchanged"] == kept[-1]
    assert either.stored() == all_of(100)


def test_a_killed_import_leaves_nothing_in_the_temporary_folder(
    folder: Folder, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path_factory.mktemp("temporary")
    monkeypatch.setenv("TMPDIR", str(temporary))
    folder.fill(orders=50)

    assert folder.run(die_at_statement=30).code == -signal.SIGKILL
    assert list(temporary.iterdir()) == []


def test_a_full_temporary_folder_stops_the_import_before_anything_is_written(
    folder: Folder,
) -> None:
    folder.fill(orders=20, remark=60_000)

    done = folder.run(largest_file=2 * MIB)

    assert done.code == 1
    assert "Set TMPDIR to a folder that has it, then import again." in done.said
    assert "Traceback" not in done.said
    assert folder.stored()["customer"] == 0


def test_a_full_disk_of_the_database_stops_the_import_and_the_next_one_goes_on(
    folder: Folder,
) -> None:
    folder.fill(orders=1000)

    full = folder.run(largest_file=2 * MIB, chunk_rows=1000)
    begun = folder.stored()
    done = folder.run()

    assert full.code == 1
    assert "make room on its disk, then run the same import again" in full.said
    assert "Traceback" not in full.said
    assert 0 < begun["orders"] < 1000
    assert done.answer["files"]["orders"]["unchanged"] == begun["orders"]
    assert folder.stored() == all_of(1000)


def test_a_reject_file_on_a_full_disk_is_told_when_the_rest_is_imported(folder: Folder) -> None:
    folder.fill(orders=10, broken=20_000)

    full = folder.run(rejects="/dev/full")
    again = folder.run()

    assert full.code == 1
    assert "Every good row is imported" in full.said
    assert "Traceback" not in full.said
    assert folder.stored() == all_of(10)
    assert again.code == 3
    assert len(folder.rejects()) == 20_000


def test_rows_of_another_encoding_cost_themselves_only(folder: Folder) -> None:
    folder.fill(orders=2)
    with (folder.path / "lines.csv").open("ab") as file:
        file.write("O0,101,CAFÉ,1,1.00,\n".encode("latin-1"))
        file.write("O0,102,CAFÉ,1,1.00,\n".encode("cp850"))
        file.write("O0,103,CAFÉ,1,1.00,\n".encode("utf-16"))
        file.write(b"\nO0,104,CAF\xc3\x89,1,1.00,\n")

    done = folder.run()

    assert done.code == 3
    assert [int(line) for line, _ in folder.rejects()] == [42, 43, 44, 45]
    assert "is not UTF-8" in folder.rejects()[0][1]
    assert folder.stored()["order_line"] == 2 * LINES_OF_AN_ORDER + 1


@pytest.mark.slow
def test_a_line_of_a_gigabyte_costs_one_row_and_no_memory(folder: Folder) -> None:
    folder.fill(orders=2)
    usual = folder.run()
    with (folder.path / "lines.csv").open("r+b") as file:
        file.seek(0, 2)
        file.write(b"O0,101,")
        file.seek(GIB, 1)  # a hole: a gigabyte of NUL bytes
        file.write(b"\nO0,102,SKU,1,1.00,\n")

    done = folder.run()

    assert done.code == 3
    assert folder.rejects() == [("42", "the line is longer than 65536 bytes")]
    assert folder.stored()["order_line"] == 2 * LINES_OF_AN_ORDER + 1
    assert done.peak < usual.peak + 8 * MIB


@pytest.mark.slow
@pytest.mark.parametrize("filler", [b"\0", b'"', b"\n", b"\r"])
def test_a_packed_gigabyte_of_one_byte_is_read_in_constant_memory(
    folder: Folder, filler: bytes
) -> None:
    folder.fill(orders=2)
    usual = folder.run()
    plain = (folder.path / "lines.csv").read_bytes()
    (folder.path / "lines.csv").unlink()
    with gzip.open(folder.path / "lines.csv.gz", "wb", compresslevel=1) as file:
        file.write(plain)
        size = GIB if filler != b"\n" else 4 * MIB  # a line each
        for _ in range(size // MIB):
            file.write(filler * MIB)
        file.write(b"\nO0,102,SKU,1,1.00,\n")

    done = folder.run()

    assert done.code == (0 if filler == b"\n" else 3)
    assert folder.stored()["order_line"] == 2 * LINES_OF_AN_ORDER + 1
    assert done.peak < usual.peak + 8 * MIB


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_ten_times_the_rows_need_no_more_memory(folder: Folder) -> None:
    folder.fill(orders=4000)
    some = folder.run()
    folder.fill(orders=40_000, broken=50_000)

    many = folder.run()

    assert many.answer["files"]["lines"]["read"] == 40_000 * LINES_OF_AN_ORDER + 50_000
    assert many.answer["rejected"] == 50_000
    assert folder.stored() == all_of(40_000)
    assert many.peak < some.peak + CACHES


@pytest.mark.slow
def test_wide_rows_need_no_more_memory(folder: Folder) -> None:
    folder.fill(orders=200)
    usual = folder.run()
    folder.fill(orders=200, remark=60_000)

    done = folder.run()

    assert done.code == 0
    assert done.peak < usual.peak + 64 * MIB
