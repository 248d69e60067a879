"""The colours of the desk, in seven sets. Screens use theme variables only; every state is also said in words."""

from __future__ import annotations

from textual.theme import Theme

from rma.wording import _

DEFAULT = "dark"
"""The theme of a desk whose settings name none."""


def _theme(
    name: str,
    *,
    ground: tuple[str, str, str],
    ink: tuple[str, str],
    primary: str,
    accent: str,
    states: tuple[str, str, str],
    dark: bool = True,
) -> Theme:
    """`ground`: background, surface, panel; `ink`: foreground, muted; `states`: success, warning, error."""
    background, surface, panel = ground
    foreground, muted = ink
    success, warning, error = states
    return Theme(
        name=name,
        primary=primary,
        secondary=muted,
        accent=accent,
        foreground=foreground,
        background=background,
        surface=surface,
        panel=panel,
        success=success,
        warning=warning,
        error=error,
        dark=dark,
        variables={
            "text-muted": muted,
            "text-success": success,
            "text-warning": warning,
            "text-error": error,
            "input-cursor-background": accent,
            "input-cursor-foreground": background,
            "input-selection-background": panel,
            "scrollbar": panel,
            "scrollbar-background": background,
            "scrollbar-corner-color": background,
        },
    )


_ANSI = Theme(
    name="ansi",
    ansi=True,
    primary="ansi_cyan",
    secondary="ansi_cyan",
    accent="ansi_yellow",
    foreground="ansi_default",
    background="ansi_default",
    surface="ansi_default",
    panel="ansi_bright_black",
    success="ansi_green",
    warning="ansi_yellow",
    error="ansi_red",
    variables={
        "panel": "ansi_bright_black",
        "text-muted": "ansi_cyan",
        "input-cursor-background": "ansi_default",
        "input-selection-background": "ansi_bright_black",
        "scrollbar": "ansi_bright_black",
        "scrollbar-background": "ansi_default",
    },
)
"""The sixteen colours that the terminal itself was set to."""

THEMES: dict[str, Theme] = {
    theme.name: theme
    for theme in (
        # Quiet ink-blue ground, sage for where you are, amber for what you can press.
        _theme(
            "dark",
            ground=("#11161b", "#18202a", "#1f2b38"),
            ink=("#d7dde4", "#8fa0b1"),
            primary="#8fc1b5",
            accent="#e3b778",
            states=("#8ad0a0", "#ecc37e", "#f28b7f"),
        ),
        _theme(
            "light",
            ground=("#f7f5f0", "#eeebe3", "#dfe5e2"),
            ink=("#1f2830", "#515d68"),
            primary="#1d5f55",
            accent="#7a4a00",
            states=("#0f6138", "#6d5200", "#a01323"),
            dark=False,
        ),
        _theme(
            "high-contrast",
            ground=("#000000", "#000000", "#002b45"),
            ink=("#ffffff", "#d8d8d8"),
            primary="#8ff0ff",
            accent="#ffe14d",
            states=("#7dff8a", "#ffe14d", "#ffb3a8"),
        ),
        # Red against green becomes orange against blue.
        _theme(
            "deuteranopia",
            ground=("#11151c", "#18202b", "#1f2b3b"),
            ink=("#dde1e6", "#94a1b2"),
            primary="#8cb8e8",
            accent="#e8cf7a",
            states=("#7fb6f5", "#f2e2a0", "#f0913a"),
        ),
        # Blue against yellow becomes teal against red.
        _theme(
            "tritanopia",
            ground=("#141518", "#1c1e23", "#292c33"),
            ink=("#e0dfe2", "#a09fa6"),
            primary="#6fd0c8",
            accent="#f2b8c0",
            states=("#5cd6cc", "#f3d9dd", "#ff7d74"),
        ),
        _theme(
            "monochrome",
            ground=("#121212", "#1b1b1b", "#303030"),
            ink=("#dcdcdc", "#a2a2a2"),
            primary="#ffffff",
            accent="#ffffff",
            states=("#dcdcdc", "#f0f0f0", "#ffffff"),
        ),
        _ANSI,
    )
}
"""Every theme by the name that settings use."""


def unknown_theme(name: str) -> str:
    """What is wrong with the name of a theme, in a sentence; empty where nothing is."""
    if name in THEMES:
        return ""
    return _("there is no such theme. Choose one of {themes}.").format(themes=", ".join(THEMES))
