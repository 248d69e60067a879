"""A plugin of pytest: the same examples in every run, none remembered, and no time spent on making them small."""

from __future__ import annotations

from hypothesis import Phase, settings

settings.register_profile(
    "same-examples",
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    deadline=None,
)
settings.load_profile("same-examples")
