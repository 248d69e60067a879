"""Find customers in ref.db: by name through the index, by anything else through a range of a b-tree."""

# ruff: noqa: S608 - the names in these statements are ours, values are parameters

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection

from storage.search import (
    MOST_WORDS,
    after,
    code_key,
    email_key,
    match_expression,
    reversed_digits,
    spellings,
    starts_with_all,
    whole_matches,
)

MOST_CANDIDATES = 200
"""Hits that are fetched and sorted here; SQLite's own ranking reads every hit."""

_SHORTEST_PREFIX = 2
"""One letter alone matches too much to be worth an answer."""

Documents = list[tuple[str, str]]
"""Customer ids with their documents."""


def by_name(connection: Connection, words: Sequence[str], limit: int) -> Documents:
    """Names with a word that starts with each of `words`; whole words first."""
    wanted = [word for text in words[:MOST_WORDS] for word in spellings(text)][:MOST_WORDS]
    selective = [word for word in wanted if len(word[0]) >= _SHORTEST_PREFIX]
    found: dict[int, str] = {}
    for whole in (True, False):
        asked = wanted if whole else selective
        if asked and len(found) < MOST_CANDIDATES:
            found |= _candidates(connection, match_expression(asked, whole=whole))
    matching = [(rowid, key) for rowid, key in found.items() if starts_with_all(key, wanted)]
    matching.sort(key=lambda hit: (-whole_matches(hit[1], wanted), hit[1], hit[0]))
    best = [rowid for rowid, _ in matching[:limit]]
    rows = connection.exec_driver_sql(
        "SELECT id, customer_id, document FROM customer "
        "WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(best),),
    )
    documents = {row.id: (row.customer_id, row.document) for row in rows}
    return [documents[rowid] for rowid in best]


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


def _candidates(connection: Connection, expression: str) -> dict[int, str]:
    rows = connection.exec_driver_sql(
        "SELECT id, name_key FROM customer WHERE id IN "
        "(SELECT rowid FROM customer_name WHERE customer_name MATCH ? LIMIT ?)",
        (expression, MOST_CANDIDATES),
    )
    return {row.id: row.name_key for row in rows}


def _by_prefix(connection: Connection, column: str, prefix: str, limit: int) -> Documents:
    if not prefix:
        return []
    return [
        (row.customer_id, row.document)
        for row in connection.exec_driver_sql(
            f"SELECT customer_id, document FROM customer WHERE {column} <> '' "
            f"AND {column} >= ? AND {column} < ? ORDER BY {column}, name_key, customer_id LIMIT ?",
            (prefix, after(prefix), limit),
        )
    ]
