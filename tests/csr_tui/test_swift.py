"""What the desk asks of the interpreter, so that keys come before all else."""

from __future__ import annotations

import subprocess
import sys


def test_a_thread_that_computes_hands_on_to_a_key_within_a_millisecond() -> None:
    program = "from csr_tui.swift import all_is_loaded; all_is_loaded(); import sys; print(sys.getswitchinterval())"
    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert float(told.stdout) <= 0.001
