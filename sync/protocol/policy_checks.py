"""What single fields cannot tell: entries that stand twice, an end before its start, parents that lead nowhere.

The checks read the raw tree, so that their problems are told together with those of the fields; whatever is malformed
there is passed over here.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sync.protocol.policy_problems import PolicyProblem, problem_at
from sync.protocol.problem_words import shown
from sync.protocol.toml_places import Place, line_of

_GROUP_KEYS = frozenset({"code", "label", "parent"})
"""All that a group of reasons has: nobody can choose it."""


def policy_problems(tree: dict[str, Any], lines: dict[Place, int]) -> Iterator[PolicyProblem]:
    """Problems of a policy as a whole."""
    yield from _listed_twice(tree, (), lines)
    for table, key in (
        ("evidence", "reason"),
        ("shipping_payer", "reason"),
        ("limits", "role"),
        ("warranty", "category"),
        ("clauses", "id"),
    ):
        yield from _rows_twice(tree, table, key, lines)
    begin, end = tree.get("valid_from"), tree.get("valid_to")
    if (
        isinstance(begin, datetime)
        and isinstance(end, datetime)
        and begin.tzinfo
        and end.tzinfo
        and end <= begin
    ):
        yield problem_at(lines, ("valid_to",), "an instant after valid_from", shown(end))
    verification = tree.get("verification")
    if isinstance(verification, dict):
        needed, facts = verification.get("needed"), verification.get("facts")
        if isinstance(needed, int) and isinstance(facts, list) and needed > len(facts):
            expected = f"at most the {len(facts)} listed in verification.facts"
            yield problem_at(lines, ("verification", "needed"), expected, shown(needed))


def reasons_problems(tree: dict[str, Any], lines: dict[Place, int]) -> Iterator[PolicyProblem]:
    """Problems of a reason tree as a whole."""
    yield from _listed_twice(tree, (), lines)
    yield from _rows_twice(tree, "reasons", "code", lines)
    rows = _rows(tree, "reasons")
    parents = {
        row["code"]: row.get("parent") for _, row in rows if isinstance(row.get("code"), str)
    }
    groups = {parent for parent in parents.values() if isinstance(parent, str)}
    for index, row in rows:
        parent = row.get("parent")
        if isinstance(parent, str):
            place: Place = ("reasons", index, "parent")
            if parent not in parents:
                expected = "the code of another reason of this document"
                yield problem_at(lines, place, expected, shown(parent))
            elif _in_circle(row.get("code"), parents):
                expected = "a parent that does not lead back to this reason"
                yield problem_at(lines, place, expected, shown(parent))
        if isinstance(row.get("code"), str) and row["code"] in groups:
            for key in row.keys() - _GROUP_KEYS:
                expected = "this only on reasons that nothing hangs below"
                yield problem_at(lines, ("reasons", index, key), expected, shown(row[key]))


def _in_circle(code: Any, parents: dict[str, Any]) -> bool:
    seen = set()
    at = parents.get(code)
    while isinstance(at, str) and at not in seen:
        if at == code:
            return True
        seen.add(at)
        at = parents.get(at)
    return False


def _rows(tree: dict[str, Any], table: str) -> list[tuple[int, dict[str, Any]]]:
    rows = tree.get(table)
    if not isinstance(rows, list):
        return []
    return [(index, row) for index, row in enumerate(rows) if isinstance(row, dict)]


def _rows_twice(
    tree: dict[str, Any], table: str, key: str, lines: dict[Place, int]
) -> Iterator[PolicyProblem]:
    seen: dict[str, int] = {}
    for index, row in _rows(tree, table):
        value = row.get(key)
        if not isinstance(value, str):
            continue
        place: Place = (table, index, key)
        if value in seen:
            first = line_of(lines, (table, seen[value], key))
            expected = f"each {key} once (line {first} has it too)"
            yield problem_at(lines, place, expected, shown(value))
        seen.setdefault(value, index)


def _listed_twice(value: Any, place: Place, lines: dict[Place, int]) -> Iterator[PolicyProblem]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _listed_twice(inner, (*place, key), lines)
    elif isinstance(value, list):
        seen = set()
        for index, entry in enumerate(value):
            if isinstance(entry, str):
                if entry in seen:
                    expected = "each entry once"
                    yield problem_at(lines, (*place, index), expected, f"{shown(entry)} again")
                seen.add(entry)
            else:
                yield from _listed_twice(entry, (*place, index), lines)
