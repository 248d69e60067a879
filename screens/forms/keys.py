"""What the keys of a form do, for every screen and question that holds one."""

from __future__ import annotations

from rma.wording import _
from screens.forms.form import Form


class FormKeys:
    """Actions of the commands in `commands.forms`. The screen says which form is its own."""

    @property
    def form(self) -> Form | None:
        """The form; None while it is not there yet."""
        return None

    def tell(self, sentence: str) -> None:
        """Say why a key did nothing; a question has no room for that."""

    def action_undo(self) -> None:
        """Take back the last thing typed, ticked or chosen."""
        if self.form is not None and not self.form.undo():
            self.tell(_("There is nothing to undo."))

    def action_redo(self) -> None:
        """Bring back what was undone."""
        if self.form is not None and not self.form.redo():
            self.tell(_("There is nothing to bring back."))

    def action_repeat(self) -> None:
        """Put the last value into the field."""
        if self.form is not None and not self.form.repeat():
            self.tell(_("This field has no last value: type it."))

    def action_erase_to_end(self) -> None:
        """Erase what stands behind the cursor."""
        if self.form is not None:
            self.form.erase_to_end()
