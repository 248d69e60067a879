"""ref.db: what the central API told this desk. Disposable, and replaced as a whole by a new download."""

# ruff: noqa: S608 - the names in these statements are ours, values are parameters

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine

from rma.operations import KnownRecord
from rma.order import Customer, Order, Product
from rma.policy import Policy
from rma.reasons import ReasonTree
from rma.record import RmaRecord
from rma.refused import RefusedReturn
from rma.states import RmaState
from rma.wording import _
from storage import reference_schema, reference_search
from storage.documents import DocumentCache, read
from storage.engines import fetch, open_database, reading, writing
from storage.errors import StoreTrouble
from storage.loading import ReferenceLoad, set_cursor, swap_in_finished
from storage.reference_rows import ReferenceRow, apply_rows
from storage.search import after, code_key, storable
from storage.swapping import SwappableEngine

FILE = "ref.db"
NEW_FILE = "ref.db.new"

T = TypeVar("T")

_CACHED_CUSTOMERS, _CACHED_ORDERS, _CACHED_RECORDS = 128 << 10, 256 << 10, 128 << 10
"""Characters of documents that are kept read. A character costs up to six bytes then: all together stay below 3 MiB,
and the newest 200 orders of a customer fit in."""
_RULES = frozenset({"policy", "reasons"})


