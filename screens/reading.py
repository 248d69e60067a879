"""Whether a screen reader reads the screen: then words stand where otherwise a sign does."""

from __future__ import annotations

from textual.widget import Widget

READING = "-screen-reader"
"""The class of an app that is read by a screen reader."""


def is_read(widget: Widget) -> bool:
    """Whether a screen reader reads this widget."""
    return widget.app.has_class(READING)
