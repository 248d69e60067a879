"""What came of a scenario."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from tests.faults.place import Place


@dataclass(frozen=True, slots=True)
class Result:
    """Figures, and everything that did not hold."""

    faults: list[str]
    counts: dict[str, int]
    refusals: dict[str, int]

    @classmethod
    def of(cls, place: Place, faults: list[str]) -> Result:
        """Read them."""
        counts = place.counts + place.proxy.counts
        return cls(faults, dict(sorted(counts.items())), dict(place.refusals.most_common(12)))

    def and_then(self, other: Result) -> Result:
        """Both together."""
        return Result(
            self.faults + other.faults,
            dict(Counter(self.counts) + Counter(other.counts)),
            dict(Counter(self.refusals) + Counter(other.refusals)),
        )
