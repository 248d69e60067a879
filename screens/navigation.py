"""Where to go next: messages that a screen posts and the app answers. Screens know no other screen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from textual.message import Message

from rma.numbers import spoken
from rma.wording import _

if TYPE_CHECKING:
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
class TypeOrder(Message):
    """The order that the caller means is not known here: the agent types it; `draft_id` is one that was begun."""

    number: str = ""
    customer_id: str = ""
    draft_id: str = ""


@dataclass
class CorrectOrder(Message):
    """The order of a return was typed wrong: the agent goes back to it."""

    draft_id: str


@dataclass
class OrderTyped(Message):
    """An order was typed by hand: its return can be typed now."""

    draft_id: str


@dataclass
class ResumeDraft(Message):
    """The agent goes on with a draft."""

    draft_id: str


@dataclass
class OpenRma(Message):
    """The agent wants to see an RMA."""

    number: str


@dataclass
class VerifyCaller(Message):
    """The agent asks the caller for facts, so that contact data may be shown."""

    customer_id: str


@dataclass
class OpenSlip(Message):
    """The agent wants to see what the customer gets in writing about an RMA."""

    number: str


@dataclass
class ReturnMade(Message):
    """A return got its number: show it in place of the panel that made it."""

    record: RmaRecord


@dataclass
class ReturnLeft(Message):
    """The agent left the panel without a number; `text` says what became of the draft, on the screen before it."""

    text: str
    gone: str = ""
    """The draft, where it was thrown away."""


@dataclass
class NextCall(Message):
    """The caller has the number: the agent takes the next call."""


@dataclass
class OpenApprovals(Message):
    """The agent wants to see what waits for a supervisor."""


@dataclass
class OpenAttention(Message):
    """The agent wants to see what the server changed or refused."""


@dataclass(frozen=True, slots=True)
class About:
    """Whom a screen shows, and which of their returns."""

    customer_id: str
    name: str
    draft_id: str = ""
    number: str = ""
    kept: bool = False
    """Whether the draft can be gone back to: something was typed into it."""

    @property
    def words(self) -> str:
        """For a list of places: `471 2030 5870 · Maria Müller`."""
        what = spoken(self.number) if self.number else _("draft")
        return f"{what} · {self.name}"


@dataclass
class Shown(Message):
    """A screen shows a customer, or a return of theirs."""

    about: About


@dataclass
class CallBegan(Message):
    """The first letter stands in the empty search box: somebody calls."""


@dataclass
class CallEnded(Message):
    """The search box was emptied for the next call."""
