"""What the people at the desks do: make returns, decide, edit, take care of what came back."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from random import Random

from desk.attention import Step
from desk.desk import Desk
from rma.errors import RmaError
from rma.operations import Outcome
from rma.record import RmaRecord
from rma.request import Condition, LineRequest
from tests import shop
from tests.simulation.process import Killed
from tests.simulation.workplace import Workplace
from tests.simulation.world import World

BETWEEN_ACTS = 12.0
"""Mean seconds that a person needs for one thing."""

NOTE = "It does not heat the water any more."


class Person:
    """Somebody at a desk."""

    def __init__(self, world: World, desk: Workplace, draw: Random) -> None:
        self._world = world
        self._desk = desk
        self._draw = draw

    async def work(self, acts: int) -> None:
        """Do so many things, whenever the desk is open."""
        while acts:
            await asyncio.sleep(self._draw.expovariate(1 / BETWEEN_ACTS))
            if not self._desk.is_open:
                continue
            acts -= 1
            await self.act()

    async def act(self) -> None:
        """Do one thing; what the desk says against it is heard, and that is all."""
        what = self._draw.choices(
            (self._finalize, self._edit, self._decide, self._care, self._refuse, self._sync_now),
            (10, 3, 5, 3, 1, 1),
        )[0]
        name = what.__name__.strip("_")
        try:
            if what == self._sync_now:
                await self._desk.sync_now()
            else:
                self._desk.do(what)
        except Killed:
            self._world.happened("died over it", self._desk.name, name)
        except RmaError as error:
            self._world.happened(f"{name} refused", self._desk.name, type(error).__name__)
        except Exception as error:
            self._world.happened(f"{name} broke", self._desk.name, type(error).__name__)
            self._world.surprised(f"{name} at {self._desk.name}", error)
        else:
            self._world.happened(name, self._desk.name)

    def make_return(self) -> None:
        """Make a return now, whatever a person would do."""
        self._desk.do(self._finalize)

    def _finalize(self, desk: Desk) -> None:
        draw = self._draw
        lines = [
            LineRequest(
                line_id=line_id,
                quantity=draw.randint(1, 2),
                reason=draw.choice(("changed_mind", "defective")),
                condition=draw.choice((Condition.SEALED, Condition.OPENED)),
                note=NOTE,
            )
            for line_id in draw.sample(("1", "2"), draw.randint(1, 2))
        ]
        order_id = f"K-{draw.randrange(self._world.mix.orders)}"
        made = desk.returns.finalize_request(shop.request(*lines, order_id=order_id))
        if isinstance(made, RmaRecord):
            self._world.tell(made.number, self._desk)

    def _edit(self, desk: Desk) -> None:
        number = self._any_number(desk)
        if number is None:
            return
        draft = desk.returns.edit(number)
        line = replace(draft.lines[0], quantity=str(self._draw.randint(1, 3)))
        desk.returns.finalize(replace(draft, lines=(line,)))

    def _decide(self, desk: Desk) -> None:
        waiting = [view.record.number for view in desk.rmas.waiting()]
        number = self._draw.choice(waiting) if waiting else self._any_number(desk)
        if number is None:
            return
        decide: Callable[[str, str], object] = self._draw.choice(
            (desk.rmas.approve, desk.rmas.approve, desk.rmas.decline, desk.rmas.cancel)
        )
        decide(number, "the caller said so")

    def _care(self, desk: Desk) -> None:
        """Take care of one thing that came back; what was held by this desk alone may be sent again."""
        views = desk.attention.items()
        if not views:
            return
        view = self._draw.choice(views)
        op_id = view.item.op_id
        if view.item.outcome is Outcome.HELD_FOR_REVIEW and self._draw.random() < 0.5:
            self._desk.opened.work.offer_again(op_id)
        elif Step.CANCEL in view.steps and self._draw.random() < 0.5:
            desk.attention.cancel(op_id, "the caller said so")
        elif Step.CALLED_BACK in view.steps:
            desk.attention.called_back(op_id, "told them")

    def _refuse(self, desk: Desk) -> None:
        draft = desk.returns.start(f"K-{self._draw.randrange(self._world.mix.orders)}")
        line = shop.draft_line("1", "9", reason="changed_mind")
        desk.returns.refuse(replace(draft, lines=(line,)), "Not so many were delivered.")

    async def _sync_now(self, _desk: Desk) -> None:
        """F5."""

    def _any_number(self, desk: Desk) -> str | None:
        known = [number for number in self._world.told if _knows(desk, number)]
        return self._draw.choice(known) if known else None


def _knows(desk: Desk, number: str) -> bool:
    try:
        desk.rmas.show(number)
    except RmaError:
        return False
    return True
