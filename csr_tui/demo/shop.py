"""A synthetic shop made by a seed: customers, orders and products as the JSON Lines that `csr-central import` reads.

Phone numbers come from ranges that are set aside for fiction, e-mail addresses from example domains.
"""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

_FIRST = [
    "Ada",
    "Amélie",
    "Anaïs",
    "Andrés",
    "Aoife",
    "Björn",
    "Carmen",
    "Chiara",
    "Dagmar",
    "Elif",
    "Emeka",
    "Fatima",
    "Finn",
    "François",
    "Greta",
    "Hana",
    "Héctor",
    "Ines",
    "Jürgen",
    "Karel",
    "Kwame",
    "Lars",
    "Leïla",
    "Lucía",
    "Łucja",
    "Małgorzata",
    "Marek",
    "Mei",
    "Nadia",
    "Ngozi",
    "Noah",
    "Olga",
    "Øyvind",
    "Priya",
    "Quentin",
    "Rahul",
    "Renée",
    "Sakura",
    "Sean",
    "Søren",
    "Tamsin",
    "Thảo",
    "Uma",
    "Vojtěch",
    "Wanda",
    "Xavier",
    "Yusuf",
    "Zoë",
]
_LAST = [
    "Achterberg",
    "Baranov",
    "Bennett",
    "Castaño",
    "Clarke",
    "Dąbrowski",
    "Díaz",
    "Ekström",
    "Fischer",
    "Großmann",
    "Haddad",
    "Hughes",
    "Ibáñez",
    "Jansen",
    "Jokinen",
    "Kowalczyk",
    "Kumar",
    "Larsen",
    "Lefèvre",
    "MacLeod",
    "Mbeki",
    "Müller",
    "Nakamura",
    "Nguyễn",
    "Novák",
    "O'Brien",
    "Okafor",
    "Östberg",
    "Park",
    "Petrović",
    "Quinn",
    "Rossi",
    "Šimić",
    "Schäfer",
    "Silva",
    "Sørensen",
    "Tanaka",
    "Taylor",
    "Thórsson",
    "Ünal",
    "Vasquez",
    "Weiß",
    "Wójcik",
    "Yıldız",
    "Young",
    "Zając",
    "Ziegler",
]
_CITIES = (
    ("Bristol", "BS1 4", "+44117496"),
    ("Leeds", "LS1 5", "+44113496"),
    ("Manchester", "M1 2", "+44161496"),
    ("Edinburgh", "EH1 1", "+44131496"),
    ("Glasgow", "G2 8", "+44141496"),
    ("Liverpool", "L1 8", "+44151496"),
    ("Sheffield", "S1 2", "+44114496"),
    ("Cardiff", "CF10 1", "+44292018"),
    ("Birmingham", "B2 4", "+44121496"),
    ("London", "SW1A 2", "+44207946"),
)
"""City, start of its postcodes, and the start of its numbers for drama use (Ofcom: …0000 to …0999)."""

_CATALOG: tuple[tuple[str, str, str, int], ...] = (
    ("EL-1001", "Noise-cancelling headphones", "electronics", 14990),
    ("EL-1002", "Smart watch 41 mm", "electronics", 24900),
    ("EL-1003", "Portable speaker", "electronics", 5995),
    ("EL-1004", "Tablet 11 inch 128 GB", "electronics", 42900),
    ("EL-1005", "Wireless charger", "electronics", 2450),
    ("CL-2001", "Merino jumper navy M", "clothing", 6500),
    ("CL-2002", "Rain jacket green L", "clothing", 8999),
    ("CL-2003", "Running shoes 42", "clothing", 10990),
    ("CL-2004", "Linen shirt white S", "clothing", 3999),
    ("CL-2005", "Wool socks, three pairs", "clothing", 1450),
    ("HY-3001", "Electric toothbrush", "hygiene", 7999),
    ("HY-3002", "Swimsuit black 38", "hygiene", 3450),
    ("HY-3003", "In-ear plugs, ten pairs", "hygiene", 899),
    ("HO-4001", "Cast-iron pan 26 cm", "home", 4495),
    ("HO-4002", "Desk lamp, brass", "home", 5990),
    ("HO-4003", "Tea towels, set of four", "home", 1667),
    ("HO-4004", "Glass carafe 1 l", "home", 1299),
    ("HO-4005", "Wall clock, oak", "home", 3333),
    ("HO-4006", "Plant pot, terracotta", "home", 799),
    ("CS-5001", "Winter coat, last season", "clearance", 5000),
    ("CS-5002", "Garden chair, display piece", "clearance", 2900),
)
_SERIAL_TRACKED = frozenset({"EL-1002", "EL-1004"})


@dataclass(frozen=True, slots=True)
class ShopFiles:
    """The files of one shop."""

    customers: Path
    orders: Path
    lines: Path
    products: Path


