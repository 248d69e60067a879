"""Where the styles of the screens stand."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from pathlib import Path

from screens.base import DeskScreen
from screens.dialog import Dialog


def style_files() -> Iterator[Path]:
    """The file of every screen and dialog that is loaded and has one."""
    kinds: list[type] = [DeskScreen, Dialog]
    while kinds:
        kind = kinds.pop()
        kinds += kind.__subclasses__()
        name = kind.__dict__.get("CSS_PATH")
        if isinstance(name, str):
            yield Path(inspect.getfile(kind)).with_name(name)
