"""What `csr-tui` does without a screen: one module per command, each with `add_parser` and `run`."""
