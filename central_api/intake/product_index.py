"""Names and categories of the server's products, for order lines that are silent."""

from __future__ import annotations

from sqlalchemy import Engine, select

from central_api.database import reading
from central_api.tables import PRODUCT
from rma.order import Product
from sync.protocol.documents import read_document

KEPT = 50_000
"""Products held in memory."""


class ProductIndex:
    """Looks products up by SKU and remembers a bounded number of them."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._known: dict[str, Product | None] = {}
        with reading(engine) as connection:
            self._any = connection.execute(select(PRODUCT.c.sku).limit(1)).first() is not None

    def find(self, sku: str) -> Product | None:
        """The product, or None where the server has none."""
        if not self._any:
            return None
        if sku not in self._known:
            if len(self._known) >= KEPT:
                self._known.clear()
            self._known[sku] = self._read(sku)
        return self._known[sku]

    def _read(self, sku: str) -> Product | None:
        with reading(self._engine) as connection:
            document = connection.execute(
                select(PRODUCT.c.document).where(PRODUCT.c.sku == sku)
            ).scalar()
        return None if document is None else read_document(Product, document)
