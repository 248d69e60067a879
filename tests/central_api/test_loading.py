"""Reading what a batch is decided on: by keys of every spelling, on both databases."""

from __future__ import annotations

from central_api.catalog import upsert_customers, upsert_orders
from central_api.database import open_database, writing
from central_api.loading import customers_of, lock_orders
from tests import shop

ODD = ('O-"1"', "O-{2,3}", "O-'4'", "O\\5", "Ö, 6 ", "null", "%s ?", "七")


def test_keys_of_every_spelling_are_found_each_once(central_database: str) -> None:
    engine = open_database(central_database)
    with writing(engine) as connection:
        upsert_customers(connection, [shop.customer()])
        upsert_orders(connection, [shop.order(order_id=order_id) for order_id in ODD])

    with writing(engine) as connection:
        found = lock_orders(connection, [*ODD, *ODD, "O-unknown"])
        nobody = customers_of(connection, (), alone=True)

    assert list(found) == sorted(ODD)
    assert nobody == {}
    engine.dispose()
