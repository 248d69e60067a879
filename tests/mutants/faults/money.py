"""Faults of the arithmetic: rounding, spreading, slots, currencies, numbers."""

from __future__ import annotations

from tests.mutants.fault import Fault

MONEY, SLOTS, NUMBERS = "rma/money.py", "rma/slots.py", "rma/numbers.py"
_SLOTS = ("tests/rma/test_slots.py",)
_MONEY = ("tests/rma/test_money.py",)
_PRICING = ("tests/rma/test_pricing.py",)
_NUMBERS = ("tests/rma/test_numbers.py",)

FAULTS = (
    Fault(
        "halves are rounded down",
        MONEY,
        "(2 * abs(numerator) + denominator) // (2 * denominator)",
        "(2 * abs(numerator) + denominator - 1) // (2 * denominator)",
        _SLOTS,
    ),
    Fault(
        "fractions of a cent are cut off",
        MONEY,
        "(2 * abs(numerator) + denominator) // (2 * denominator)",
        "abs(numerator) // denominator",
        _SLOTS,
    ),
    Fault(
        "a spread loses what its remainders add up to",
        MONEY,
        "for index in order[: abs(amount) - sum(parts)]:",
        "for index in order[:0]:",
        _SLOTS,
    ),
    Fault(
        "a tie of a spread goes to the smaller line",
        MONEY,
        "(-remainders[i], -weights[i], i)",
        "(-remainders[i], weights[i], i)",
        _SLOTS,
    ),
    Fault(
        "every currency has two decimals",
        MONEY,
        "return _EXPONENTS.get(currency, 2)",
        "return 2",
        _MONEY,
    ),
    Fault(
        "a third decimal of an amount is dropped in silence",
        MONEY,
        "if scaled != scaled.to_integral_value():",
        "if scaled < 0:",
        _MONEY,
    ),
    Fault(
        "each unit of a line is rounded on its own",
        SLOTS,
        "value += cumulative(paid, units, last) - cumulative(paid, units, first - 1)",
        "value += round_half_up(paid, units) * (last - first + 1)",
        _PRICING,
    ),
    Fault(
        "the first unit of a run of slots is not paid",
        SLOTS,
        "- cumulative(paid, units, first - 1)",
        "- cumulative(paid, units, first)",
        _PRICING,
    ),
    Fault(
        "a return takes the highest free slots",
        SLOTS,
        "for slot in range(1, units + 1):",
        "for slot in range(units, 0, -1):",
        _SLOTS,
    ),
    Fault(
        "a slot that somebody holds is given out again",
        SLOTS,
        "if slot not in taken:",
        "if slot not in taken or slot == 1:",
        _SLOTS,
    ),
    Fault(
        "a mistyped RMA number is taken for a number",
        NUMBERS,
        "if int(digits) % 97 != 1 or not",
        "if not",
        _NUMBERS,
    ),
    Fault(
        "the check digits of an RMA number are one off",
        NUMBERS,
        "{98 - int(body) * 100 % 97:02d}",
        "{97 - int(body) * 100 % 97:02d}",
        _NUMBERS,
    ),
)
