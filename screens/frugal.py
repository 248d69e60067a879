"""Textual's screen without what it draws twice: each drawing costs 5 to 20 ms, and over ssh up to 8 KB."""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING, Generic, TypeVar

from textual._styles_cache import StylesCache
from textual.events import ScreenResume
from textual.geometry import Size
from textual.reactive import Reactive
from textual.widget import Widget

from screens.widgets.too_small import TooSmall

R = TypeVar("R")

if TYPE_CHECKING:
    from textual.screen import Screen

    class _Base(Screen[R]):
        """What the mixin is mixed into."""

else:

    class _Base(Generic[R]):
        """Nothing."""


Widget.__dict__["virtual_size"]._layout = False
"""A widget learns this size when it is laid out: Textual lays out the whole screen once more for each that did."""


_inner_outer = lru_cache(1024)(partial(StylesCache.get_inner_outer.__wrapped__, None))
StylesCache.get_inner_outer = lambda _self, *colors: _inner_outer(*colors)  # type: ignore[method-assign, assignment]
"""Textual keeps the answer for each widget, and with it all that a thousand widgets that are gone have ever drawn."""


class Frugal(_Base[R]):
    """Mixin for a screen, in front of Textual's class."""

    HORIZONTAL_BREAKPOINTS = TooSmall.HORIZONTAL
    VERTICAL_BREAKPOINTS = TooSmall.VERTICAL

    focused = Reactive[Widget | None](None, repaint=False)
    """The fields that lose and get the focus draw themselves; Textual's own draws the whole screen as well."""

    _is_sized = _is_drawn = False

    async def _compose(self) -> None:
        """Take the classes of the size before anything is laid out, not in a second round."""
        self._fit(self.app.size)
        await super()._compose()

    def _fit(self, size: Size) -> None:
        across, down = self.HORIZONTAL_BREAKPOINTS or [], self.VERTICAL_BREAKPOINTS or []
        fitting = self._get_breakpoint_classes(size.width, across)
        fitting |= self._get_breakpoint_classes(size.height, down)
        for _, name in (*across, *down):
            self.set_class(name in fitting, name)

    def _on_screen_resume(self, event: ScreenResume) -> None:
        """A screen that is shown for the first time got its styles when it was mounted. Textual's own method follows."""
        if not self._size:
            self._fit(self.app.size)
            event.refresh_styles = False

    def _screen_resized(self, size: Size) -> None:
        """A screen that is laid out for this size stays so: Textual asks anew whenever one is put on top."""
        if self._size != size:
            super()._screen_resized(size)

    def _refresh_layout(self, size: Size | None = None, scroll: bool = False) -> None:
        """The first time, wait until all widgets are there: Textual lays out what is mounted so far, then everything."""
        if self._size:
            super()._refresh_layout(size, scroll)
        elif size is None:
            super()._refresh_layout(self.app.size, scroll)
        else:
            self.refresh(layout=True)

    def _compositor_refresh(self) -> None:
        """The first time, wait until the widgets have learned their sizes: what depends on them is drawn at once."""
        if self._is_drawn:
            super()._compositor_refresh()
        elif not self._is_sized:
            self._is_sized = True
            self.app.call_later(self.call_later, self._draw_first)

    def _draw_first(self) -> None:
        for widget in self.walk_children(Widget):
            widget._exchange_repaint_regions()  # all of it is drawn now, and need not be with its next change
        self._is_drawn = True
        self._compositor_refresh()
