"""Tests in a real pseudo-terminal: what a pilot cannot see."""

from tests.terminal.pty import KEYS, Terminal

__all__ = ["KEYS", "Terminal"]
