"""What the fields of the last finalized return held: Ctrl+R brings it back. It lives as long as the desk is open."""

from __future__ import annotations

from collections.abc import Mapping


class LastValues:
    """Texts by the name of the field. The form decides which fields take part."""

    def __init__(self) -> None:
        self._texts: dict[str, str] = {}

    def remember(self, texts: Mapping[str, str]) -> None:
        """Keep these; a field that was empty keeps what it had before."""
        self._texts.update({name: text for name, text in texts.items() if text.strip()})

    def of(self, name: str) -> str:
        """The last text of a field, or an empty one."""
        return self._texts.get(name, "")