def make_shop(folder: Path, *, customers: int, now: datetime, seed: int = 20) -> ShopFiles:
    """Write a shop with this many customers; the same seed and day give the same shop."""
    random = Random(seed)  # noqa: S311 - repeatable, not secret
    files = ShopFiles(
        folder / "customers.jsonl",
        folder / "orders.jsonl",
        folder / "lines.jsonl",
        folder / "products.jsonl",
    )
    today = now.replace(hour=9, minute=0, second=0, microsecond=0)
    with (
        files.customers.open("w", encoding="utf-8") as customer_file,
        files.orders.open("w", encoding="utf-8") as order_file,
        files.lines.open("w", encoding="utf-8") as line_file,
    ):
        order_number = 100_000
        for index in range(customers):
            customer = _customer(index, random)
            _write(customer_file, customer)
            for _ in range(random.choice((1, 1, 1, 2, 2, 3, 5))):
                order_number += random.randint(1, 3)
                order, lines = _order(str(order_number), customer, today, random)
                _write(order_file, order)
                for line in lines:
                    _write(line_file, line)
    with files.products.open("w", encoding="utf-8") as product_file:
        for sku, name, category, price in _CATALOG:
            product = {"sku": sku, "name": name, "category": category}
            costs = {"price": _major(price), "tax": _major(round(price / 6)), "currency": "GBP"}
            _write(product_file, product | costs)
    return files


def _customer(index: int, random: Random) -> dict[str, Any]:
    first, last = random.choice(_FIRST), random.choice(_LAST)
    city, postcode, phone = random.choice(_CITIES)
    name = f"{first} {last}"
    plain = unicodedata.normalize("NFKD", f"{first}.{last}".lower().replace("ß", "ss"))
    ascii_name = "".join(c for c in plain if c.isascii() and (c.isalpha() or c == "."))
    return {
        "customer_id": f"C{index + 1:06d}",
        "name": name,
        "email": f"{ascii_name}{index + 1}@example.com",
        "phone": f"{phone}{random.randrange(1000):04d}",
        "postcode": f"{postcode}{random.choice('ABDEFGHJLNPQRSTUWXYZ')}{random.choice('ABDEFGHJLN')}",
        "city": city,
        "country": "GB",
        "tier": random.choice(("", "", "", "gold")),
        "risk_flags": ["address reused"] if random.random() < 0.02 else [],
    }


def _order(
    number: str, customer: dict[str, Any], today: datetime, random: Random
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    age = random.choice((2, 4, 6, 9, 12, 15, 20, 25, 28, 33, 45, 70, 120, 200))
    placed = today - timedelta(days=age + 3, minutes=random.randrange(600))
    lines = []
    total = 0
    for position in range(1, random.choice((1, 1, 2, 2, 3, 4)) + 1):
        sku, name, category, price = random.choice(_CATALOG)
        quantity = 1 if sku in _SERIAL_TRACKED else random.choice((1, 1, 1, 2, 3))
        gross = price * quantity
        total += gross
        line: dict[str, Any] = {
            "order_id": number,
            "line_no": position,
            "sku": sku,
            "name": name,
            "category": category,
            "qty": quantity,
            "delivered": quantity,
            "delivered_at": (placed + timedelta(days=3)).isoformat(),
            "gross": _major(gross),
            "tax": _major(round(gross / 6)),
            "final_sale": category == "clearance",
        }
        if sku in _SERIAL_TRACKED:
            line["serials"] = [f"SN{random.randrange(10**8):08d}"]
        if category == "electronics":
            line["warranty"] = "24 months"
        lines.append(line)
    discount = 1000 if total >= 10_000 and random.random() < 0.3 else 0
    shipping = 0 if total >= 15_000 else 495
    paid = total - discount + shipping
    gift = min(paid // 2, 5000) if random.random() < 0.15 else 0
    tenders = [{"kind": "card", "amount": _major(paid - gift), "label": "•••• 4242"}]
    if gift:
        tenders.append({"kind": "gift_card", "amount": _major(gift), "label": "gift card"})
    order: dict[str, Any] = {
        "order_id": number,
        "number": number,
        "customer_id": customer["customer_id"],
        "placed_at": placed.isoformat(),
        "currency": "GBP",
        "source": "web",
        "country": "GB",
        "tenders": tenders,
    }
    if shipping:
        order |= {"shipping": _major(shipping), "shipping_tax": _major(round(shipping / 6))}
    if discount:
        order |= {"discount": _major(discount), "discount_minimum": "100.00"}
    return order, lines


def _major(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def _write(file: Any, row: dict[str, Any]) -> None:
    file.write(json.dumps(row, ensure_ascii=False) + "\n")
