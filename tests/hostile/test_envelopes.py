"""Spoilt operations among sound ones."""

from __future__ import annotations

import pytest

from tests.central_api.conftest import Served
from tests.hostile.envelopes import fuzz


def test_spoilt_operations_fail_nobody_and_have_no_effect_without_proof(served: Served) -> None:
    assert fuzz(served, examples=25) >= 5


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", range(1, 3))
def test_many_spoilt_operations(served: Served, seed: int) -> None:
    assert fuzz(served, examples=100, from_seed=seed) >= 20
