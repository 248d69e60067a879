"""The token of this device: one file in the data folder that only its owner can read."""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from rma.wording import _
from sync.errors import CredentialError

TOKEN_FILE = "device.token"  # noqa: S105 - a file name


def read_token(folder: Path) -> str | None:
    """The token; None before enrollment.

    Raises:
        CredentialError: if the file is there and cannot be read.
    """
    path = folder / TOKEN_FILE
    try:
        return path.read_text(encoding="ascii").strip() or None
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise CredentialError(path, _why(error)) from error


def save_token(folder: Path, token: str) -> None:
    """Keep a token: the file holds the old one or the new one, never a part, and is private from its first byte.

    Raises:
        CredentialError: if it cannot be written.
    """
    path = folder / TOKEN_FILE
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{TOKEN_FILE}.", dir=folder)  # made with mode 0600
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(token.encode("ascii") + b"\n")
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(FileNotFoundError):
                Path(name).unlink()
            raise
        _sync_folder(folder)
    except (OSError, UnicodeEncodeError) as error:
        raise CredentialError(path, _why(error)) from error


def _sync_folder(folder: Path) -> None:
    """Make the rename survive a power cut; Windows has no handle on folders and needs none."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _why(error: Exception) -> str:
    return error.strerror or _("unknown") if isinstance(error, OSError) else _("it is no token")
