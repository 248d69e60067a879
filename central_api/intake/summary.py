"""What an import did, for people and for programs."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from central_api.catalog import Counts
from central_api.intake.columns import Shape

ASSUMED = {
    "customer=guest": "orders without a customer: each got a guest of its own",
    "delivered=ordered": "orders with lines that do not say what was delivered: all of it",
    "delivered_at=placed_at": "orders with lines that do not say when: on the day they were placed",
    "kind=goods": "orders with lines that do not say what they sell: goods",
    "lines=incomplete": "orders that lack a rejected line",
    "name=customer_id": "customers without a name: called by their number",
    "name=sku": "orders with lines without a name: called by their SKU",
    "number=order_id": "orders without a number: called by their id",
    "refunded=capture_order": "orders whose payments do not say what went back: the first ones first",
    "tax=0": "orders with lines that do not say their tax: 0",
    "tender=unknown": "orders that do not say how they were paid: one unknown tender",
}
"""Every assumption, in words; those of an order also stand in `Order.assumed`."""


@dataclass(slots=True)
class FileSummary:
    """What became of one file's rows."""

    path: Path
    ignored: tuple[str, ...] = ()
    read: int = 0
    rejected: int = 0
    counts: Counts | None = None
    """None for order lines: they are counted with their orders."""


@dataclass(slots=True)
class Summary:
    """What became of all rows."""

    rejects: Path
    files: dict[str, FileSummary] = field(default_factory=dict)
    assumed: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0

    @property
    def rejected(self) -> int:
        """Rows that were not imported."""
        return sum(file.rejected for file in self.files.values())

    @property
    def lines_per_second(self) -> int:
        """Rows of the lines file in each second of the whole import."""
        return round(self.files["lines"].read / self.seconds) if self.seconds else 0

    def assume(self, name: str) -> None:
        """Count an assumption."""
        self.assumed[name] += 1

    def start(self, shape: Shape, path: Path) -> FileSummary:
        """Begin to count a file."""
        self.files[shape.name] = FileSummary(path)
        return self.files[shape.name]

    def count(self, name: str, counts: Counts) -> None:
        """Add what was written of a file."""
        file = self.files[name]
        file.counts = (file.counts or Counts()) + Counts(
            counts.inserted, counts.updated, counts.unchanged, erased=counts.erased
        )

    def tree(self) -> dict[str, Any]:
        """As the `--json` answer."""
        return {
            "files": {name: _file_tree(file) for name, file in self.files.items()},
            "assumed": dict(sorted(self.assumed.items())),
            "rejected": self.rejected,
            "rejects_file": str(self.rejects),
            "seconds": round(self.seconds, 3),
            "lines_per_second": self.lines_per_second,
        }

    def text(self) -> str:
        """As people read it."""
        parts = [_file_line(name, file) for name, file in self.files.items()]
        parts += [
            f"{file.path.name}: ignored columns: {', '.join(file.ignored)}"
            for file in self.files.values()
            if file.ignored
        ]
        if self.assumed:
            parts.append("Assumed, because the files do not say it:")
            parts += [
                f"  {name:<22} {count:>9,}  {ASSUMED.get(name, '')}".rstrip()
                for name, count in sorted(self.assumed.items())
            ]
        parts.append(f"{self.seconds:.1f} s, {self.lines_per_second:,} lines/s")
        if self.rejected:
            parts.append(
                f"{self.rejected:,} rows rejected: {self.rejects} names each with line and reason."
            )
        return "\n".join(parts)


def _file_tree(file: FileSummary) -> dict[str, Any]:
    tree: dict[str, Any] = {
        "file": file.path.name,
        "read": file.read,
        "rejected": file.rejected,
        "ignored_columns": list(file.ignored),
    }
    if file.counts is not None:
        tree |= {
            "inserted": file.counts.inserted,
            "updated": file.counts.updated,
            "unchanged": file.counts.unchanged,
        }
        if file.counts.erased:
            tree["erased"] = file.counts.erased
    return tree


def _file_line(name: str, file: FileSummary) -> str:
    line = f"{name:<10} {file.read:>9,} read"
    if file.counts is not None:
        line += (
            f", {file.counts.inserted:,} new, {file.counts.updated:,} changed, "
            f"{file.counts.unchanged:,} unchanged"
        )
        if file.counts.erased:
            line += f", {file.counts.erased:,} erased customers stay so"
    return line + f", {file.rejected:,} rejected"
