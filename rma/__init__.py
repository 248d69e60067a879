"""The rules of returns: money, policy, verdicts, quotes, quantities, numbers and states.

Pure: standard library only, no I/O, no clock of its own. The desk and the central API run the same code, so that a
preview and a booking are the same computation.
"""
