"""The themes: readable for every eye they are made for, and colour never says what words do not."""

from __future__ import annotations

from itertools import combinations

import pytest
from textual.color import Color

from screens.themes import DEFAULT, THEMES

INKS = (
    "foreground",
    "text-muted",
    "text-success",
    "text-warning",
    "text-error",
    "primary",
    "accent",
)
GROUNDS = ("background", "surface", "panel")
STATES = ("text-success", "text-warning", "text-error")

NAMED = [name for name in THEMES if name != "ansi"]
"""`ansi` has the colours of the terminal, whatever they are."""

READABLE, EASY = 4.5, 7.0
"""Contrast of normal text: WCAG 2.2, 1.4.3 (AA) and 1.4.6 (AAA)."""

Triple = tuple[float, float, float]

# Machado, Oliveira and Fernandes (2009), severity 1.0, for linear RGB.
DEUTERANOPIA: tuple[Triple, Triple, Triple] = (
    (0.367322, 0.860646, -0.227968),
    (0.280085, 0.672501, 0.047413),
    (-0.011820, 0.042940, 0.968881),
)
TRITANOPIA: tuple[Triple, Triple, Triple] = (
    (1.255528, -0.076749, -0.178779),
    (-0.078411, 0.930809, 0.147602),
    (0.004733, 0.691367, 0.303900),
)
NORMAL: tuple[Triple, Triple, Triple] = ((1, 0, 0), (0, 1, 0), (0, 0, 1))

TELLABLE = 0.08
"""Distance in Oklab that is told apart at a glance; 0.02 is just noticeable."""


def colour(theme: str, variable: str) -> Color:
    return Color.parse(THEMES[theme].to_color_system().generate()[variable])


def linear(color: Color) -> Triple:
    def channel(value: int) -> float:
        part = value / 255
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    return channel(color.r), channel(color.g), channel(color.b)


def contrast(one: Color, other: Color) -> float:
    def luminance(color: Color) -> float:
        red, green, blue = linear(color)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def distance(one: Color, other: Color, sight: tuple[Triple, Triple, Triple]) -> float:
    def oklab(color: Color) -> Triple:
        seen = linear(color)
        r, g, b = (
            min(1.0, max(0.0, sum(w * c for w, c in zip(row, seen, strict=True)))) for row in sight
        )
        long = (0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b) ** (1 / 3)
        middle = (0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b) ** (1 / 3)
        short = (0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b) ** (1 / 3)
        return (
            0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short,
            1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short,
            0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short,
        )

    return sum((a - b) ** 2 for a, b in zip(oklab(one), oklab(other), strict=True)) ** 0.5


def test_the_default_is_one_of_them() -> None:
    assert DEFAULT in THEMES


def test_there_is_a_theme_for_each_need() -> None:
    assert set(THEMES) == {
        "dark",
        "light",
        "high-contrast",
        "deuteranopia",
        "tritanopia",
        "monochrome",
        "ansi",
    }


@pytest.mark.parametrize("ground", GROUNDS)
@pytest.mark.parametrize("theme", NAMED)
def test_every_ink_is_readable_on_every_ground(theme: str, ground: str) -> None:
    least = EASY if theme == "high-contrast" else READABLE
    ratios = {ink: contrast(colour(theme, ink), colour(theme, ground)) for ink in INKS}
    assert {ink: round(ratio, 2) for ink, ratio in ratios.items() if ratio < least} == {}


@pytest.mark.parametrize(
    ("theme", "sight"),
    [
        ("dark", NORMAL),
        ("light", NORMAL),
        ("high-contrast", NORMAL),
        ("deuteranopia", DEUTERANOPIA),
        ("tritanopia", TRITANOPIA),
    ],
)
def test_the_three_verdicts_are_told_apart(
    theme: str, sight: tuple[Triple, Triple, Triple]
) -> None:
    apart = {
        f"{one} {other}": distance(colour(theme, one), colour(theme, other), sight)
        for one, other in combinations(STATES, 2)
    }
    assert {pair: round(far, 3) for pair, far in apart.items() if far < TELLABLE} == {}


def test_monochrome_has_no_hue() -> None:
    tones = [colour("monochrome", name) for name in (*INKS, *GROUNDS)]
    assert all(tone.r == tone.g == tone.b for tone in tones)


def test_ansi_uses_the_colours_of_the_terminal_alone() -> None:
    variables = THEMES["ansi"].to_color_system().generate()
    assert all(variables[name].startswith("ansi_") for name in (*INKS, "background", "panel"))
