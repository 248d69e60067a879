"""Help and palette: what every screen's commands are reached by beside their keys."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from csr_tui.stack import ScreenStack
from rma.wording import _
from screens.commands import Command

if TYPE_CHECKING:
    from screens.base import DeskScreen


class Commanding(ScreenStack):
    """F1 and Ctrl+P over whatever screen is open."""

    async def action_help(self) -> None:
        """Open the help; the same key again closes it."""
        from screens.help import Help

        if isinstance(self.screen, Help):
            self.screen.dismiss()
            return
        screen = self._desk_screen
        field = screen.field_help()
        if field is not None:
            problem = screen.said(field.problem)
            field = replace(field, values=screen.said(field.values), problem=problem)
        help_ = Help(
            _(screen.HEADING),
            screen.commands,
            screen.everywhere,
            field=field,
            problems=[screen.said(problem) for problem in screen.problems()],
        )
        await self.push_screen(self._with_keys(help_))

    async def action_palette(self) -> None:
        """Find a command by its name."""
        from screens.palette import Choice, Palette

        screen = self._desk_screen
        choices = [Choice(command, screen.why_not(command)) for command in screen.commands]
        ours = self.commands_of_app(screen)
        choices += [Choice(command, self._why_not(command)) for command in ours]
        await self.push_screen(self._with_keys(Palette(choices)), self._run_command)

    def commands_of_app(self, screen: DeskScreen) -> tuple[Command, ...]:
        """What the palette offers beside the commands of the screen."""
        return screen.everywhere

    async def _run_command(self, command: Command | None) -> None:
        if command is not None:
            screen = self._desk_screen
            is_ours = command in self.commands_of_app(screen)
            await self.run_action(command.action, self if is_ours else screen)

    def _why_not(self, command: Command) -> str:
        """Why a command of the app does not apply now; empty where it does."""
        return ""
