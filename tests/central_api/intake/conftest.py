"""Files of a small shop, and their import into a real database."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from central_api.database import reading
from central_api.intake.importing import Sources, import_files
from central_api.intake.summary import Summary
from central_api.tables import CHANGE_LOG, CUSTOMER, ORDERS, PRODUCT
from rma.order import Customer, Order, Product
from sync.protocol.documents import read_document
from tests.central_api.branch import Branch
from tests.central_databases import SLOWLY_BOTH

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)

CUSTOMERS_CSV = "customer_id,name\n7,Maria Müller\n8,Jan Novák\n"
ORDERS_CSV = "order_id,customer_id,placed_at,currency\n100,7,2026-11-01 09:00,EUR\n"
LINES_CSV = "order_id,line_no,sku,name,qty,unit_price\n100,1,KET,Kettle,2,12.50\n"


@dataclass
class Intake:
    """A folder of input files beside a database."""

    folder: Path
    engine: Engine

    def write(self, name: str, content: str | bytes) -> Path:
        """An input file, as it stands."""
        path = self.folder / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def run(
        self,
        *,
        customers: str | bytes | Path = CUSTOMERS_CSV,
        orders: str | bytes | Path = ORDERS_CSV,
        lines: str | bytes | Path = LINES_CSV,
        products: str | None = None,
        **options: Any,
    ) -> Summary:
        """Import these contents or files."""
        sources = Sources(
            customers=self._file("customers.csv", customers),
            orders=self._file("orders.csv", orders),
            lines=self._file("lines.csv", lines),
            products=None if products is None else self._file("products.csv", products),
        )
        settings = {"rejects": self.folder / "rejects.csv", "currency": None, "now": NOW} | options
        return import_files(self.engine, sources, **settings)

    def _file(self, name: str, content: str | bytes | Path) -> Path:
        return content if isinstance(content, Path) else self.write(name, content)

    def rejects(self) -> list[tuple[str, int, str, str]]:
        """File, line, field and reason of each rejected row."""
        with (self.folder / "rejects.csv").open(newline="", encoding="utf-8") as file:
            return [
                (row["file"], int(row["line"]), row["field"], row["reason"])
                for row in csv.DictReader(file)
            ]

    def reason(self) -> str:
        """Field and reason of the first rejected row."""
        _, _, field, reason = self.rejects()[0]
        return f"{field}: {reason}"

    def order(self, order_id: str = "100") -> Order | None:
        """An order as the server has it."""
        document = self._document(select(ORDERS.c.document).where(ORDERS.c.order_id == order_id))
        return None if document is None else read_document(Order, document)

    def customer(self, customer_id: str = "7") -> Customer | None:
        """A customer as the server has it."""
        statement = select(CUSTOMER.c.document).where(CUSTOMER.c.customer_id == customer_id)
        document = self._document(statement)
        return None if document is None else read_document(Customer, document)

    def product(self, sku: str) -> Product | None:
        """A product as the server has it."""
        document = self._document(select(PRODUCT.c.document).where(PRODUCT.c.sku == sku))
        return None if document is None else read_document(Product, document)

    def changes(self) -> int:
        """How much the desks heard of so far."""
        with reading(self.engine) as connection:
            return len(connection.execute(select(CHANGE_LOG.c.id)).all())

    def _document(self, statement: Any) -> str | None:
        with reading(self.engine) as connection:
            document: str | None = connection.execute(statement).scalar()
            return document


@pytest.fixture(params=SLOWLY_BOTH)
def database_kind(request: pytest.FixtureRequest) -> str:
    """What is read is the same for both; what is written is also tested without files."""
    kind: str = request.param
    return kind


@pytest.fixture
def intake(branch: Branch, tmp_path: Path) -> Intake:
    """An empty folder of input files, and the branch's database."""
    folder = tmp_path / "files"
    folder.mkdir()
    return Intake(folder, branch.engine)


def found(order: Order | None) -> Order:
    """The order that has to be there."""
    assert order is not None
    return order