class ReferenceStore:
    """Customers, orders, products, RMAs, policies and reasons; implements `desk.ports.Reference`.

    Usable from several threads; reads go on while rows are applied or a load fills the next file.
    """

    def __init__(self, folder: Path, key: bytes, engine: Engine) -> None:
        self._folder = folder
        self._key = key
        self._engine = SwappableEngine(engine)
        self._customers = DocumentCache(Customer, _CACHED_CUSTOMERS)
        self._orders = DocumentCache(Order, _CACHED_ORDERS)
        self._records = DocumentCache(RmaRecord, _CACHED_RECORDS)
        self._rules_lock = Lock()
        self._rules_age = 0
        self._policies: tuple[Policy, ...] | None = None
        self._reasons: tuple[ReasonTree | None] | None = None

    @classmethod
    def open(cls, folder: Path, key: bytes) -> ReferenceStore:
        """Open ref.db in `folder`; made empty where it is missing, damaged, of another key or of another version.

        Raises:
            StoreTrouble: if the file cannot be used.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / FILE
        swap_in_finished(folder / NEW_FILE, path, key)
        engine = open_database(path, key, durable=False)
        try:
            usable = path.exists() and reference_schema.fits(engine)
        except StoreTrouble:
            usable = False
        if not usable:
            engine.dispose()
            engine = reference_schema.create(path, key, indexes=True)
        return cls(folder, key, engine)

    def close(self) -> None:
        """Close the file, after the reads that are under way."""
        self._engine.dispose()

    # ---- customers --------------------------------------------------------------------------------------------

    def customer(self, customer_id: str) -> Customer | None:
        """One customer."""
        sql = "SELECT customer_id, document FROM customer WHERE customer_id = ?"
        found = self._select(self._customers, sql, storable(customer_id))
        return _called(found[0]) if found else None

    def is_erased(self, customer_id: str) -> bool:
        """Whether nothing is made for this customer any more."""
        sql = "SELECT customer_id FROM erasure WHERE customer_id = ?"
        return bool(self._rows(sql, storable(customer_id)))

    def customers_by_name(self, words: Sequence[str], limit: int) -> list[Customer]:
        """Customers whose name has a word that starts with each of `words`, in any order, accents ignored."""
        return self._found(lambda c: reference_search.by_name(c, words, limit))

    def customers_by_phone_ending(self, digits: str, limit: int) -> list[Customer]:
        """Customers whose phone number ends with these digits."""
        return self._found(lambda c: reference_search.by_phone_ending(c, digits, limit))

    def customers_by_email(self, prefix: str, limit: int) -> list[Customer]:
        """Customers whose e-mail address starts so, whatever the case."""
        return self._found(lambda c: reference_search.by_email(c, prefix, limit))

    def customers_by_number(self, prefix: str, limit: int) -> list[Customer]:
        """Customers whose number starts so, spaces ignored, as typed or in capitals; the exact one first."""
        return self._found(lambda c: reference_search.by_number(c, prefix, limit))

    def customers_by_postcode(self, prefix: str, limit: int) -> list[Customer]:
        """Customers whose postcode starts so, spaces and case ignored."""
        return self._found(lambda c: reference_search.by_postcode(c, prefix, limit))

    # ---- orders -----------------------------------------------------------------------------------------------

    def order(self, order_id: str) -> Order | None:
        """One order."""
        sql = "SELECT order_id, document FROM sales_order WHERE order_id = ?"
        return next(iter(self._select(self._orders, sql, storable(order_id))), None)

    def orders_by_number(self, prefix: str, limit: int) -> list[Order]:
        """Orders whose number starts so, signs and case ignored; the exact one first."""
        key = code_key(prefix)
        if not key:
            return []
        sql = (
            "SELECT order_id, document FROM sales_order WHERE number_key >= ? AND number_key < ? "
            "ORDER BY number_key, order_id LIMIT ?"
        )
        return self._select(self._orders, sql, key, after(key), limit)

    def orders_of(self, customer_id: str, limit: int) -> list[Order]:
        """A customer's orders, newest first."""
        sql = (
            "SELECT order_id, document FROM sales_order WHERE customer_id = ? "
            "ORDER BY placed_at DESC, order_id DESC LIMIT ?"
        )
        return self._select(self._orders, sql, storable(customer_id), limit)

    # ---- products ---------------------------------------------------------------------------------------------

    def product(self, sku: str) -> Product | None:
        """One product; a SKU in small letters finds that in capitals."""
        sql = "SELECT sku, document FROM product WHERE sku IN (?, ?) ORDER BY sku = ? DESC LIMIT 1"
        typed = storable(sku.strip())
        rows = self._rows(sql, typed, typed.upper(), typed)
        return read(Product, rows[0][1], rows[0][0]) if rows else None

    def products(self, text: str, limit: int) -> list[Product]:
        """Products with a price: SKUs that start so, then names with a word that starts with each word of it."""
        with self._engine as engine, reading(engine) as connection:
            rows = reference_search.products(connection, text, limit)
        return [read(Product, document, sku) for sku, document in rows]

    # ---- RMAs -------------------------------------------------------------------------------------------------

    def record(self, number: str) -> KnownRecord | None:
        """One RMA."""
        return next(iter(self._known("number = ?", storable(number), 1)), None)

    def highest_number(self, first: str, below: str) -> str | None:
        """The highest number of an RMA from `first` and below `below`."""
        sql = "SELECT max(number) FROM rma WHERE number >= ? AND number < ?"
        ((highest,),) = self._rows(sql, first, below)
        return None if highest is None else str(highest)

    def records_of_order(self, order_id: str) -> list[KnownRecord]:
        """RMAs of an order, oldest first."""
        return self._known("order_id = ?", storable(order_id), -1)

    def records_of_customer(self, customer_id: str) -> list[KnownRecord]:
        """RMAs of a customer, oldest first."""
        return self._known("customer_id = ?", storable(customer_id), -1)

    def records_around(self, order_id: str, customer_id: str) -> list[KnownRecord]:
        """RMAs of an order and all of a customer, oldest first."""
        rows = self._rows(
            "SELECT number, document, row_version FROM rma WHERE order_id = ? OR customer_id = ? "
            "ORDER BY finalized_at, number",
            storable(order_id),
            storable(customer_id),
        )
        return self._read_records(rows)

    def records_by_reference(self, prefix: str, limit: int) -> list[KnownRecord]:
        """RMAs whose case number in another system starts so, spaces and case ignored."""
        key = code_key(prefix)
        if not key:
            return []
        rows = self._rows(
            "SELECT number, document, row_version FROM rma "
            "WHERE reference_key <> '' AND reference_key >= ? AND reference_key < ? "
            "ORDER BY reference_key, number LIMIT ?",
            key,
            after(key),
            limit,
        )
        return self._read_records(rows)

    def refusals_of_customer(self, customer_id: str, limit: int) -> list[RefusedReturn]:
        """Refused returns of a customer, newest first."""
        rows = self._rows(
            "SELECT refusal_id, document FROM refusal WHERE customer_id = ? "
            "ORDER BY refused_at DESC, refusal_id DESC LIMIT ?",
            storable(customer_id),
            limit,
        )
        return [read(RefusedReturn, document, key) for key, document in rows]

    def records_in_state(self, state: RmaState, limit: int) -> list[KnownRecord]:
        """RMAs in a state, oldest first."""
        return self._known("state = ?", state.value, limit)

    # ---- rules ------------------------------------------------------------------------------------------------

    def policies(self) -> tuple[Policy, ...]:
        """Every known policy version."""
        with self._rules_lock:
            known, age = self._policies, self._rules_age
        if known is None:
            rows = self._rows("SELECT key, document FROM policy ORDER BY key")
            known = tuple(read(Policy, document, key) for key, document in rows)
            with self._rules_lock:
                if age == self._rules_age:
                    self._policies = known
        return known

    def reasons(self) -> ReasonTree | None:
        """The newest reason tree; None before the first sync."""
        with self._rules_lock:
            known, age = self._reasons, self._rules_age
        if known is None:
            rows = self._rows("SELECT key, document FROM reasons ORDER BY version DESC LIMIT 1")
            trees = [read(ReasonTree, document, key) for key, document in rows]
            known = (trees[0] if trees else None,)
            with self._rules_lock:
                if age == self._rules_age:
                    self._reasons = known
        return known[0]

    # ---- sync -------------------------------------------------------------------------------------------------

    def cursor(self) -> str | None:
        """Where the change feed goes on; None: everything has to be fetched first."""
        rows = self._rows("SELECT name, value FROM meta WHERE name = 'cursor'")
        return rows[0][1] if rows else None

    def apply(self, rows: Sequence[ReferenceRow], cursor: str) -> None:
        """Bring ref.db to these versions and remember the cursor: one transaction, repeatable."""
        with self._engine as engine:
            with writing(engine) as connection:
                apply_rows(connection, rows)
                set_cursor(connection, cursor)
            if any(row.kind == "erasure" for row in rows):
                fetch(engine, "PRAGMA wal_checkpoint(TRUNCATE)")  # what the log holds of before
        if any(row.kind in _RULES for row in rows):
            self._forget_rules()

    def erased_customers(self) -> list[str]:
        """Everybody who was erased, as far as the server told."""
        return [customer_id for (customer_id,) in self._rows("SELECT customer_id FROM erasure")]

    def begin_load(self, cursor: str) -> ReferenceLoad:
        """Start filling a new file; what an unfinished load left is thrown away."""
        return ReferenceLoad.begin(self._folder / NEW_FILE, self._key, cursor, self._take_over)

    def resume_load(self) -> ReferenceLoad | None:
        """Go on with the load that was cut; None where there is none."""
        return ReferenceLoad.resume(self._folder / NEW_FILE, self._key, self._take_over)

    def erase(self) -> None:
        """Put an empty file in the place of this one and of an unfinished load: the desk may no longer have what they hold."""
        if self._holds_something() or (self._folder / NEW_FILE).exists():
            self.begin_load("").finish()
            self.forget()

    def forget(self) -> None:
        """Drop the cursor: the next sync fetches everything again, and this goes on being read until then."""
        with self._engine as engine, writing(engine) as connection:
            connection.exec_driver_sql("DELETE FROM meta WHERE name = 'cursor'")

    # -----------------------------------------------------------------------------------------------------------

    def _holds_something(self) -> bool:
        """Whether anybody's data is in it, also where the cursor was dropped."""
        tables = ("customer", "sales_order", "rma", "refusal")
        some = " OR ".join(f"EXISTS (SELECT 1 FROM {table})" for table in tables)
        return bool(self._rows(f"SELECT {some}")[0][0])

    def _take_over(self) -> None:
        """Put the finished new file in the old one's place."""
        path = self._folder / FILE

        def replace() -> Engine:
            try:
                reference_schema.remove(path)
                (self._folder / NEW_FILE).replace(path)
            finally:
                engine = open_database(path, self._key, durable=False)
            return engine

        self._engine.swap(replace)
        self._forget_rules()

    def _forget_rules(self) -> None:
        with self._rules_lock:
            self._rules_age += 1
            self._policies = None
            self._reasons = None

    def _rows(self, sql: str, *parameters: object) -> list[Any]:
        with self._engine as engine:
            return fetch(engine, sql, parameters)

    def _select(self, cache: DocumentCache[T], sql: str, *parameters: object) -> list[T]:
        return [cache.read(key, document) for key, document in self._rows(sql, *parameters)]

    def _found(self, search: Callable[[Connection], reference_search.Documents]) -> list[Customer]:
        with self._engine as engine, reading(engine) as connection:
            hits = search(connection)
        return [_called(self._customers.read(key, document)) for key, document in hits]

    def _known(self, condition: str, value: str, limit: int) -> list[KnownRecord]:
        sql = (
            f"SELECT number, document, row_version FROM rma WHERE {condition} "
            "ORDER BY finalized_at, number LIMIT ?"
        )
        return self._read_records(self._rows(sql, value, limit))

    def _read_records(self, rows: list[Any]) -> list[KnownRecord]:
        return [
            KnownRecord(record=self._records.read(number, document), row_version=row_version)
            for number, document, row_version in rows
        ]


def _called(customer: Customer) -> Customer:
    """The customer with something to be called by: of one who was erased there is no name."""
    return replace(customer, name=_("erased")) if customer.erased else customer
