"""What a newer release made: it waits on its desk until this server is updated as well.

Servers are updated one after the other, and sometimes put back. A refusal would be stored and final, and the server that
can read the same bytes would repeat it. So nothing of such a line is judged, and nothing of it is kept.
"""

from __future__ import annotations

from dataclasses import dataclass

from msgspec import MsgspecError, Struct
from msgspec.json import Decoder

from sync.protocol.envelopes import PROTOCOL_VERSION


@dataclass(frozen=True, slots=True)
class Newer:
    """An operation of a newer protocol."""

    op_id: str


class _Head(Struct):
    """What every envelope has, of whatever release; the rest is passed over."""

    protocol: int
    op_id: str


_HEADS = Decoder(_Head)


def newer(body: bytes) -> Newer | None:
    """The operation in these bytes where it is of a newer protocol, whatever else they hold; None where it is not."""
    try:
        head = _HEADS.decode(body)
    except (MsgspecError, RecursionError, UnicodeDecodeError):
        return None
    if head.protocol <= PROTOCOL_VERSION or not 1 <= len(head.op_id) <= 80:
        return None
    return Newer(head.op_id) if head.op_id.isprintable() else None
