"""The commands of `csr-central`, one module each: `add_parser` describes it, `run` does it."""
