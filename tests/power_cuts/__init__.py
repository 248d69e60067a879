"""What a power cut leaves behind: the writes of a real process are recorded, and its disk is rebuilt as of any moment.

`uv run python -m tests.power_cuts --points 2000` (Linux, with strace).
"""
