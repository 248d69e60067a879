"""How the fields of a policy are called, and what stands for a value that is not set; `docs/policy.md` explains each."""

from __future__ import annotations

import re

IT_IS = "What it is"
COVERS = "What it covers"
WHO_MAY = "Who may make the return"
COMES_BACK = "What may come back"
MONEY = "The money"
WHO_DECIDES = "Who decides"
TOLD = "What the caller is told"

SECTIONS = (IT_IS, COVERS, WHO_MAY, COMES_BACK, MONEY, WHO_DECIDES, TOLD)
"""In the order of the documentation."""

FIELDS: dict[str, tuple[str, str]] = {
    "code": (IT_IS, "code"),
    "version": (IT_IS, "version"),
    "name": (IT_IS, "name"),
    "active": (IT_IS, "judges at all"),
    "valid_from": (IT_IS, "judges from"),
    "valid_to": (IT_IS, "judges until"),
    "time_zone": (IT_IS, "time zone of the shop"),
    "scope.channels": (COVERS, "channels"),
    "scope.tiers": (COVERS, "tiers of customers"),
    "scope.categories": (COVERS, "categories"),
    "scope.countries": (COVERS, "countries"),
    "scope.sources": (COVERS, "sources of orders"),
    "agent_return": (WHO_MAY, "an agent may make it"),
    "authorized_link": (WHO_MAY, "the customer may be sent a link"),
    "contact": (WHO_MAY, "contact that is recorded"),
    "verification.needed": (WHO_MAY, "facts that the caller has to give"),
    "verification.facts": (WHO_MAY, "facts that count"),
    "window.days": (COMES_BACK, "days to come back"),
    "window.starts": (COMES_BACK, "the days start when"),
    "conditions": (COMES_BACK, "accepted conditions"),
    "proof": (COMES_BACK, "accepted proofs of purchase"),
    "final_sale": (COMES_BACK, "final sale"),
    "evidence[].evidence": (COMES_BACK, "evidence for {}"),
    "warranty[].months": (COMES_BACK, "warranty of {}"),
    "overridable": (COMES_BACK, "refusals an agent may set aside"),
    "fees.restocking_percent": (MONEY, "restocking fee"),
    "fees.restocking_conditions": (MONEY, "conditions that are charged"),
    "fees.return_shipping": (MONEY, "return shipping"),
    "fees.outbound_shipping": (MONEY, "shipping of an exchange"),
    "fees.taxed": (MONEY, "fees hold tax"),
    "shipping_payer[].payer": (MONEY, "who pays the way back for {}"),
    "original_shipping": (MONEY, "shipping that was paid goes back"),
    "coupon": (MONEY, "discount whose minimum is lost"),
    "resolutions": (MONEY, "resolutions, as offered"),
    "store_credit_after_days": (MONEY, "store credit for orders older than"),
    "refund_timing": (MONEY, "money is due"),
    "authorization": (WHO_DECIDES, "authorization"),
    "approval.amount": (WHO_DECIDES, "approval above"),
    "approval.risk": (WHO_DECIDES, "a risk asks for approval"),
    "approval.outside_window": (WHO_DECIDES, "approval outside the window"),
    "approval.many_returns": (WHO_DECIDES, "many returns"),
    "approval.many_returns.count": (WHO_DECIDES, "many returns are"),
    "approval.many_returns.days": (WHO_DECIDES, "many returns within"),
    "limits[].manual": (WHO_DECIDES, "largest amount by hand, {}"),
    "limits[].goodwill": (WHO_DECIDES, "largest goodwill, {}"),
    "expires_after_days": (WHO_DECIDES, "an unused return expires after"),
    "offline_hours": (WHO_DECIDES, "offline allowance"),
    "carriers": (TOLD, "carriers"),
    "packaging": (TOLD, "packaging"),
    "survey": (TOLD, "questions"),
    "shop": (TOLD, "name of the shop"),
    "return_address": (TOLD, "where to send it"),
    "clauses[].text": (TOLD, "clause {}"),
    "clauses[].tags": (TOLD, "tags of clause {}"),
}
"""Section and name of each key; `[]` is a row of a list, `{}` what it is about."""

UNSET = {
    "valid_to": "no end",
    "window.days": "no limit",
    "store_credit_after_days": "never",
    "expires_after_days": "never",
    "offline_hours": "no limit",
    "approval.amount": "no threshold",
    "approval.many_returns": "no flag",
}
"""What a key means that is not there."""

EVERYTHING = frozenset({"scope", "fees.restocking_conditions"})
"""Where an empty list means all, not none; tables for all of their keys."""

UNITS = {
    "window.days": "days",
    "warranty[].months": "months",
    "approval.many_returns.days": "days",
    "store_credit_after_days": "days",
    "expires_after_days": "days",
    "offline_hours": "hours",
}

_ROW = re.compile(r"\[(.*)\]")


def general_key(key: str) -> str:
    """The key without the row that it is about: `limits[].manual` of `limits[agent].manual`."""
    return _ROW.sub("[]", key)


def section_and_name(key: str) -> tuple[str, str]:
    """Section of the documentation and name of a key such as `fees.return_shipping.EUR` or `limits[agent].manual`."""
    row = _ROW.search(key)
    known, currency = general_key(key), ""
    if known not in FIELDS and "." in known:
        known, _, currency = known.rpartition(".")
    section, name = FIELDS.get(known, (IT_IS, known.replace("_", " ").replace(".", ": ")))
    name = name.format(row[1].replace("_", " ")) if row else name
    return section, f"{name}, {currency}" if currency else name
