"""What becomes of an error that nobody expected: a report in the desk's folder, and one plain sentence for the agent."""

from __future__ import annotations

import logging
import platform
from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from csr_tui.traces import trace_of
from rma.wording import _

_log = logging.getLogger(__name__)

_KEPT = 20
"""Newest reports that are kept in a folder."""


def report(
    folder: Path, error: BaseException, now: datetime, where: Sequence[str] = ()
) -> Path | None:
    """Write a report of an error; None where the folder takes none. Its words and values of variables stay out of it.

    `where` names the screens that were open, the top one last.
    """
    _log.error("unexpected error", exc_info=error)
    path = folder / f"crash-{now:%Y%m%d-%H%M%S-%f}.txt"
    text = "\n".join(
        [
            f"time      {now.isoformat()}",
            f"csr-tui   {_version('csr-tui')}",
            f"textual   {_version('textual')}",
            f"python    {platform.python_version()} on {platform.platform()}",
            f"screens   {' > '.join(where) or 'none'}",
            "",
            trace_of(error),
            "",
        ]
    )
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.write_text(text, encoding="utf-8", errors="replace")
        path.chmod(0o600)
        for old in sorted(folder.glob("crash-*.txt"))[:-_KEPT]:
            old.unlink(missing_ok=True)
    except OSError:
        return None
    return path


def sentence(what: str, path: Path | None) -> str:
    """What to tell the agent: `what` happened, and where the report is."""
    where = _("No report could be written.")
    if path:
        where = _("A report for your support is in {path}.").format(path=path)
    return f"{what} {where}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
