"""Faults of the quantity ledger: units returned twice, freed twice, never freed."""

from __future__ import annotations

from tests.mutants.fault import Fault

LEDGER, UNITS, STATES, ASSESS = (
    "rma/ledger.py",
    "rma/unit_rules.py",
    "rma/states.py",
    "rma/assessment.py",
)
_QUANTITY = ("tests/rma/test_quantity.py",)
_STATES = ("tests/rma/test_states.py",)

FAULTS = (
    Fault(
        "one unit more than was delivered can come back",
        LEDGER,
        "return max(0, line.delivered - self.gone(line))",
        "return max(0, line.delivered + 1 - self.gone(line))",
        _QUANTITY,
    ),
    Fault(
        "units that were paid but never delivered can come back",
        LEDGER,
        "return max(0, line.delivered - self.gone(line))",
        "return max(0, line.units - self.gone(line))",
        _QUANTITY,
    ),
    Fault(
        "units that other returns hold can come back",
        LEDGER,
        "return line.returned_before + self._held_units(line)",
        "return line.returned_before",
        _QUANTITY,
    ),
    Fault(
        "units that came back before we knew the order can come back again",
        LEDGER,
        "return line.returned_before + self._held_units(line)",
        "return self._held_units(line)",
        _QUANTITY,
    ),
    Fault(
        "two desks on one slot consume one unit",
        LEDGER,
        "return line.returned_before + self._held_units(line)",
        "return len(self.taken(line))",
        _QUANTITY,
    ),
    Fault(
        "slots of units that came back before are free",
        LEDGER,
        "taken = set(range(1, line.returned_before + 1))",
        "taken: set[int] = set()",
        ("tests/rma/test_pricing.py",),
    ),
    Fault(
        "taking one return away frees the units of all others too",
        LEDGER,
        "tuple(h for h in self.holds if h.rma_number != rma_number)",
        'tuple(h for h in self.holds if h.rma_number == "")',
        _QUANTITY,
    ),
    Fault(
        "serials in capitals and small letters are two serials",
        LEDGER,
        "return serial.strip().casefold()",
        "return serial.strip()",
        _QUANTITY,
    ),
    Fault(
        "a quantity of one too many passes",
        UNITS,
        "if wanted.quantity <= returnable:",
        "if wanted.quantity <= returnable + 1:",
        _QUANTITY,
    ),
    Fault(
        "a serial that is on another return passes",
        UNITS,
        "        if holder is not None:",
        '        if holder == "":',
        _QUANTITY,
    ),
    Fault(
        "a serial of another delivery raises no flag",
        UNITS,
        "    if not strangers:",
        "    if strangers or not strangers:",
        ("tests/rma/test_decisions.py",),
    ),
    Fault(
        "goods that never arrived can come back",
        UNITS,
        "    if line.delivered == 0:\n        sentence",
        "    if line.delivered < 0:\n        sentence",
        _QUANTITY,
    ),
    Fault(
        "a delivery in the future passes",
        UNITS,
        "line.delivered_at > case.at:",
        "line.delivered_at < case.order.placed_at:",
        ("tests/rma/test_bad_input.py",),
    ),
    Fault(
        "a delivery on a day before the order passes",
        UNITS,
        ">= local_day(placed_at, policy.time_zone):",
        "!= local_day(placed_at, policy.time_zone):",
        ("tests/rma/test_bad_input.py",),
    ),
    Fault(
        "a gift card can be returned",
        UNITS,
        '        LineKind.GIFT_CARD: _("{item} is a gift card: that cannot be returned."),\n',
        "",
        _QUANTITY,
    ),
    Fault(
        "two lines of one return get the same unit",
        ASSESS,
        'working = working.with_hold(Hold(rma_number="", lines=(held,)))',
        "working = working.with_hold(None)",
        _QUANTITY,
    ),
    Fault(
        "what waits for approval holds nothing",
        STATES,
        "        _S.NEEDS_APPROVAL,\n        _S.AUTHORIZED,\n        _S.IN_TRANSIT,",
        "        _S.AUTHORIZED,\n        _S.IN_TRANSIT,",
        _QUANTITY,
    ),
    Fault(
        "a cancelled return goes on holding its units",
        STATES,
        "        _S.CLOSED,\n    }",
        "        _S.CLOSED,\n        _S.CANCELLED,\n    }",
        _QUANTITY,
    ),
    Fault(
        "a declined return goes on holding its units",
        STATES,
        "        _S.CLOSED,\n    }",
        "        _S.CLOSED,\n        _S.REJECTED,\n    }",
        _QUANTITY,
    ),
    Fault(
        "goods that arrived can still be cancelled",
        STATES,
        "    (_S.AUTHORIZED, _C.EXPIRE): (_S.EXPIRED,),",
        "    (_S.AUTHORIZED, _C.EXPIRE): (_S.EXPIRED,),\n    (_S.RECEIVED, _C.CANCEL): (_S.CANCELLED,),",
        _STATES,
    ),
    Fault(
        "a refund that succeeded can fail afterwards",
        STATES,
        "    (_R.SUBMITTED, _D.FAIL): (_R.FAILED,),",
        "    (_R.SUBMITTED, _D.FAIL): (_R.FAILED,),\n    (_R.SUCCEEDED, _D.FAIL): (_R.FAILED,),",
        _STATES,
    ),
)
