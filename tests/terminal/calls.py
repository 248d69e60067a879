"""Calls as an agent types them: random bursts of keys over every screen, the same for the same seed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

from tests.terminal.typist import Burst

REASONS = ["chan", "too_l", "wrong", "dama", "defec", "not_as", "ord", "1", "other", "gif"]
CONDITIONS = ["new", "opened", "dam", "o", "1", "x"]
REMEDIES = ["refund", "store", "r", "s"]

ANYWHERE: list[Burst] = [
    ["f1", "f1"],
    ["f1", "esc"],
    ["f5"],
    ["f8", "f3"],
    ["f8", "down", "enter", "f3", "f3"],
    ["ctrl+g", "esc"],
    ["ctrl+p", "sync", "enter"],
    ["ctrl+p", "esc"],
]
"""What an agent does in between and comes back from."""

IN_THE_FORM: list[Burst] = [
    ["f4", "esc"],
    ["f4", "f4"],
    ["tab", "shift+tab"],
    ["shift+tab", "enter"],
    ["ctrl+t", "ctrl+t"],
    ["pagedown"],
    ["pageup"],
    ["f2", "esc", "down", "enter"],
    ["f3", "f2", "esc", "down", "enter"],
    ["ctrl+s"],
    ["ctrl+r"],
    ["ctrl+z", "ctrl+y"],
    ["backspace"],
    ["left", "right"],
    ["home", "end"],
    ["up", "down"],
    ["paste:quick look"],
]

WILD = [
    *(
        "enter",
        "enter",
        "tab",
        "tab",
        "shift+tab",
        "up",
        "down",
        "left",
        "right",
        "esc",
        "f1",
        "f2",
    ),
    *(
        "f3",
        "f4",
        "f5",
        "f8",
        "f9",
        "f12",
        "ctrl+s",
        "ctrl+p",
        "ctrl+g",
        "ctrl+t",
        "ctrl+r",
        "ctrl+z",
    ),
    *("ctrl+y", "ctrl+o", "ctrl+u", "pagedown", "pageup", "home", "end", "backspace", "delete"),
    *("r", "o", "y", "n", "c", "d", "a", "u", "1", "2", "3", "chan", "open", "refund", "10", "ma"),
    *("paste:two\nlines", "paste:3", "paste: \x1b[31mred"),
]


@dataclass(frozen=True)
class Facts:
    """What a caller can name."""

    orders: list[dict[str, Any]]
    plain: list[dict[str, Any]]
    """Newer ones, that may come back without a question."""
    customers: dict[str, dict[str, Any]]

    @classmethod
    def of(cls, shop: Path) -> Facts:
        """Those of a demo's shop."""
        orders = _rows(shop / "orders.jsonl")
        lines = {row["order_id"]: row for row in reversed(_rows(shop / "lines.jsonl"))}
        newest = sorted(orders, key=lambda order: str(order["placed_at"]), reverse=True)
        plain = [o for o in newest if lines[o["order_id"]]["category"] == "home"][:20]
        customers = {row["customer_id"]: row for row in _rows(shop / "customers.jsonl")}
        return cls(orders, plain, customers)


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def call(facts: Facts, random: Random) -> list[Burst]:
    """One call from the ringing phone to its end. A burst ends where a question takes only keys that follow it."""
    start: Burst = ["f2", "esc"]
    if random.random() < 0.15:
        return [start + _wild(random, 25), _wild(random, 6)]
    if random.random() < 0.3:
        order = random.choice(facts.plain)["number"]
        return [
            [*start, order, "enter", *_between(random), "r", *_plain_form(random), "f9", "x"],
            ["enter"],
        ]
    burst = start + _find(facts, random) + _between(random)
    if random.random() < 0.1:
        return [[*burst, "r", *_wild(random, 15)], _wild(random, 6)]
    burst += random.choice([["r"], ["r"], ["r"], ["enter"], ["down", "r"], ["down", "enter"]])
    burst += _form(random)
    return [burst, *_end(burst, random)]


