"""What goes wrong in a run, and how often: drawn from its seed, so that some runs know one trouble and some all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from random import Random

WIRE = (
    "lost request",
    "lost response",
    "duplicated",
    "delayed",
    "cut response",
    "partial list",
    "failed before",
    "failed after",
    "captive portal",
    "not let in",
    "too large",
    "bad request",
    "slow down",
)
"""What can happen to one request."""

MACHINES = (
    "partition",
    "server crash",
    "server crash at a commit",
    "desk crash",
    "desk crash at a commit",
    "desk disk full",
    "server disk full",
    "clock jump",
    "night",
    "feed trimmed",
    "same key twice",
    "poison",
    "server restored",
    "desk restored",
    "desk cloned",
    "revoked",
)
"""What can happen to machines and their surroundings."""

OPERATORS = (
    "release",
    "customer erased",
    "copy put back",
    "revoked while away",
)
"""What operators do, beside all troubles."""

OLD_RELEASE = "old release"
"""A desk starts with a release that signs nothing, and is brought up to date in the middle."""

FIRST_DOWNLOAD = "first download"
"""A desk starts without anything downloaded."""


@dataclass(frozen=True, slots=True)
class Mix:
    """One run's troubles."""

    desks: int
    orders: int
    acts: int
    """How much people do."""
    fresh: frozenset[int]
    """Desks that start without anything downloaded."""
    old_release: frozenset[int]
    """Desks that begin with an older release: its protocol, its schema, no signatures and no network yet."""
    trouble: float
    """Share of requests that something happens to while the weather is bad."""
    wire: Mapping[str, float] = field(default_factory=dict)
    """Weights of `WIRE`."""
    machines: Mapping[str, float] = field(default_factory=dict)
    """Weights of `MACHINES`."""
    machine_seconds: float = 60.0
    """Mean time between two troubles of machines."""
    operators: Mapping[str, float] = field(default_factory=dict)
    """Weights of `OPERATORS`."""
    operator_seconds: float = 60.0
    """Mean time between two things that operators do."""

    @classmethod
    def of(cls, seed: int) -> Mix:
        """The troubles of a seed."""
        draw, later = Random(f"{seed}/mix"), Random(f"{seed}/mix of operators")
        desks = draw.choice((1, 2, 2, 3))
        return cls(
            desks=desks,
            orders=draw.randint(2, 5),
            acts=draw.randint(8, 22),
            fresh=frozenset(i for i in range(desks) if draw.random() < 0.25),
            old_release=frozenset(i for i in range(desks) if draw.random() < 0.15),
            trouble=draw.choice((0.1, 0.3, 0.3, 0.6)),
            wire=_some(draw, WIRE),
            machines=_some(draw, MACHINES),
            machine_seconds=draw.choice((15.0, 40.0, 90.0)),
            operators=_some(later, OPERATORS),
            operator_seconds=later.choice((30.0, 60.0, 120.0)),
        )

    def with_much_of(self, *troubles: str) -> Mix:
        """The same with so much of these troubles that what they bring out is soon seen, and something of the others."""
        wire = {name: weight / 4 for name, weight in self.wire.items()}
        machines = {name: weight / 4 for name, weight in self.machines.items()}
        operators = {name: weight / 4 for name, weight in self.operators.items()}
        operators |= {name: 1.0 for name in troubles if name in OPERATORS}
        wire |= {name: 1.0 for name in troubles if name in WIRE}
        machines |= {name: 1.0 for name in troubles if name in MACHINES}
        return replace(
            self,
            desks=max(2, self.desks),
            wire=wire,
            trouble=0.6 if wire.keys() & troubles else self.trouble,
            machines=machines,
            operators=operators,
            operator_seconds=15.0 if operators.keys() & troubles else 4 * self.operator_seconds,
            machine_seconds=15.0 if machines.keys() & troubles else self.machine_seconds,
            old_release=frozenset({0}) if OLD_RELEASE in troubles else self.old_release,
            fresh=frozenset({0, 1}) if FIRST_DOWNLOAD in troubles else self.fresh,
        )


def _some(draw: Random, names: tuple[str, ...]) -> dict[str, float]:
    """About half of the names with a weight each; at least one."""
    chosen = [name for name in names if draw.random() < 0.5] or [draw.choice(names)]
    return {name: draw.uniform(0.2, 1.0) for name in chosen}
