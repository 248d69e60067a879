"""Commands of the return slip: where an RMA is shown, and on the slip itself."""

from __future__ import annotations

from rma.wording import mark
from screens.commands.command import Command
from screens.commands.everywhere import LEAVE

SHOW_SLIP = Command(
    id="slip.show",
    key="p",
    label=mark("Slip"),
    action="slip",
    in_line=True,
    help=mark("Show the return slip: what the customer gets in writing, with the packaging."),
)
MAIL_SLIP = Command(
    id="slip.mail",
    key="m",
    label=mark("Mail"),
    action="mail_slip",
    in_line=True,
    help=mark(
        "Queue the return slip to be mailed to the customer; Enter alone takes their address."
    ),
)
SAVE_SLIP = Command(
    id="slip.save",
    key="w",
    label=mark("Save PDF"),
    action="save_slip",
    in_line=True,
    help=mark("Save the return slip as a PDF into your documents."),
)

SLIP_KEYS = (SHOW_SLIP, MAIL_SLIP, SAVE_SLIP)
"""Wherever one RMA is shown."""

SLIP: tuple[Command, ...] = (
    LEAVE,
    MAIL_SLIP,
    SAVE_SLIP,
    Command(
        id="slip.save_text",
        key="x",
        label=mark("Save text"),
        action="save_slip_text",
        in_line=True,
        help=mark("Save the return slip as a text into your documents."),
    ),
)