def _wild(random: Random, most: int) -> Burst:
    """Any keys. Esc and Backspace together are another key to a terminal, and stand apart."""
    keys = [random.choice(WILD) for _ in range(random.randint(most // 4, most))]
    return [
        k
        for before, k in zip(["", *keys], keys, strict=False)
        if (before, k) != ("esc", "backspace")
    ]


def _find(facts: Facts, random: Random) -> Burst:
    order = random.choice(random.choice([facts.orders, *[facts.plain] * 4]))
    caller = facts.customers[order["customer_id"]]
    down = ["down"] * random.randint(0, 2)
    match random.randint(0, 6):
        case 0:
            return [caller["name"].lower(), "enter", *down, "enter", "down"]
        case 1:
            return [caller["phone"][-6:], "enter", "enter"]
        case 2:
            return [caller["email"], "enter", *down]
        case 3:
            return [f"paste:{order['number']}", "enter"]
        case 4:  # a wrong number first
            return ["4960", "ctrl+u", order["number"], "enter"]
        case _:  # a scanner sends the whole number and Enter at once
            return [order["number"], "enter"]


def _between(random: Random) -> Burst:
    return random.choice(ANYWHERE) if random.random() < 0.3 else []


def _aside(random: Random) -> Burst:
    return random.choice(ANYWHERE + IN_THE_FORM) if random.random() < 0.12 else []


def _form(random: Random) -> Burst:
    if random.random() < 0.5:
        return _plain_form(random)
    burst: Burst = ["down"] * (random.random() < 0.2)
    burst += random.choice([["enter"], ["1", "enter"], ["2", "tab"], ["1", "tab"], ["9", "enter"]])
    burst += _aside(random)
    burst += _code(REASONS, random) + _aside(random)
    burst += _code(CONDITIONS, random) + _aside(random)
    burst += random.choice([["enter"], _code(REMEDIES, random), ["tab"]]) + _aside(random)
    burst += random.choice([["1", "2"], ["1"], ["2", "3"], ["paste:12"], []])
    if random.random() < 0.3:
        burst += random.choice([["ctrl+t", "as told"], ["ctrl+t", "tab", "tab", "kept waiting"]])
        burst += [*_aside(random), "tab", "5", "tab", "sorry", "ctrl+t"]
    return burst + _aside(random)


def _plain_form(random: Random) -> Burst:
    """What most calls are: one line, complete."""
    burst = ["1", "enter", *_aside(random)]
    burst += [random.choice(["chan", "ord", "bet"]), "enter", *_aside(random)]
    burst += [random.choice(["opened", "ope"]), "enter", *_aside(random)]
    return burst + random.choice([["enter"], ["refund", "enter"], ["st", "enter"]]) + ["12"]


def _code(codes: list[str], random: Random) -> Burst:
    text = random.choice(codes)
    match random.randint(0, 5):
        case 0:
            return ["f4", text, "enter"]
        case 1:
            return ["f4", "down", "enter"]
        case 2:
            return [text, "tab"]
        case 3:
            return [f"paste:{text}", "enter"]
        case _:
            return [text, "enter"]


def _end(burst: Burst, random: Random) -> list[Burst]:
    """How the call ends; adds to `burst`, and gives the bursts behind it."""
    match random.randint(0, 13):
        case 0:
            burst += ["f3"]
        case 1:
            burst += ["f2", "ma"]
        case 2:
            burst += ["esc", "y", "enter"]
            return [["y", "enter"]]
        case 3:
            burst += ["f12"]
            return [["enter", "f3"]]
        case 4:
            burst += ["f9", "enter"]
            return [["o", "esc", "enter"]]
        case 5:
            burst += ["ctrl+s"]
            return [["o", "c", "wrong one", "enter", "f2"]]
        case _:
            burst += ["f9", "enter", "x"]
            return [["enter"]]
    return []
