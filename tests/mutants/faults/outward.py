"""Faults of what goes out, of taxes that the source does not say, and of the end of an RMA."""

from __future__ import annotations

from tests.mutants.fault import Fault

EXCHANGE, OUTBOUND, RULES, SENDING = (
    "rma/exchange.py",
    "rma/outbound.py",
    "rma/outbound_rules.py",
    "rma/sending.py",
)
EXPIRY, AGAIN, TAXES = "rma/expiry.py", "rma/again.py", "rma/taxes.py"
_EXCHANGE = ("tests/rma/test_exchange.py",)
_OUTBOUND = ("tests/rma/test_outbound.py",)
_EXPIRY = ("tests/rma/test_expiry.py",)

FAULTS = (
    Fault(
        "the carried value is not used up",
        OUTBOUND,
        "return min(self.credit, self.total)",
        "return 0",
        _EXCHANGE,
    ),
    Fault(
        "more value is carried over than the exchange costs",
        OUTBOUND,
        "return min(self.credit, self.total)",
        "return self.credit",
        _EXCHANGE,
    ),
    Fault(
        "the price difference has the wrong sign",
        OUTBOUND,
        "return self.total - self.credit\n",
        "return self.credit - self.total\n",
        _EXCHANGE,
    ),
    Fault(
        "a replacement costs its price again",
        OUTBOUND,
        "return sum(line.price for line in self.lines if not line.replacement) + self.shipping",
        "return sum(line.price for line in self.lines) + self.shipping",
        _EXCHANGE,
    ),
    Fault(
        "goodwill that paid for an exchange comes back as money",
        OUTBOUND,
        "return self.price - self.discount",
        "return self.price",
        _EXCHANGE,
    ),
    Fault(
        "what was promised can come back before it was delivered",
        OUTBOUND,
        "delivered=out.units if sent.delivered_at is not None else 0,",
        "delivered=out.units,",
        _EXCHANGE,
    ),
    Fault(
        "a replacement begins a warranty of its own",
        OUTBOUND,
        "warranty_from=(began or origin.delivered_at or order.placed_at)",
        "warranty_from=(sent.delivered_at or order.placed_at)",
        _EXCHANGE,
    ),
    Fault(
        "an exchanged item inherits the warranty of its origin",
        OUTBOUND,
        "warranty=origin.warranty if out.replacement else None,",
        "warranty=origin.warranty,",
        _EXCHANGE,
    ),
    Fault(
        "the paid difference is not refundable afterwards",
        OUTBOUND,
        "    if sent.payment is not None and sent.payment.amount:",
        "    if sent.payment is not None and sent.payment.amount < 0:",
        _EXCHANGE,
    ),
    Fault(
        "goods leave before the return is authorized",
        SENDING,
        "_AUTHORIZED = HOLDING - {_S.NEEDS_APPROVAL}",
        "_AUTHORIZED = HOLDING",
        _OUTBOUND,
    ),
    Fault(
        "a replacement refunds the money, too",
        EXCHANGE,
        "        amount=-sum(c.amount for c in worth),",
        "        amount=-sum(c.tax for c in worth),",
        _EXCHANGE,
    ),
    Fault(
        "sending is charged at the merchant's fault",
        EXCHANGE,
        "    if any(each.merchant_fault for each in returned):",
        "    if not returned:",
        _EXCHANGE,
    ),
    Fault(
        "one unit is paid for whatever goes out",
        EXCHANGE,
        "        price=price.gross * units,",
        "        price=price.gross,",
        _EXCHANGE,
    ),
    Fault(
        "a price in another currency is taken as it stands",
        EXCHANGE,
        "product.price is None or product.price.currency != currency:",
        "product.price is None:",
        _EXCHANGE,
    ),
    Fault(
        "the same item is exchanged for itself",
        RULES,
        "return one.strip().casefold() == other.strip().casefold()",
        "return one == other.strip() * 2",
        ("tests/rma/test_live_entries.py", "tests/rma/test_decisions.py", *_EXCHANGE),
    ),
    Fault(
        "goods without a fault are replaced",
        RULES,
        "    if wanted.resolution is Resolution.REPLACEMENT and not case.fault:",
        "    if wanted.resolution is Resolution.REPLACEMENT and wanted.quantity < 0:",
        _EXCHANGE,
    ),
    Fault(
        "tax that only the order knows is lost by rounding",
        TAXES,
        "taxes[index] = part",
        "taxes[index] = part // 2 * 2",
        ("tests/rma/test_taxes.py",),
    ),
    Fault(
        "tax that only the order knows is counted twice",
        TAXES,
        "    left = order_tax - sum(taxes)",
        "    left = order_tax",
        ("tests/rma/test_taxes.py",),
    ),
    Fault(
        "an RMA expires on its last day",
        EXPIRY,
        "record.expires_at is not None and record.expires_at <= now",
        "record.expires_at is not None and record.expires_at <= now + timedelta(hours=1)",
        _EXPIRY,
    ),
    Fault(
        "an RMA whose goods left expires",
        EXPIRY,
        "record.outbound is not None and record.outbound.state in ON_THE_WAY:",
        "record.outbound is not None and record.outbound.state not in ON_THE_WAY:",
        _OUTBOUND,
    ),
    Fault(
        "agents extend returns",
        EXPIRY,
        "    if not actor.role.approves:",
        "    if not actor.role.makes_returns:",
        _EXPIRY,
    ),
    Fault(
        "an extension takes units that others hold by now",
        AGAIN,
        "    if over is not None:",
        "    if over is not None and not over.sentence:",
        _EXPIRY,
    ),
    Fault(
        "an extension pays another amount than was told",
        AGAIN,
        "    if not _as_told(quote, told):",
        "    if not quote.lines:",
        _EXPIRY,
    ),
)
