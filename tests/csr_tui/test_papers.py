"""Files that the agent saves: where they go, and that the PDF library waits until it is needed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pypdfium2
import pytest

from csr_tui.papers import AgentsPapers
from csr_tui.paths import PAPERS_VARIABLE
from tests.rma.test_return_slip import slip_of


def test_a_pdf_is_made_and_kept_in_the_named_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PAPERS_VARIABLE, str(tmp_path / "slips"))
    papers = AgentsPapers()

    path = papers.keep("RMA-47120300034.pdf", papers.pdf(slip_of()))

    assert path == str(tmp_path / "slips" / "RMA-47120300034.pdf")
    assert len(pypdfium2.PdfDocument(path)) == 1


def test_opening_a_desk_loads_no_pdf_library() -> None:
    code = (
        "import sys, csr_tui.bootstrap, screens.slip; "
        "print(sorted({name.partition('.')[0] for name in sys.modules} & {'reportlab', 'segno', 'PIL'}))"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)

    assert shown.stdout == "[]\n"
