"""Where to go next: messages that a screen posts and the app answers. Screens know no other screen."""

from __future__ import annotations

from dataclasses import dataclass

from textual.message import Message

from rma.record import RmaRecord


@dataclass
class OpenCustomer(Message):
    """The agent chose a customer; `order_id` is the order to stand on."""

    customer_id: str
    order_id: str | None = None


@dataclass
class StartReturn(Message):
    """The agent wants to return goods of an order; `line_id` is the line to stand on."""

    order_id: str
    line_id: str | None = None


@dataclass
class ResumeDraft(Message):
    """The agent goes on with a draft."""

    draft_id: str


@dataclass
class OpenRma(Message):
    """The agent wants to see an RMA."""

    number: str


@dataclass
class ReturnMade(Message):
    """A return got its number: show it in place of the panel that made it."""

    record: RmaRecord


@dataclass
class ReturnLeft(Message):
    """The agent left the panel without a number; `text` says what became of the draft, on the screen before it."""

    text: str


@dataclass
class NextCall(Message):
    """The caller has the number: the agent takes the next call."""


@dataclass
class OpenApprovals(Message):
    """The agent wants to see what waits for a supervisor."""


@dataclass
class OpenAttention(Message):
    """The agent wants to see what the server changed or refused."""
