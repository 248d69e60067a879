"""What changes between two policy documents, field by field and in words.

Compared is what the documents mean, defaults included: a key that is written out with its default is no change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from rma.money import format_amount
from rma.policy import Amounts
from sync.protocol.policies import read_policy
from sync.protocol.policy_words import (
    EVERYTHING,
    FIELDS,
    SECTIONS,
    TOLD,
    UNITS,
    UNSET,
    general_key,
    section_and_name,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field that differs."""

    section: str
    """As the documentation calls it."""
    key: str
    """Such as `fees.return_shipping.EUR` or `evidence[quality].evidence`."""
    name: str
    """The field, in words."""
    before: str | None
    """None: was not there."""
    after: str | None
    """None: is not there."""

    def __str__(self) -> str:
        if self.before is None:
            return f"{self.name}: new, {self.after}"
        if self.after is None:
            return f"{self.name}: gone, was {self.before}"
        return f"{self.name}: {self.before} -> {self.after}"


def policy_differences(before: str, after: str) -> tuple[Difference, ...]:
    """Everything that differs between two policy documents (TOML), by section.

    Raises:
        BadPolicy: if one of them is no policy.
    """
    old, new = dict(_words(read_policy(before))), dict(_words(read_policy(after)))
    found = []
    for key in dict.fromkeys([*old, *new]):
        if old.get(key) != new.get(key):
            section, name = section_and_name(key)
            found.append(
                Difference(
                    section=section, key=key, name=name, before=old.get(key), after=new.get(key)
                )
            )
    return tuple(sorted(found, key=lambda difference: SECTIONS.index(difference.section)))


def _words(table: BaseModel, above: str = "") -> Iterator[tuple[str, str]]:
    """Each key below a table with its value in words."""
    for field, value in table:
        yield from _field(f"{above}.{field}" if above else field, value)


def _field(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Amounts):
        if key in UNSET:
            yield key, "by currency; in any other one each"
        for entry in value.entries:
            yield f"{key}.{entry.currency}", format_amount(entry.amount, entry.currency)
    elif isinstance(value, BaseModel):
        yield from _words(value, key)
    elif isinstance(value, list) and value and isinstance(value[0], BaseModel):
        for row in value:
            named, *rest = row
            for field, inner in rest:
                yield from _field(f"{key}[{named[1]}].{field}", inner)
    elif value == [] and general_key(key) not in FIELDS:
        return  # no rows
    elif value is not None or key in UNSET:
        yield key, _said(key, value)


def _said(key: str, value: Any) -> str:
    if value is None:
        return UNSET[key]
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC"
    if isinstance(value, list) and section_and_name(key)[0] == TOLD:
        return " / ".join(value) or "none"
    if isinstance(value, list):
        nothing = "all" if {key, key.partition(".")[0]} & EVERYTHING else "none"
        return ", ".join(_entry(entry) for entry in value) or nothing
    if key == "fees.restocking_percent":
        return f"{format_amount(value, 'EUR').removesuffix('.00')} %"
    text = value.replace("_", " ") if isinstance(value, StrEnum) else str(value)
    unit = UNITS.get(general_key(key))
    return f"{text} {unit}" if unit else text


def _entry(entry: Any) -> str:
    return entry.replace("_", " ") if isinstance(entry, StrEnum) else str(entry) or "not said"
