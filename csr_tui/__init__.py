"""csr-tui: the returns desk. Command line, app, and the composition root."""
