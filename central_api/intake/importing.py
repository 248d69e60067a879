"""The import as a whole: read and stage every file, then write products, customers and orders in chunks.

Each chunk is one transaction. What is the same as before writes nothing, so that an import that was stopped in the
middle is simply run again.
"""

from __future__ import annotations

import csv
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from central_api.catalog import Counts, upsert_customers, upsert_products
from central_api.intake.columns import CUSTOMERS, LINES, ORDERS, PRODUCTS, Shape
from central_api.intake.customers import read_customer, read_product
from central_api.intake.errors import IntakeRefused, IntakeStopped
from central_api.intake.harmless import shown
from central_api.intake.orders import OrderReader
from central_api.intake.product_index import ProductIndex
from central_api.intake.reading import open_tables, stage
from central_api.intake.rows import InputTable
from central_api.intake.staging import Staging
from central_api.intake.summary import Summary
from central_api.intake.writing import write_orders, write_simple
from rma.money import BadAmount, exponent

AHEAD = timedelta(days=1)
"""How far the shop's clock may be ahead of ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The files of one import."""

    customers: Path
    orders: Path
    lines: Path
    products: Path | None = None

    def by_shape(self) -> dict[Shape, Path]:
        """The files in the order in which they are read."""
        files = {CUSTOMERS: self.customers, ORDERS: self.orders, LINES: self.lines}
        return files if self.products is None else {PRODUCTS: self.products, **files}


def quiet(_: str, __: int) -> None:
    """Shows no progress."""


def import_files(
    engine: Engine,
    sources: Sources,
    *,
    rejects: Path,
    currency: str | None,
    now: datetime,
    progress: Callable[[str, int], None] = quiet,
) -> Summary:
    """Import the files into a migrated database; bad rows go to the `rejects` file and stop nothing.

    `currency` is for orders that name none. `progress` hears of each batch: what is being done, and how many rows so far.

    Raises:
        IntakeRefused: if a file cannot be imported at all; nothing was written then.
        IntakeStopped: if the database or the reject file cannot be written (any longer); what was written stays.
    """
    started = time.monotonic()
    _check_currency(currency)
    files = sources.by_shape()
    if any(_same_file(rejects, path) for path in files.values()):
        raise IntakeRefused(f"{rejects}: the reject file would overwrite an input file.")
    tables = open_tables(files)
    _check_writable(rejects)
    with Staging() as staging:
        run = _Run(engine, tables, staging, Summary(rejects), progress)
        run.read()
        try:
            run.write(currency, now + AHEAD)
        except OperationalError as error:
            raise IntakeStopped(
                f"The database cannot be written ({error.orig}). What was imported so far stays: "
                "make room on its disk, then run the same import again."
            ) from error
        names = {shape.rank: shown(path.name) for shape, path in files.items()}
        _write_rejects(rejects, ((names[each.rank], *each[1:]) for each in staging.rejects()))
    run.summary.seconds = time.monotonic() - started
    return run.summary


@dataclass(frozen=True, slots=True)
class _Run:
    engine: Engine
    tables: Mapping[Shape, InputTable]
    staging: Staging
    summary: Summary
    progress: Callable[[str, int], None]

    def read(self) -> None:
        for shape, table in self.tables.items():
            file = self.summary.start(shape, table.path)
            for file.read in stage(table, self.staging):
                self.progress(f"reading {shape.name}", file.read)
            file.ignored = table.ignored

    def write(self, currency: str | None, latest: datetime) -> None:
        assume = self.summary.assume
        if PRODUCTS in self.tables:
            table = self.tables[PRODUCTS]
            self._count(
                PRODUCTS,
                write_simple(
                    self.engine,
                    table,
                    self.staging,
                    lambda cells: read_product(cells, currency),
                    upsert_products,
                ),
            )
        self._count(
            CUSTOMERS,
            write_simple(
                self.engine,
                self.tables[CUSTOMERS],
                self.staging,
                lambda cells: read_customer(cells, assume),
                upsert_customers,
            ),
        )
        reader = OrderReader(
            orders=self.tables[ORDERS],
            lines=self.tables[LINES],
            currency=currency,
            latest=latest,
            product_of=ProductIndex(self.engine).find,
            reject=self.staging.reject,
        )
        self._count(ORDERS, write_orders(self.engine, reader, self.staging, assume))
        for shape in self.tables:
            self.summary.files[shape.name].rejected = self.staging.rejected(shape)

    def _count(self, shape: Shape, written: Iterable[Counts]) -> None:
        done = 0
        for counts in written:
            self.summary.count(shape.name, counts)
            done += counts.inserted + counts.updated + counts.unchanged
            self.progress(f"writing {shape.name}", done)


def _check_currency(currency: str | None) -> None:
    if currency is not None:
        try:
            exponent(currency)
        except BadAmount as error:
            raise IntakeRefused(f"--currency: {error}.") from error


def _check_writable(rejects: Path) -> None:
    try:
        rejects.open("a").close()
    except OSError as error:
        raise IntakeRefused(
            f"{rejects}: the reject file cannot be written ({error.strerror}). "
            "Name another one with --rejects."
        ) from error


def _write_rejects(rejects: Path, rows: Iterable[tuple[object, ...]]) -> None:
    try:
        with rejects.open("w", encoding="utf-8", newline="") as report:
            out = csv.writer(report, lineterminator="\n")
            out.writerow(("file", "line", "field", "reason", "raw"))
            out.writerows(rows)
    except OSError as error:
        raise IntakeStopped(
            f"Every good row is imported, but {rejects} cannot be written ({error.strerror}): the rejected rows are not "
            "listed. Name a file with room with --rejects, then run the same import again."
        ) from error


def _same_file(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)
