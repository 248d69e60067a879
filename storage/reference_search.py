"""Find customers in ref.db: by name through the index, by anything else through a range of a b-tree."""

# ruff: noqa: S608 - the names in these statements are ours, values are parameters

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection

from storage.search import (
    MOST_WORDS,
    after,
    code_key,
    email_key,
    match_expression,
    reversed_digits,
    spellings,
    storable,
    whole_matches,
)

MOST_CANDIDATES = 200
"""Hits that are fetched and sorted here, and never more than are asked for: each stands on a page of its own, which
has to be read and decrypted. SQLite's own ranking reads every hit."""

Documents = list[tuple[str, str]]
"""Customer ids with their documents."""


def by_name(connection: Connection, words: Sequence[str], limit: int) -> Documents:
    """Names with a word that starts with each of `words`; whole words first.

    Where more fit than are asked for, those with whole words get the places; of the others, whoever came first.
    """
    wanted = [word for text in words[:MOST_WORDS] for word in spellings(text)][:MOST_WORDS]
    most = min(limit, MOST_CANDIDATES)
    found: dict[int, tuple[int, str, str, str]] = {}
    # Who types a name ends with the beginning of a word: what stands before it is mostly whole.
    for whole in dict.fromkeys((len(wanted), len(wanted) - 1, 0)) if wanted else ():
        if len(found) < most:
            expression = match_expression(wanted, whole=whole)
            found |= {row[0]: row for row in _candidates(connection, expression, most)}
    ranked = sorted((-whole_matches(row[1], wanted), row[1], row[0]) for row in found.values())
    return [found[rowid][2:] for _, _, rowid in ranked[:limit]]


def by_phone_ending(connection: Connection, digits: str, limit: int) -> Documents:
    """Phone numbers that end so; a trunk or international 0 in front is set aside where nothing has it."""
    ending = reversed_digits(digits)
    return _by_prefix(connection, "phone_key", ending, limit) or _by_prefix(
        connection, "phone_key", ending.rstrip("0"), limit
    )


def by_email(connection: Connection, prefix: str, limit: int) -> Documents:
    """E-mail addresses that start so."""
    return _by_prefix(connection, "email_key", email_key(prefix), limit)


def by_postcode(connection: Connection, prefix: str, limit: int) -> Documents:
    """Postcodes that start so."""
    return _by_prefix(connection, "postcode_key", code_key(prefix), limit)


def by_number(connection: Connection, prefix: str, limit: int) -> Documents:
    """Customer numbers that start so. They are ids, compared byte by byte: both cases are looked for."""
    typed = storable("".join(prefix[:200].split()))
    spellings_of_id = (typed, typed.upper(), typed.lower()) if typed else ()
    for spelling in dict.fromkeys(spellings_of_id):
        found = _rows(
            connection,
            "SELECT customer_id, document FROM customer "
            "WHERE customer_id >= ? AND customer_id < ? ORDER BY customer_id LIMIT ?",
            spelling,
            after(spelling),
            limit,
        )
        if found:
            return found
    return []


def products(connection: Connection, text: str, limit: int) -> Documents:
    """Products with a price whose SKU starts so, then those whose name has words that start so."""
    prefix = storable(text[:200].strip()).upper()
    found = dict(
        _rows(
            connection,
            "SELECT sku, document FROM product WHERE priced AND sku >= ? AND sku < ? "
            "ORDER BY sku LIMIT ?",
            prefix,
            after(prefix) if prefix else "\U0010ffff",
            limit,
        )
    )
    words = spellings(text)[:MOST_WORDS]
    if words and len(found) < limit:
        # A shop has thousands of products, not millions: reading their names takes no index.
        fits = " AND ".join(
            "(" + " OR ".join("instr(' ' || name_key, ?) > 0" for _ in word) + ")" for word in words
        )
        found |= _rows(
            connection,
            f"SELECT sku, document FROM product WHERE priced AND {fits} ORDER BY name_key, sku LIMIT ?",
            *(f" {spelling}" for word in words for spelling in word),
            limit,
        )
    return list(found.items())[:limit]


def _candidates(
    connection: Connection, expression: str, most: int
) -> list[tuple[int, str, str, str]]:
    return _rows(
        connection,
        "SELECT id, name_key, customer_id, document FROM customer WHERE id IN "
        "(SELECT rowid FROM customer_name WHERE customer_name MATCH ? LIMIT ?)",
        expression,
        most,
    )


def _by_prefix(connection: Connection, column: str, prefix: str, limit: int) -> Documents:
    if not prefix:
        return []
    return _rows(
        connection,
        f"SELECT customer_id, document FROM customer WHERE {column} <> '' "
        f"AND {column} >= ? AND {column} < ? ORDER BY {column}, name_key, customer_id LIMIT ?",
        prefix,
        after(prefix),
        limit,
    )


def _rows(connection: Connection, sql: str, *parameters: object) -> list[Any]:
    """All rows as the driver gives them: SQLAlchemy's own rows cost more than finding them."""
    rows: list[Any] = connection.connection.cursor().execute(sql, parameters).fetchall()
    return rows
