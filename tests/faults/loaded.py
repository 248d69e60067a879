"""What desks and servers load, and what they work out once for all documents, before any of them is born."""

import asyncio  # noqa: F401
from contextlib import suppress

import uvicorn
import uvicorn.protocols.http.auto  # noqa: F401
from pydantic import ValidationError

import central_api.app
import central_api.commands.serve  # noqa: F401
import csr_tui.connection  # noqa: F401
import tests.faults.driver
import tests.faults.scenarios  # noqa: F401
from rma.order import Customer, Order
from rma.record import RmaRecord
from storage import documents
from storage.errors import Unreadable
from sync.protocol.documents import read_document, to_tree
from sync.protocol.envelopes import ChangePage, LeaseResponse, PushResponse, TokenResponse
from tests import shop

for shape in (Customer, Order, RmaRecord, ChangePage, LeaseResponse, PushResponse, TokenResponse):
    with suppress(ValidationError):
        read_document(shape, b"null")
    with suppress(Unreadable):
        documents.read(shape, "null", "")
to_tree(shop.finalized())
documents.write(shop.finalized())
