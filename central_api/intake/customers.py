"""Rows of the customers file and of the products file as what the server keeps."""

from __future__ import annotations

from collections.abc import Callable

from central_api.intake.cells import amount, identifier, text, texts
from central_api.intake.errors import BadCell
from central_api.intake.phones import international
from central_api.intake.rows import Cells
from rma.order import Customer, Price, Product


def read_customer(cells: Cells, assume: Callable[[str], None]) -> Customer:
    """One customer; without a name it is called by its number.

    Raises:
        BadCell: if a cell cannot be taken over.
    """
    customer_id = identifier(cells, "customer_id")
    name = text(cells, "name")
    if not name:
        assume("name=customer_id")
    country = text(cells, "country")
    phone = text(cells, "phone")
    return Customer(
        customer_id=customer_id,
        name=name or customer_id,
        email=text(cells, "email"),
        phone=international(phone, country) if phone else "",
        postcode=text(cells, "postcode"),
        city=text(cells, "city"),
        country=country,
        tier=text(cells, "tier"),
        risk_flags=texts(cells, "risk_flags"),
    )


def guest(order_id: str, number: str, country: str) -> Customer:
    """Who stands behind an order that names no customer: its own guest, so that it can be returned."""
    return Customer(customer_id=f"guest:{order_id}", name=f"Guest, order {number}", country=country)


def read_product(cells: Cells, currency: str | None) -> Product:
    """One product; `currency` is for prices that name none.

    Raises:
        BadCell: if a cell cannot be taken over.
    """
    return Product(
        sku=identifier(cells, "sku"),
        name=text(cells, "name"),
        category=text(cells, "category"),
        price=_price(cells, text(cells, "currency").upper() or currency),
    )


def _price(cells: Cells, currency: str | None) -> Price | None:
    """Today's price of one unit; None where the row is silent."""
    if not text(cells, "price"):
        return None
    if not currency:
        raise BadCell("currency", "empty, and no --currency was given")
    gross, tax = amount(cells, "price", currency) or 0, amount(cells, "tax", currency) or 0
    if tax > gross:
        raise BadCell("tax", "more than the price that it is part of")
    return Price(currency=currency, gross=gross, tax=tax)
