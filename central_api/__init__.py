"""The central API: devices, orders, the one ledger, and the change feed that every desk follows.

Its own program, `csr-central`. It decides only from its own rows, with the rules of `rma`.
"""
