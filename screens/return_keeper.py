"""Keeps the draft of a return, asks the rules about it, and finalizes it: use cases in threads, one at a time.

What is asked while a question runs is asked once more after it; nothing is saved after the draft has its number.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace

from desk.errors import NoNumbersLeft
from desk.returns import Returns
from rma.draft import Draft
from rma.record import Refusal, RmaRecord
from screens.return_draft import differs
from screens.return_panel import ReturnPanel
from screens.widgets.key_tally import KeyTally


class ReturnKeeper:
    """The way from a panel to its use cases. Every method may raise what the use case refuses (`RmaError`)."""

    def __init__(
        self,
        returns: Returns,
        panel: ReturnPanel,
        tally: KeyTally,
        *,
        untouched: Draft,
        kept: Draft | None,
    ) -> None:
        """`untouched` is the draft as it began, `kept` as the store has it."""
        self._returns = returns
        self._panel = panel
        self._tally = tally
        self._untouched = untouched
        self.kept = kept
        self.over = False
        """The draft is gone: it has its number, or was thrown away."""
        self._lock = asyncio.Lock()
        self._judging = self._judge_again = False

    @property
    def typed(self) -> bool:
        """Whether there is anything to lose."""
        return self.kept is not None or differs(self._panel.draft, self._untouched)

    async def save(self) -> None:
        """Keep the draft, if anything was typed since it was kept, or the cursor stands elsewhere in it."""
        async with self._lock:
            draft = self._counted(self._panel.draft)
            moved = self.kept is not None and self.kept.cursor != draft.cursor
            if not self.over and (moved or differs(draft, self.kept or self._untouched)):
                self.kept = await asyncio.to_thread(self._returns.save, draft)

    async def judge(self) -> bool:
        """Ask the rules; False where another call already does, and asks once more for this one."""
        self._judge_again = True
        if self._judging:
            return False
        self._judging = True
        try:
            while self._judge_again and not self.over:
                self._judge_again = False
                keys, draft = self._panel.on_return, self._panel.for_rules()
                view = await asyncio.to_thread(self._returns.assess, draft)
                if not self._judge_again:
                    self._panel.judged(view, keys)
        finally:
            self._judging = False
        return not self.over

    async def find_products(self, text: str) -> None:
        """Look for what can go out in an exchange; everything, where nothing starts so."""
        found = await asyncio.to_thread(self._returns.products, text)
        self._panel.products = found or await asyncio.to_thread(self._returns.products, "")

    async def discard(self) -> None:
        """Throw the draft away."""
        async with self._lock:
            self.over = True
            await asyncio.to_thread(self._returns.discard, self._panel.draft.draft_id)

    async def refuse(self, told: str) -> None:
        """Keep it as a refused return; the draft is gone."""
        async with self._lock:
            if not self.over:
                await asyncio.to_thread(self._returns.refuse, self._panel.for_rules(), told)
                self.over = True

    async def gets_number(self) -> bool:
        """Whether nothing stands against it, as it is typed now."""
        keys, draft = self._panel.on_return, self._panel.for_rules()
        view = await asyncio.to_thread(self._returns.assess, draft)
        self._panel.judged(view, keys)
        return view.refusal is None

    async def finalize(self) -> RmaRecord | Refusal | None:
        """Give the draft its number, or say what stands against it; None where it has one already."""
        async with self._lock:
            if self.over:
                return None
            panel = self._panel
            keys, draft = panel.on_return, self._counted(panel.for_rules())
            try:
                made = await asyncio.to_thread(self._returns.finalize, draft)
            except NoNumbersLeft:
                # kept as it is typed, not as it was judged
                typed = self._counted(panel.draft)
                self.kept = await asyncio.to_thread(self._returns.wait_for_number, typed)
                raise
            if not isinstance(made, Refusal):
                self.over = True
                return made
            panel.judged(await asyncio.to_thread(self._returns.assess, draft), keys)
            panel.draft = replace(panel.draft, refused_tries=panel.draft.refused_tries + 1)
            # finalize kept the draft as it was judged; it has to be kept as it was typed
            self.kept = await asyncio.to_thread(self._returns.save, self._counted(panel.draft))
            return made

    def _counted(self, draft: Draft) -> Draft:
        waits = self.kept.needs_number if self.kept is not None else None
        return replace(
            draft, keys=self._tally.keys, first_key_at=self._tally.first_at, needs_number=waits
        )
