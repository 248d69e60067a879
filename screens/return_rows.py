"""The rows of the return panel: which lines the order offers, which are on the return, which one is being edited."""

from __future__ import annotations

from desk.customers import OrderView
from rma.draft import Draft, DraftLine
from rma.order import OrderLine
from screens.return_draft import Row, RowKey, asked_keys, line_at, rows_of


class ReturnRows:
    """A draft, its order, and the row under the cursor."""

    def __init__(self, draft: Draft, order: OrderView, line_id: str | None = None) -> None:
        self.draft = draft
        self.order = order
        self._rows_of: tuple[tuple[DraftLine, ...], OrderView] | None = None
        self._rows: tuple[Row, ...] = ()
        on_return = asked_keys(draft)
        self.key = (
            RowKey(line_id)
            if line_id is not None and order.order.line(line_id) is not None
            else on_return[0]
            if on_return
            else next((row.key for row in self.rows if row.line.returnable), self.rows[0].key)
        )
        """The row that is being edited."""

    @property
    def rows(self) -> tuple[Row, ...]:
        """The list of lines."""
        of = self._rows_of
        if of is None or of[0] is not self.draft.lines or of[1] is not self.order:
            self._rows_of = self.draft.lines, self.order
            self._rows = rows_of(self.order, self.draft)
        return self._rows

    @property
    def row(self) -> Row:
        """The row that is being edited."""
        return next((row for row in self.rows if row.key == self.key), self.rows[0])

    @property
    def line(self) -> OrderLine:
        """The order line of that row."""
        return self.row.line.line

    @property
    def typed(self) -> DraftLine:
        """What was typed for that row."""
        return line_at(self.draft, self.key)

    @property
    def on_return(self) -> tuple[RowKey, ...]:
        """Rows with a quantity."""
        return asked_keys(self.draft)

    def move(self, steps: int) -> bool:
        """Edit the row `steps` further down the list; False at its end."""
        keys = [row.key for row in self.rows]
        position = keys.index(self.key) + steps if self.key in keys else 0
        if not 0 <= position < len(keys):
            return False
        self.key = keys[position]
        return True

    def step(self, steps: int) -> bool:
        """Edit the next or previous row that is on the return; False where there is none."""
        keys = [row.key for row in self.rows]
        here = keys.index(self.key) if self.key in keys else 0
        further = [k for k in self.on_return if (keys.index(k) - here) * steps > 0]
        if not further:
            return False
        self.key = further[0] if steps > 0 else further[-1]
        return True

    def suggestion(self, row: Row) -> str:
        """The quantity that is suggested, not entered: 1 where one unit is left, or units have serials."""
        line = row.line
        only_one = line.returnable == 1 or (line.returnable > 0 and bool(line.line.serials))
        return "1" if only_one and line.line.returnable_kind else ""
