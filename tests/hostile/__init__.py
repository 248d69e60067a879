"""Proof that hostile input over HTTP does no harm; `uv run python -m tests.hostile --examples N` tries any number."""
