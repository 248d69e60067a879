"""What the server tells, as rows of the local copy: documents read strictly, policies and reasons read from their TOML.

Kinds that this release does not know are skipped: they have no place in its copy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from msgspec import Raw, Struct
from msgspec.json import Decoder

from rma.erasing import Erasure
from rma.errors import RmaError
from rma.order import Customer, Order, Product
from rma.policy import Policy
from rma.reasons import ReasonTree
from rma.record import RmaRecord
from rma.refused import RefusedReturn
from rma.wording import _
from storage.reference_rows import ReferenceRow
from storage.searched import SearchedCustomer, SearchedOrder, SearchedProduct, SearchedRma
from sync.errors import UnreadableAnswer
from sync.protocol.documents import read_document, read_tree
from sync.protocol.envelopes import Change, PolicyDocument, ReasonsDocument
from sync.protocol.policies import parse_policy, parse_reasons

_NOTHING = Raw(b"null")


class _Line(Struct, forbid_unknown_fields=True, gc=False):
    """A `Change` whose document is not read yet."""

    kind: str
    key: str
    row_version: int
    deleted: bool = False
    document: Raw = _NOTHING


_LINES = Decoder(_Line)


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
    made: Callable[[Any], Any] = _as_it_is
    """What the local copy keeps of a document."""
    searched: Decoder[Any] | None = None
    """What is taken out of a document that is kept as it came; None: all of it is read, they are few."""


_KINDS = {
    "erasure": _Kind(Erasure),
    "customer": _Kind(Customer, searched=Decoder(SearchedCustomer)),
    "order": _Kind(Order, searched=Decoder(SearchedOrder)),
    "product": _Kind(Product, searched=Decoder(SearchedProduct)),
    "rma": _Kind(RmaRecord, searched=Decoder(SearchedRma)),
    "refusal": _Kind(RefusedReturn),
    "policy": _Kind(PolicyDocument, _policy),
    "reasons": _Kind(ReasonsDocument, _reasons),
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

    Of what comes by the million only what is searched is read, and of each page one document as strictly as all are when
    they are opened: a server that means something else by them is found out before its copy is used.

    Raises:
        UnreadableAnswer: if a line is not a row of this kind.
    """
    kind = _KINDS.get(name)
    if kind is None:
        return ()
    try:
        lines = _LINES.decode_lines(page)
        rows = tuple(_row(name, kind, line) for line in lines)
        if kind.searched is not None and rows and rows[0].document is not None:
            read_document(kind.document, rows[0].document)
    except (ValueError, RmaError) as error:
        raise UnreadableAnswer(_("a page of {kind}").format(kind=name)) from error
    return rows


def whole(row: ReferenceRow) -> ReferenceRow:
    """A row of a first download whose document was kept as it came, with all of it read.

    Raises:
        UnreadableAnswer: if the document is not what its kind says.
    """
    if row.document is None:
        return row
    try:
        value = read_document(_KINDS[row.kind].document, row.document)
    except ValueError as error:
        raise UnreadableAnswer(f"{row.kind} {row.key}") from error
    return row._replace(value=value, document=None)


def _row(name: str, kind: _Kind, line: _Line) -> ReferenceRow:
    if line.kind != name:
        raise ValueError(f"a row that is no {name}")
    if line.deleted:
        return ReferenceRow(name, line.key, line.row_version, None)
    document = str(line.document, "utf-8")
    if kind.searched is None:
        value = kind.made(read_document(kind.document, document))
        return ReferenceRow(name, line.key, line.row_version, value)
    value = kind.searched.decode(line.document)
    return ReferenceRow(name, line.key, line.row_version, value, document)


def _gone(row: Change) -> bool:
    """Whether it is a tombstone; a row without a document that is none is an error."""
    if not row.deleted and row.document is None:
        raise ValueError("a row without its document")
    return row.deleted
