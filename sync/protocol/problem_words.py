"""Places and wrong values as a message shows them: short, one line, nothing that moves a terminal."""

from __future__ import annotations

import json
import re
from datetime import date, time
from typing import Any

from sync.protocol.toml_places import Place

_SHOWN = 60
"""Characters of a wrong value that a message shows."""


def shown(value: Any) -> str:
    """A wrong value: what it says where it is plain, else what it is."""
    match value:
        case bool():
            return "true" if value else "false"
        case dict():
            return "a table"
        case list():
            return "a list" if value else "an empty list"
        case date() | time():
            return value.isoformat()
        case str():
            return f'"{_harmless(value)}"'
        case _:
            return _harmless(str(value))


def written(place: Place) -> str:
    """A place as people write it: `limits[0].role`; entries count from 0."""
    key = ""
    for step in place:
        if isinstance(step, int):
            key += f"[{step}]"
        else:
            name = step if re.fullmatch(r"[A-Za-z0-9_-]+", step) else f'"{_harmless(step)}"'
            key += f".{name}" if key else name
    return key


def _harmless(text: str) -> str:
    short = text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
    return "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in short)
