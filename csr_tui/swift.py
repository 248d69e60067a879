"""What makes the desk swift, and has to be said before Textual is imported."""

from __future__ import annotations

import gc
import os
import sys

_FRAMES_PER_SECOND = "240"
"""Textual draws what came of a key with the next frame: after 4 ms at the latest, not 17."""

_TURN_SECONDS = 0.0005
"""How long a thread that syncs keeps the interpreter while a key waits for it; Python's own 5 ms pass several times a key."""


def make_swift() -> None:
    """Look for no garbage until `all_is_loaded`: starting makes none, and looking for it costs a fifth of the time."""
    gc.disable()
    os.environ.setdefault("TEXTUAL_FPS", _FRAMES_PER_SECOND)


_YOUNG, _OLDER, _NEVER = 700, 10, 1_000_000
_WORTH_IT = 3
"""Looks through what is younger since the last look through everything."""


def all_is_loaded() -> None:
    """What is there now stays: nothing is gained by looking through it again and again.

    Everything since is looked through by `tidy_up` alone: it takes 10 to 20 ms, which would fall on a key sooner or later.
    Threads get short turns from now on: until the first paint they would only hold it up by a tenth.
    """
    sys.setswitchinterval(_TURN_SECONDS)
    gc.freeze()
    gc.set_threshold(_YOUNG, _OLDER, _NEVER)
    gc.enable()


def tidy_up() -> None:
    """Throw away what is no longer needed, if there is something: to be called while nobody types."""
    if gc.get_count()[2] >= _WORTH_IT:
        gc.collect()
