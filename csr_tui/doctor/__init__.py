"""What `csr-tui doctor` looks at: one module per kind of finding."""
