"""First pass: every row of a file goes to the staging, or to the rejects."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from central_api.intake.batches import Size, batches
from central_api.intake.columns import LINES, Shape
from central_api.intake.csv_table import CsvTable
from central_api.intake.errors import IntakeRefused
from central_api.intake.harmless import clean, shown
from central_api.intake.json_table import JsonTable
from central_api.intake.rows import InputTable
from central_api.intake.sources import format_of
from central_api.intake.staging import BROKEN_LINE, Reject, Staged, Staging

BATCH = 2000


def open_tables(files: dict[Shape, Path]) -> dict[Shape, InputTable]:
    """Open all files and check their heads, before anything is read of any.

    Raises:
        IntakeRefused: naming every file that does not fit.
    """
    tables: dict[Shape, InputTable] = {}
    problems = []
    for shape, path in files.items():
        try:
            tables[shape] = _open(path, shape)
        except IntakeRefused as error:
            problems.append(str(error))
    if problems:
        raise IntakeRefused("\n".join(problems))
    return tables


def stage(table: InputTable, staging: Staging) -> Iterator[int]:
    """Read a file to its end; gives the number of its rows so far, again and again.

    Raises:
        IntakeRefused: if the file breaks off or is damaged.
    """
    count = 0
    for batch in batches(_staged(table, staging), _size, BATCH):
        staging.add(row for row in batch if row is not None)
        count += len(batch)
        yield count


def _size(row: Staged | None) -> Size:
    return 1, 0 if row is None else len(row.raw)


def _open(path: Path, shape: Shape) -> InputTable:
    return CsvTable(path, shape) if format_of(path) == "csv" else JsonTable(path, shape)


def _staged(table: InputTable, staging: Staging) -> Iterator[Staged | None]:
    """Each row as it is staged, or None for a rejected one."""
    key_field, rank = table.shape.key, table.shape.rank
    for line, raw, found, problem in table.rows():
        if key := clean(found):
            yield Staged(key, rank, line, raw)
            continue
        field = "" if problem else key_field
        staging.reject_all([Reject(rank, line, field, problem or "is empty", shown(raw))])
        yield None
        if problem and table.shape is LINES and (hint := table.key_hint(raw)):
            staging.add([Staged(hint, BROKEN_LINE, line, "")])
