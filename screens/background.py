"""Work beside the messages of a screen or of the app."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from textual.dom import DOMNode


def start(
    node: DOMNode,
    work: Callable[[], Coroutine[Any, Any, None]],
    *,
    name: str,
    exclusive: bool = False,
) -> None:
    """Run `work` beside the messages of `node`; with `exclusive` it takes the place of what runs under that name.

    The coroutine is made only when it runs: work that the desk's end overtakes leaves nothing behind.
    """
    node.run_worker(work, name=name, group=name, exclusive=exclusive)  # type: ignore[arg-type]
