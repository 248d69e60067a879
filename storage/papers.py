"""Files for the agent: written whole or not at all, and readable by nobody else."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from storage.errors import CannotSave


def keep_file(folder: Path, name: str, content: bytes) -> Path:
    """Put a file into a folder, made where it is not there, in place of one of the same name; gives its path.

    Raises:
        CannotSave: if it cannot be written; what was there before stays.
    """
    target = folder / name
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor, unfinished = tempfile.mkstemp(
            dir=folder, prefix=f".{name}."
        )  # for us alone: 0600
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(unfinished).replace(target)
        except BaseException:
            Path(unfinished).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise CannotSave(target, error) from error
    return target
