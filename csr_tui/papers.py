"""Papers of this desk: made when asked for, and kept in the agent's own folder."""

from __future__ import annotations

from csr_tui.paths import papers_folder
from rma.return_slip import Slip
from storage.papers import keep_file


class AgentsPapers:
    """Implements `desk.ports.Papers`; every method blocks."""

    def pdf(self, slip: Slip) -> bytes:
        """A slip as a PDF; the library for it is loaded with the first one."""
        from sync.protocol.slip_pdf import slip_pdf

        return slip_pdf(slip)

    def keep(self, name: str, content: bytes) -> str:
        """Save a file; gives its path.

        Raises:
            CannotSave: if it cannot be written.
        """
        return str(keep_file(papers_folder(), name, content))
