"""What an agent can do: one module per use case. No I/O of its own; stores and sync come through `ports`."""
