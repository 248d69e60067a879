"""The colours of the desk. Screens use theme variables only; every state is also said in words."""

from __future__ import annotations

from textual.theme import Theme

DESK = Theme(
    name="desk",
    primary="#8fc1b5",
    secondary="#7d93a8",
    accent="#e3b778",
    foreground="#d7dde4",
    background="#11161b",
    surface="#18202a",
    panel="#1f2b38",
    success="#93c47d",
    warning="#e3b778",
    error="#e88575",
    dark=True,
    variables={
        "text-muted": "#8997a6",
        "text-success": "#9fcf8a",
        "text-warning": "#e3b778",
        "text-error": "#f09a8b",
        "input-cursor-background": "#e3b778",
        "input-cursor-foreground": "#11161b",
        "input-selection-background": "#3a5a63",
        "scrollbar": "#2b3742",
        "scrollbar-background": "#11161b",
        "scrollbar-corner-color": "#11161b",
    },
)
"""Quiet ink-blue ground, sage for where you are, amber for what you can press."""
