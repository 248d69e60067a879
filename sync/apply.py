"""What the server tells, as rows of the local copy: documents read strictly, policies and reasons read from their TOML.

Kinds that this release does not know are skipped: they have no place in its copy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rma.erasing import Erasure
from rma.errors import RmaError
from rma.order import Customer, Order, Product
from rma.policy import Policy
from rma.reasons import ReasonTree
from rma.record import RmaRecord
from rma.refused import RefusedReturn
from rma.wording import _
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


@dataclass(frozen=True, slots=True)
class _Kind:
    """How one kind of thing is read."""

    document: Any
    """What travels."""
    page: Any
    """What a page of a first download is."""
    made: Callable[[Any], Any] = _as_it_is
    """What the local copy keeps of a document."""


_KINDS = {
    "erasure": _Kind(Erasure, list[_Line[Erasure]]),
    "customer": _Kind(Customer, list[_Line[Customer]]),
    "order": _Kind(Order, list[_Line[Order]]),
    "product": _Kind(Product, list[_Line[Product]]),
    "rma": _Kind(RmaRecord, list[_Line[RmaRecord]]),
    "refusal": _Kind(RefusedReturn, list[_Line[RefusedReturn]]),
    "policy": _Kind(PolicyDocument, list[_Line[PolicyDocument]], _policy),
    "reasons": _Kind(ReasonsDocument, list[_Line[ReasonsDocument]], _reasons),
}


def rows_of(changes: Iterable[Change]) -> list[ReferenceRow]:
    """Changes of the feed as rows.

    Raises:
        UnreadableAnswer: if a document is not what its kind says.
    """
    rows = []
    for change in changes:
        kind = _KINDS.get(change.kind)
        if kind is None:
            continue
        try:
            value = None
            if not _gone(change):
                value = kind.made(read_tree(kind.document, change.document))
        except (ValueError, RmaError) as error:
            raise UnreadableAnswer(f"{change.kind} {change.key}") from error
        rows.append(ReferenceRow(change.kind, change.key, change.row_version, value))
    return rows


def rows_of_page(name: str, page: bytes) -> tuple[ReferenceRow, ...]:
    """A page of a first download (one JSON document per line) as rows of the kind `name`.

    Raises:
        UnreadableAnswer: if a line is not a row of this kind.
    """
    kind = _KINDS.get(name)
    if kind is None:
        return ()
    listed = b"[" + b",".join(line for line in page.split(b"\n") if line) + b"]"
    try:
        lines: list[_Line[Any]] = read_document(kind.page, listed)
        return tuple(_row(name, line, kind.made) for line in lines)
    except (ValueError, RmaError) as error:
        raise UnreadableAnswer(_("a page of {kind}").format(kind=name)) from error


def _row(name: str, line: _Line[Any], made: Callable[[Any], Any]) -> ReferenceRow:
    if line.kind != name:
        raise ValueError(f"a row that is no {name}")
    value = None if _gone(line) else made(line.document)
    return ReferenceRow(name, line.key, line.row_version, value)


def _gone(row: Change | _Line[Any]) -> bool:
    """Whether it is a tombstone; a row without a document that is none is an error."""
    if not row.deleted and row.document is None:
        raise ValueError("a row without its document")
    return row.deleted
