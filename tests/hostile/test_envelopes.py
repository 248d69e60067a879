"""Spoilt operations among sound ones."""

from __future__ import annotations

import pytest

from tests.central_api.conftest import Served
from tests.central_databases import SLOWLY_BOTH
from tests.hostile.envelopes import fuzz


@pytest.fixture(params=SLOWLY_BOTH)
def database_kind(request: pytest.FixtureRequest) -> str:
    """Hundreds of requests in each test."""
    kind: str = request.param
    return kind


def test_spoilt_operations_fail_nobody_and_have_no_effect_without_proof(served: Served) -> None:
    assert fuzz(served, examples=60) >= 10


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 4))
def test_many_spoilt_operations(served: Served, seed: int) -> None:
    assert fuzz(served, examples=400, from_seed=seed) >= 60
