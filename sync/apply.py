"""What the server tells, as rows of the local copy: documents read strictly, policies and reasons read from their TOML.

Kinds that this release does not know are skipped: they have no place in its copy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import ValidationError

from rma.errors import RmaError
from rma.order import Customer, Order, Product
from rma.policy import Policy
from rma.reasons import ReasonTree
from rma.record import RmaRecord
from storage.reference_rows import ReferenceRow
from sync.errors import UnreadableAnswer
from sync.protocol.documents import read_document, read_tree
from sync.protocol.envelopes import Change, PolicyDocument, ReasonsDocument
from sync.protocol.policies import parse_policy, parse_reasons

D = TypeVar("D")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line(Generic[D]):
    """A `Change` whose document is read in the same go: a first download has millions."""

    kind: str
    key: str
    row_version: int
    deleted: bool = False
    document: D | None = None


def _policy(document: PolicyDocument) -> Policy:
    return parse_policy(document.toml)


def _reasons(document: ReasonsDocument) -> ReasonTree:
    return parse_reasons(document.toml)


def _as_it_is(document: Any) -> Any:
    return document


_SHAPES: dict[str, tuple[Any, Callable[[Any], Any]]] = {
    "customer": (Customer, _as_it_is),
    "order": (Order, _as_it_is),
    "product": (Product, _as_it_is),
    "rma": (RmaRecord, _as_it_is),
    "policy": (PolicyDocument, _policy),
    "reasons": (ReasonsDocument, _reasons),
}
"""For each kind the document that travels, and what is made of it."""


def rows_of(changes: Iterable[Change]) -> list[ReferenceRow]:
    """Changes of the feed as rows.

    Raises:
        UnreadableAnswer: if a document is not what its kind says.
    """
    rows = []
    for change in changes:
        if change.kind not in _SHAPES:
            continue
        shape, made = _SHAPES[change.kind]
        try:
            document = None if _gone(change) else made(read_tree(shape, change.document))
        except (ValidationError, ValueError, RmaError) as error:
            raise UnreadableAnswer(f"{change.kind} {change.key}") from error
        rows.append(ReferenceRow(change.kind, change.key, change.row_version, document))
    return rows


def rows_of_page(kind: str, page: bytes) -> tuple[ReferenceRow, ...]:
    """A page of a first download (one JSON document per line) as rows.

    Raises:
        UnreadableAnswer: if a line is not a row of this kind.
    """
    if kind not in _SHAPES:
        return ()
    shape, made = _SHAPES[kind]
    listed = b"[" + b",".join(line for line in page.splitlines() if line) + b"]"
    try:
        lines: list[_Line[Any]] = read_document(list[_Line[shape]], listed)
        if any(line.kind != kind for line in lines):
            raise ValueError(f"a row that is no {kind}")
        return tuple(
            ReferenceRow(
                kind, line.key, line.row_version, None if _gone(line) else made(line.document)
            )
            for line in lines
        )
    except (ValidationError, ValueError, RmaError) as error:
        raise UnreadableAnswer(f"a page of {kind}") from error


def _gone(row: Change | _Line[Any]) -> bool:
    """Whether it is a tombstone; a row without a document that is none is an error."""
    if not row.deleted and row.document is None:
        raise ValueError("a row without its document")
    return row.deleted
